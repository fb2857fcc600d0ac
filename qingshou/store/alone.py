"""Who else in this process has the SQLite store open.

File locks belong to the process, not to a connection: while ADBC's copy of SQLite works, no connection of Django's, of
whatever thread, may be open on the same file (``docs/decisions/bulk.md``). ``connections.close_all`` reaches only the
calling thread's, so every connection that Django opens is remembered here.
"""

from __future__ import annotations

import threading
import time
import weakref
from typing import Any

from django.db import connections
from django.db.backends.signals import connection_created

PATIENCE_SECONDS = 10.0

_opened: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()  # database wrapper -> thread that opened it


class StoreInUse(RuntimeError):
    """Another thread of this process has the store open; bulk work belongs in a process of its own."""


def remember(connection: Any, **_: Any) -> None:
    """Receiver of ``connection_created``."""
    if connection.vendor == "sqlite":
        _opened[connection] = threading.get_ident()


def close_all() -> None:
    """Close Django's connections of this thread and of threads that have ended, and wait for those of others to be closed.

    Raises StoreInUse, naming the thread, when one of them is still open after ``PATIENCE_SECONDS``.
    """
    connections.close_all()
    until = time.monotonic() + PATIENCE_SECONDS
    while (names := _open_elsewhere()) and time.monotonic() < until:
        time.sleep(0.02)
    if names:
        raise StoreInUse(f"bulk work needs a process of its own; the store is open in {', '.join(names)}")


def _open_elsewhere() -> list[str]:
    """Names of other living threads that have the store open; what this one or ended ones left open is closed."""
    alive = {thread.ident: thread.name for thread in threading.enumerate()}
    names = []
    for wrapper, opener in list(_opened.items()):
        raw = wrapper.connection
        if raw is None:
            continue
        if opener in alive and opener != threading.get_ident():
            names.append(alive[opener])
        else:  # of this thread, but out of reach of ``connections`` (an event loop has storage of its own), or orphaned
            raw.close()
            wrapper.connection = None
    return names


connection_created.connect(remember)
