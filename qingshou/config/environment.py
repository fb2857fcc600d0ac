"""What the process is told from outside: home folder, mode, store address, secrets.

Modes: ``demo`` (the demo bank, named accounts), ``test`` (the test suite), ``production`` (the default). A production
start refuses secrets that anybody could know; a demo store refuses to be served in production (see ``cli.serve``).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

MODES = ("production", "demo", "test")
LEAST_SECRET_LENGTH = 40
LEAST_DIFFERENT_CHARACTERS = 12  # "aaaa...", "changemechangeme..." are long and known


class ConfigurationError(Exception):
    """The environment cannot be used; the message says which variable and why."""


def home() -> Path:
    """Folder of everything a running Qingshou writes: ``QINGSHOU_HOME``, default ``./var``."""
    return Path(os.environ.get("QINGSHOU_HOME") or "var").resolve()


def mode() -> str:
    """``QINGSHOU_MODE``: production (default), demo or test."""
    value = os.environ.get("QINGSHOU_MODE") or "production"
    if value not in MODES:
        raise ConfigurationError(f"QINGSHOU_MODE={value!r}: must be one of {', '.join(MODES)}")
    return value


def number(name: str, *, default: int, least: int, most: int) -> int:
    """The whole number in an environment variable. Raises ConfigurationError outside *least* to *most*."""
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ConfigurationError(f"{name}={text!r}: must be a whole number from {least} to {most}")
    return int(text)


def database(url: str | None) -> dict[str, Any]:
    """Django database settings from ``QINGSHOU_DATABASE_URL`` (``sqlite:///path`` or ``postgresql://...``).

    A socket folder may be given as ``postgresql:///name?host=/folder``. Raises ConfigurationError on anything else.
    """
    if not url:
        return _sqlite(home() / "qingshou.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        if not parts.path.lstrip("/"):
            raise ConfigurationError("QINGSHOU_DATABASE_URL: sqlite needs a path, such as sqlite:///var/qingshou.sqlite3")
        # sqlite:///relative/path and sqlite:////absolute/path, as SQLAlchemy writes them.
        return _sqlite(Path(unquote(parts.path[1:])))
    if parts.scheme in ("postgresql", "postgres"):
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or query.get("user", "")),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.get("host") or unquote(parts.hostname or ""),
            "PORT": str(parts.port or query.get("port", "")),
            "CONN_MAX_AGE": 60,
        }
    raise ConfigurationError(f"QINGSHOU_DATABASE_URL: unknown kind of store {parts.scheme!r}; use sqlite or postgresql")


def _sqlite(path: Path) -> dict[str, Any]:
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": 30,
            # A writer takes the lock when its transaction opens, so that two writers queue instead of failing.
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
        },
        "TEST": {"NAME": str(path.with_name(f"test-{path.name}"))},
    }


def secret(name: str) -> str:
    """The secret called *name* (``secret_key`` or ``data_key``).

    From ``QINGSHOU_SECRET_KEY`` / ``QINGSHOU_DATA_KEY``, else from a file of that name in the home folder, made with
    random content when it is missing (readable by its owner alone). Short values are refused outside tests.
    """
    if mode() == "test":
        return f"test-only-{name}-" + "0" * LEAST_SECRET_LENGTH
    given = os.environ.get(f"QINGSHOU_{name.upper()}")
    if given is None:
        given = _secret_file(name)
    if (len(given) < LEAST_SECRET_LENGTH or len(set(given)) < LEAST_DIFFERENT_CHARACTERS or given.startswith("test-only-")
            or "changeme" in given.lower()):
        raise ConfigurationError(
            f"QINGSHOU_{name.upper()}: a secret of at least {LEAST_SECRET_LENGTH} random characters is needed"
        )
    return given


def _secret_file(name: str) -> str:
    path = home() / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process made it a moment ago
            return path.read_text().strip()
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
