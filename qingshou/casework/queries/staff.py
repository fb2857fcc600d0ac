"""Collectors on duty, as far as the viewer's units go."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from qingshou.access import permissions
from qingshou.access.models import Posting, Unit, User
from qingshou.access.roles import Role


def collectors(user: Any, *, colleagues: bool = False) -> list[tuple[User, Unit]]:
    """Active users with an open collector's posting in the viewer's units (all units for a viewer who sees the bank),
    each with the unit of that posting, by unit and name. One query.

    A viewer who sees only the own field gets himself, or with *colleagues* the collectors of his unit.
    """
    who = permissions.viewer(user)
    rows = (Posting.objects.filter(role=Role.COLLECTOR, starts_on__lte=who.day, user__is_active=True)
            .filter(Q(ends_on=None) | Q(ends_on__gt=who.day)).select_related("user", "unit")
            .order_by("unit__code", "user__display_name", "user_id"))
    if who.reach == "unit":
        rows = rows.filter(unit_id__in=who.unit_ids)
    elif who.reach == "own" and colleagues:
        rows = rows.filter(unit=who.unit)
    elif who.reach == "own":
        rows = rows.filter(user_id=who.user.pk)
    elif who.reach != "bank":
        rows = rows.none()
    return [(row.user, row.unit) for row in rows]
