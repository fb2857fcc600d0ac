"""What a viewer asked the queue for: taken from an address, nonsense left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from qingshou.casework.models import Task
from qingshou.portfolio.models import Household, Stage
from qingshou.portfolio.queries.scope import visible

SCOPES = ("queue", "due", "done")


@dataclass(frozen=True)
class Filters:
    """*scope*: ``queue`` all that is in arrears or asks for work, without what was done today; ``due`` work of the day still
    open; ``done`` households whose work of the day is done. *village*: '-' for households without one. *custodian*: 0
    for all."""

    scope: str = "queue"
    stage: str = ""
    village: str = ""
    step: str = ""
    custodian: int = 0
    unclassified: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filters:
        scope, stage, custodian = query.get("scope", ""), query.get("stage", ""), query.get("custodian", "")
        return cls(scope=scope if scope in SCOPES else "queue", stage=stage if stage in Stage.values else "",
                   village=query.get("village", "")[:60], step=query.get("step", "")[:40],
                   custodian=int(custodian) if custodian.isascii() and custodian.isdigit() and len(custodian) < 18 else 0,
                   unclassified=query.get("unclassified") == "1")

    @property
    def narrowed(self) -> bool:
        return bool(self.stage or self.village or self.step or self.custodian or self.unclassified)


def due_tasks(day: date) -> QuerySet[Task]:
    return Task.objects.filter(state=Task.State.OPEN, due__lte=day)


def ended_tasks(day: date) -> QuerySet[Task]:
    """Tasks that a person ended that day (day end cancels others, which is nobody's work)."""
    return Task.objects.filter(ended_on=day).exclude(state=Task.State.CANCELLED)


def _of(tasks: QuerySet[Task]) -> Exists:
    return Exists(tasks.filter(household=OuterRef("pk")))


def has_work(day: date) -> Q:
    """An open task due by the day; or a promise due on it, with nobody having turned to the household that day."""
    waiting = Q(state__promise_due=day) & ~Q(state__last_contact_on__gte=day, state__last_contact_on__isnull=False)
    return Q(_of(due_tasks(day))) | (waiting & ~Q(_of(ended_tasks(day))))


def due_now(day: date) -> Case:
    """1 where something of the day is still open, 0 elsewhere: what is due comes first."""
    return Case(When(has_work(day), then=1), default=0)


def chosen(user: Any, day: date, filters: Filters) -> QuerySet[Household]:
    """Households of the user's field that have a state and fit the filters: first those with work due, each best first."""
    rows = visible(user).filter(state__isnull=False)
    if filters.scope == "due":
        rows = rows.filter(has_work(day))
    elif filters.scope == "done":
        rows = rows.filter(_of(ended_tasks(day))).exclude(has_work(day))
    else:
        worked = Q(_of(ended_tasks(day)))
        rows = rows.filter(has_work(day) | (Q(state__overdue_fen__gt=0) & ~worked))
    if filters.stage:
        rows = rows.filter(state__stage=filters.stage)
    if filters.village:
        rows = rows.filter(village="" if filters.village == "-" else filters.village)
    if filters.step:
        rows = rows.filter(_of(due_tasks(day).filter(step=filters.step)))
    if filters.custodian:
        rows = rows.filter(custodian_id=filters.custodian)
    if filters.unclassified:
        rows = rows.filter(state__overdue_fen__gt=0).exclude(state__segment_missing="")
    if filters.scope == "queue":
        return rows.order_by(due_now(day).desc(), "-state__score", "pk")
    return rows.order_by("-state__score", "pk")
