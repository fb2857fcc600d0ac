"""What a running job says about itself, outside the database: a small JSON file and a lock that dies with its process.

The database cannot carry this: while an import or a day end holds SQLite's only writer, nobody else can write a row. The
lock (``flock``) is released by the operating system however the process ends, so a job whose lock is free is not running.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

BEAT_SECONDS = 2.0  # how often a running job shows that it lives
LEAST_GAP_SECONDS = 0.1  # reports that come faster are kept, and written with the next


def folder() -> Path:
    """``HOME/jobs``, made when missing."""
    path = Path(settings.HOME) / "jobs"
    path.mkdir(parents=True, exist_ok=True)
    return path


def log_path(job_id: int) -> Path:
    """Where the end of the process's own output is kept, for the operator."""
    return folder() / f"{job_id}.log"


def read(job_id: int) -> dict[str, Any]:
    """The newest words of the job's process, or {} when it has said nothing here."""
    try:
        content = json.loads((folder() / f"{job_id}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def forget(job_id: int) -> None:
    """Drop what was said under this number before: a store made anew counts its jobs from 1 again."""
    (folder() / f"{job_id}.json").unlink(missing_ok=True)


@contextlib.contextmanager
def lock(name: str | int) -> Iterator[bool]:
    """Hold the lock called *name* for the block; yields False when another process holds it."""
    descriptor = os.open(folder() / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)


def locked(name: str | int) -> bool:
    """Whether a living process holds the lock called *name*."""
    try:
        descriptor = os.open(folder() / f"{name}.lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


class Sidecar:
    """The writing side, used by the process that runs the job. A thread beats while the block runs."""

    def __init__(self, job_id: int) -> None:
        self._path = folder() / f"{job_id}.json"
        self._said: dict[str, Any] = {"pid": os.getpid(), "host": socket.gethostname(), "permille": 0, "note": ""}
        self._lock = threading.Lock()
        self._written = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"job-{job_id}-beat", daemon=True)

    def __enter__(self) -> Sidecar:
        self._write()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def report(self, permille: int, note: str) -> None:
        """How far the work is, in thousandths, and what it is doing."""
        with self._lock:
            self._said["permille"] = min(1000, max(0, int(permille)))
            self._said["note"] = str(note)[:300]
            if time.monotonic() - self._written >= LEAST_GAP_SECONDS:
                self._write()

    def finish(self, outcome: dict[str, Any]) -> None:
        """How it ended, before the database knows: whoever finds the process gone can still settle the job truly."""
        with self._lock:
            self._said["outcome"] = outcome
            self._write()

    def _beat(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            with self._lock:
                self._write()

    def _write(self) -> None:
        temporary = self._path.with_suffix(".json.new")
        temporary.write_text(json.dumps({**self._said, "at": time.time()}, ensure_ascii=False, default=str), encoding="utf-8")
        os.replace(temporary, self._path)
        self._written = time.monotonic()
