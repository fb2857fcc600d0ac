"""Where an unmasked value comes from: rooms register a source for each kind of subject they store.

A source is ``function(user, pk, field) -> str``. It applies the user's field of view, and raises the model's
``DoesNotExist`` for what the user may not see as for what is not there, and ``KeyError`` for a field it does not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Source = Callable[[Any, int, str], str]
_sources: dict[str, Source] = {}


def source(kind: str, function: Source) -> None:
    """Register *function* for subjects such as ``party:12`` where *kind* is ``party``. One source for each kind."""
    if _sources.get(kind, function) is not function:
        raise ValueError(f"two sources for {kind}")
    _sources[kind] = function


def fetch(user: Any, subject: str, field: str) -> str:
    """The plain value. Raises LookupError for an unknown kind, subject or field (or ObjectDoesNotExist from the source)."""
    kind, _, number = subject.partition(":")
    if kind not in _sources or not number.isdecimal():
        raise LookupError(subject)
    return _sources[kind](user, int(number), field)
