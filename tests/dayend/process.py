"""Day end in a process of its own, on the store of the running test, killed where the test says."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection, connections

# Runs the command with a bulk session that kills its process at the Nth use of the store, or before the history is moved.
SCRIPT = """
import os, signal, sys
import django
django.setup()
from qingshou.dayend import history
from qingshou.store import bulk
at, left = sys.argv[1], [int(sys.argv[1]) if sys.argv[1].isdigit() else 0]

def die(*_args, **_fields):
    os.kill(os.getpid(), signal.SIGKILL)

def counted(function):
    def run(*args, **fields):
        left[0] -= 1
        if left[0] == 0:
            die()
        return function(*args, **fields)
    return run

for name in ("execute", "read", "append", "update"):
    setattr(bulk.Session, name, counted(getattr(bulk.Session, name)))
if at == "publish":
    history.publish = die
from qingshou.cli.main import main
sys.exit(main(["dayend", "--json", *sys.argv[2:]]))
"""


def environment() -> dict[str, str]:
    """The environment in which another process finds this test's store."""
    name, config = connection.settings_dict["NAME"], connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        given = {"host": config["HOST"], "port": config["PORT"], "user": config["USER"], "password": config["PASSWORD"]}
        url = f"postgresql:///{name}?{urlencode({key: value for key, value in given.items() if value})}"
    return {**os.environ, "QINGSHOU_MODE": "test", "QINGSHOU_HOME": str(settings.HOME), "QINGSHOU_DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "qingshou.config.settings", "LANG": "zh_CN.UTF-8"}


def start(*arguments: str, kill_at: str = "never") -> subprocess.Popen[str]:
    """``qingshou dayend`` with *arguments*, to be killed at the given use of the store (a number) or ``publish``."""
    connections.close_all()
    return subprocess.Popen([sys.executable, "-c", SCRIPT, kill_at, *arguments], env=environment(), text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run(*arguments: str, **fields: Any) -> tuple[int, str, str]:
    """Exit status, standard output, standard error of :func:`start`."""
    process = start(*arguments, **fields)
    out, error = process.communicate(timeout=120)
    return process.returncode, out, error
