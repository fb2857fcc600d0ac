"""The policy of this installation: the law's pack with the bank's folder over it, reloaded when a file changes."""

from __future__ import annotations

import logging
import threading
import time
from datetime import date
from pathlib import Path

from django.conf import settings

from qingshou.engine.policy_check import problems
from qingshou.policy import Policy, PolicyError, Rules, load
from qingshou.policy.loader import PACKS

PACK = "china"
LOOK_AGAIN_SECONDS = 1.0  # how long a change of a file may stay unseen by a running server

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_kept: tuple[tuple[object, ...], Policy] | None = None
_looked_at = 0.0
_error = ""


def current_policy() -> Policy:
    """The policy as the files say now. Cached; the same object until a file changes.

    A changed file that cannot be used is logged and shown by :func:`policy_error`, and the last good policy stays in
    force. Raises PolicyError when there is no good one yet (the process has just started).
    """
    global _kept, _looked_at, _error
    if _kept is not None and time.monotonic() - _looked_at < LOOK_AGAIN_SECONDS:
        return _kept[1]
    with _lock:
        stamp = _stamp()
        if _kept is None or _kept[0] != stamp:
            try:
                _kept, _error = (stamp, _read()), ""
            except PolicyError as error:
                if _kept is None:
                    raise
                logger.error("policy not reloaded: %s", error)
                _kept, _error = (stamp, _kept[1]), str(error)
        _looked_at = time.monotonic()
        return _kept[1]


def _read() -> Policy:
    """The files as they are. Raises PolicyError also for values that the rules could not work with, all of them named."""
    policy = load(Path(settings.BANK_POLICY), pack=PACK)
    if wrong := problems(policy):
        raise PolicyError("\n".join(wrong))
    return policy


def rules_on(day: date) -> Rules:
    """The rules in force on *day*."""
    return current_policy().at(day)


def policy_error() -> str:
    """Why the newest files could not be loaded, or ''; the policy before them is then still in force."""
    return _error


def forget() -> None:
    """Read the files again at the next call (for tests that write policy files)."""
    global _kept, _error
    with _lock:
        _kept, _error = None, ""


def _stamp() -> tuple[object, ...]:
    files = [path for folder in (PACKS / PACK, Path(settings.BANK_POLICY)) for path in sorted(folder.glob("*.toml"))]
    return (str(settings.BANK_POLICY), *((str(path), (stat := path.stat()).st_mtime_ns, stat.st_size) for path in files))
