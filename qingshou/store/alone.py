"""Who else in this process has the SQLite store open.

File locks belong to the process, not to a connection: while ADBC's copy of SQLite works, no connection of Django's, of
whatever thread, may be open on the same file (``docs/decisions/bulk.md``). ``connections.close_all`` reaches only the
calling thread's, so every connection that Django opens is remembered here.
"""

from __future__ import annotations

import threading
import weakref
from typing import Any

from django.db import connections
from django.db.backends.signals import connection_created

_opened: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()  # database wrapper -> thread that opened it


class StoreInUse(RuntimeError):
    """Another thread of this process has the store open; bulk work belongs in a process of its own."""


def remember(connection: Any, **_: Any) -> None:
    """Receiver of ``connection_created``."""
    if connection.vendor == "sqlite":
        _opened[connection] = threading.get_ident()


def close_all() -> None:
    """Close Django's connections of this thread and of threads that have ended. Raises StoreInUse for those of others."""
    connections.close_all()
    alive = {thread.ident for thread in threading.enumerate()}
    for wrapper, thread in list(_opened.items()):
        raw = wrapper.connection
        if raw is None:
            continue
        if thread in alive:
            raise StoreInUse(f"thread {thread} has the store open: bulk work needs a process of its own")
        raw.close()  # left open by a thread that is gone: nobody else will
        wrapper.connection = None


connection_created.connect(remember)
