"""Who is asking, how far they see, what they may do. Services and queries ask here; pages only show what is left."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access.models import Posting, Unit
from qingshou.access.permission_names import NAMES
from qingshou.access.roles import PERMISSIONS, REACH


@dataclass(frozen=True)
class Viewer:
    """A user as of a day: roles, permissions and reach. ``own_households`` when reach is ``own``; ``unit_ids`` for ``unit``."""

    user: Any  # a User, an anonymous user or SYSTEM
    roles: frozenset[str]
    permissions: frozenset[str]
    reach: str  # none, own, unit, bank
    unit_ids: frozenset[int]
    unit: Unit | None
    day: date

    def may(self, permission: str) -> bool:
        return permission in self.permissions


SYSTEM_PERMISSIONS = frozenset(PERMISSIONS)


@dataclass(frozen=True)
class System:
    """The system itself acting (day end, set-up): may do everything and sees the bank; audited as "system"."""

    username: str = "system"
    permissions: frozenset[str] = field(default=SYSTEM_PERMISSIONS)


SYSTEM = System()


def viewer(user: Any, day: date | None = None) -> Viewer:
    """The :class:`Viewer` of a user on a day (default: today). Kept on the user object for the request's life."""
    day = day or timezone.localdate()
    if isinstance(user, System):
        return Viewer(user, frozenset(), user.permissions, "bank", frozenset(), None, day)
    kept = getattr(user, "_viewer", None)
    if kept is not None and kept.day == day:
        return kept
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Viewer(user, frozenset(), frozenset(), "none", frozenset(), None, day)
    postings = list(
        Posting.objects.filter(user=user, starts_on__lte=day).exclude(ends_on__lte=day).select_related("unit")
    )
    roles = frozenset(posting.role for posting in postings)
    permissions = frozenset(name for name, holders in PERMISSIONS.items() if roles & holders)
    reaches = {REACH[role] for role in roles}  # type: ignore[index]
    reach = next((name for name in ("bank", "unit", "own") if name in reaches), "none")
    unit_ids: frozenset[int] = frozenset()
    if reach == "unit":
        unit_ids = units_below([posting.unit_id for posting in postings if REACH[posting.role] == "unit"])  # type: ignore[index]
    made = Viewer(user, roles, permissions, reach, unit_ids, postings[0].unit if postings else None, day)
    user._viewer = made
    return made


def units_below(roots: list[int]) -> frozenset[int]:
    """The units given and all below them (one query; the tree is small)."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in Unit.objects.values_list("id", "parent_id"):
        children.setdefault(parent, []).append(pk)
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting.extend(children.get(unit, []))
    return frozenset(found)


def may(user: Any, permission: str) -> bool:
    """Whether the user (or SYSTEM) holds a permission. Unknown names are a programming error."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    if isinstance(user, System):
        return True
    return viewer(user).may(permission)


def refusal(permission: str) -> PermissionDenied:
    """What somebody is told who lacks a permission: its name in words."""
    return PermissionDenied(_("您的岗位没有此项权限：%(permission)s") % {"permission": NAMES.get(permission, permission)})


def require(user: Any, permission: str) -> None:
    """Raise PermissionDenied, in the user's language, unless the user holds the permission."""
    if not may(user, permission):
        raise refusal(permission)
