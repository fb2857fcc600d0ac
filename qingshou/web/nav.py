"""The navigation: rooms register entries, the shell shows those that the viewer may open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from qingshou.web import slots

GROUPS = {"work": _("作业"), "law": _("法律"), "manage": _("管理"), "system": _("系统")}


@dataclass(frozen=True)
class Entry:
    """One line of the navigation.

    *key* is what a page passes as ``active``; *permission* is None for everybody who is signed in; *badge* counts what
    waits there for a user (None or 0 shows nothing).
    """

    key: str
    group: str
    label: Any  # a lazy translation
    url_name: str
    permission: str | None
    order: int
    badge: Callable[[Any], int | None] | None = None


@dataclass(frozen=True)
class Line:
    """An entry as one viewer sees it."""

    key: str
    label: Any
    url: str
    count: int | None


_entries: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    """Add an entry; a later one with the same key replaces the earlier."""
    if entry.group not in GROUPS:
        raise KeyError(f"{entry.group}: navigation groups are {', '.join(GROUPS)}")
    _entries[entry.key] = entry


def entries() -> list[Entry]:
    """All entries in the order of the navigation."""
    groups = list(GROUPS)
    return sorted(_entries.values(), key=lambda entry: (groups.index(entry.group), entry.order, entry.key))


def visible(user: Any) -> list[tuple[Any, list[Line]]]:
    """The groups that a user sees, each with its lines; groups without lines are left out."""
    may = slots.first("shell.may")
    shown: dict[str, list[Line]] = {}
    for entry in entries():
        if entry.permission is None or (may is not None and may(user, entry.permission)):
            try:
                url = reverse(entry.url_name)
            except NoReverseMatch:  # one entry without its page must not take every page down; a test looks for them
                continue
            count = entry.badge(user) if entry.badge else None
            shown.setdefault(entry.group, []).append(Line(entry.key, entry.label, url, count or None))
    return [(GROUPS[group], lines) for group, lines in shown.items()]
