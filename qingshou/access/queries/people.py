"""Users, units and postings for the administrator."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from qingshou.access.models import Posting, Unit, User
from qingshou.access.permissions import require


def users(viewer: Any, *, day: date, text: str = "", unit: int | None = None, role: str = "",
          state: str = "") -> QuerySet[User]:
    """Users by name with their postings of *day* in ``current``; *state* is ``active``, ``inactive`` or '' for all."""
    require(viewer, "users.manage")
    current = in_force(Posting.objects.select_related("unit"), day)
    found = User.objects.prefetch_related(Prefetch("postings", queryset=current, to_attr="current")).order_by("username")
    if text:
        found = found.filter(Q(username__icontains=text) | Q(display_name__icontains=text))
    if unit or role:
        posted = in_force(Posting.objects.all(), day)
        posted = posted.filter(unit_id=unit) if unit else posted
        posted = posted.filter(role=role) if role else posted
        found = found.filter(pk__in=posted.values("user_id"))
    if state in ("active", "inactive"):
        found = found.filter(is_active=state == "active")
    return found


def user_for(viewer: Any, pk: int) -> User:
    """One user with all postings, newest first, in ``all_postings``. User.DoesNotExist when there is none."""
    require(viewer, "users.manage")
    postings = Posting.objects.select_related("unit").order_by("-starts_on", "-id")
    return User.objects.prefetch_related(Prefetch("postings", queryset=postings, to_attr="all_postings")).get(pk=pk)


def is_locked(user: User) -> bool:
    """Whether too many wrong passwords keep the user out now."""
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    return AccessAttempt.objects.filter(username=user.username, attempt_time__gte=since,
                                        failures_since_start__gte=settings.AXES_FAILURE_LIMIT).exists()


def unit_tree(viewer: Any, *, day: date) -> list[tuple[int, Unit, int]]:
    """All units depth first as (depth, unit, people posted there on *day*)."""
    require(viewer, "users.manage")
    posted: dict[int, int] = {}
    for pk in in_force(Posting.objects.filter(user__is_active=True), day).values_list("unit_id", flat=True):
        posted[pk] = posted.get(pk, 0) + 1
    below: dict[int | None, list[Unit]] = {}
    for unit in Unit.objects.order_by("code"):
        below.setdefault(unit.parent_id, []).append(unit)
    rows: list[tuple[int, Unit, int]] = []
    waiting = [(0, unit) for unit in reversed(below.get(None, []))]
    while waiting:
        depth, unit = waiting.pop()
        rows.append((depth, unit, posted.get(unit.pk, 0)))
        waiting.extend((depth + 1, child) for child in reversed(below.get(unit.pk, [])))
    return rows


def open_units(day: date) -> QuerySet[Unit]:
    """Units that exist on *day*."""
    return Unit.objects.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def in_force(postings: QuerySet[Posting], day: date) -> QuerySet[Posting]:
    """Those of *postings* that hold on *day*."""
    return postings.filter(starts_on__lte=day).exclude(ends_on__lte=day)
