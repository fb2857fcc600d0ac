"""The command as people and scripts run it: in this process for answers, in processes of its own for starts and stops."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from qingshou.cli.main import main

PASSWORD = "qs-Tulip-81"
ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Answer:
    """What a command said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def qingshou(capsys, monkeypatch) -> Callable[..., Answer]:
    """Run a command in this process on the test store; in Chinese unless LANG is set."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "QINGSHOU_PASSWORD"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> Answer:
        language = translation.get_language()
        capsys.readouterr()
        try:
            status = main(list(arguments))
        finally:
            translation.activate(language)
        said = capsys.readouterr()
        return Answer(status, said.out, said.err)

    return run


@dataclass
class Installation:
    """A home folder of its own, as an operator has it."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def variables(self, **more: str) -> dict[str, str]:
        ours = ("QINGSHOU_", "DJANGO_", "LC_", "LANG")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {**kept, "QINGSHOU_HOME": str(self.home), **self.environment, **more}

    def __call__(self, *arguments: str, **more: str) -> Answer:
        done = subprocess.run([sys.executable, "-m", "qingshou", *arguments], cwd=ROOT, env=self.variables(**more),
                              capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
        assert "Traceback" not in done.stderr + done.stdout
        return Answer(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-m", "qingshou", *arguments], cwd=ROOT, env=self.variables(**more),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)


def _database(template: str = "") -> str:
    """The address of a new database on the tests' PostgreSQL server, '' when the tests run on SQLite."""
    url = os.environ.get("QINGSHOU_DATABASE_URL", "")
    if not url.startswith("postgresql"):
        return ""
    import psycopg

    name = f"installation_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    base, _, query = url.partition("?")
    return base.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")


def _install(home: Path, url: str) -> Installation:
    return Installation(home, {"QINGSHOU_DATABASE_URL": url} if url else {})


@pytest.fixture
def installation(tmp_path) -> Installation:
    """Empty; on PostgreSQL with a database of its own beside the test database."""
    return _install(tmp_path / "home", _database())


@pytest.fixture(scope="session")
def _made_once(tmp_path_factory) -> Installation:
    """A bank's store with head office, administrator and auditor; copied, since setting up takes seconds."""
    made = _install(tmp_path_factory.mktemp("made") / "home", _database())
    assert made("init").status == 0
    assert made("unit", "add", "--code", "HO", "--name", "真银行", "--kind", "head_office", "--from", "2026-01-01").status == 0
    for username, role in (("admin", "admin"), ("auditor", "compliance"), ("risk", "risk")):
        added = made("user", "add", "--username", username, "--name", username, "--role", role, "--unit", "HO",
                     QINGSHOU_PASSWORD=PASSWORD)
        assert added.status == 0, added.err
    return made


@pytest.fixture
def bank(_made_once, tmp_path) -> Installation:
    """A real bank's installation, ready to be served."""
    shutil.copytree(_made_once.home, tmp_path / "bank")
    template = _made_once.environment.get("QINGSHOU_DATABASE_URL", "").partition("?")[0].rpartition("/")[2]
    return _install(tmp_path / "bank", _database(template))
