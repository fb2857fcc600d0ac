"""The audit trail and the log of unmaskings, for compliance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from qingshou.access.models import AuditEntry, Unmasking
from qingshou.access.permissions import require


@dataclass(frozen=True)
class Change:
    """One fact of an entry: its name, what it was, what it became. '' where it was not there."""

    name: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


def entries(viewer: Any, *, actor: str = "", action: str = "", subject: str = "", first: date | None = None,
            last: date | None = None) -> QuerySet[AuditEntry]:
    """Entries, newest first. *action* and *subject* match from their beginning, *actor* exactly, days are inclusive."""
    require(viewer, "audit.view")
    found = _between(AuditEntry.objects.order_by("-sequence"), first, last)
    if actor:
        found = found.filter(actor=actor)
    if action:
        found = found.filter(action__startswith=action)
    if subject:
        # household:1 is that household, not household:12; "household:" is every household
        found = found.filter(subject__startswith=subject) if subject.endswith(":") else found.filter(subject=subject)
    return found


def actions(viewer: Any) -> list[str]:
    """The names of actions that occur."""
    require(viewer, "audit.view")
    return list(AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct())


def unmaskings(viewer: Any, *, username: str = "", subject: str = "", first: date | None = None,
               last: date | None = None) -> QuerySet[Unmasking]:
    """Who saw which personal datum and why, newest first."""
    require(viewer, "audit.view")
    found = _between(Unmasking.objects.select_related("user").order_by("-id"), first, last)
    if username:
        found = found.filter(user__username=username)
    if subject:
        found = found.filter(subject=subject)
    return found


def changes(entry: AuditEntry) -> list[Change]:
    """What an entry changed, fact by fact: changed ones first."""
    before, after = _facts(entry.before), _facts(entry.after)
    names = list(dict.fromkeys([*before, *after]))
    rows = [Change(name, before.get(name, ""), after.get(name, "")) for name in names]
    return sorted(rows, key=lambda row: not row.changed)


def _facts(text: str) -> dict[str, str]:
    if not text:
        return {}
    value = json.loads(text)
    if not isinstance(value, dict):
        value = {"": value}
    return {str(name): inner if isinstance(inner, str) else json.dumps(inner, ensure_ascii=False)
            for name, inner in value.items()}


def _between(found: QuerySet[Any], first: date | None, last: date | None) -> QuerySet[Any]:
    if first:
        found = found.filter(at__gte=_midnight(first))
    if last:
        found = found.filter(at__lt=_midnight(last + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
