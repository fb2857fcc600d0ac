"""Reads of day end: the days closed, and what one of them changed, within the viewer's field of view."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from qingshou.access.permissions import may, refusal
from qingshou.casework.models import Task
from qingshou.contact.models import PromiseJudgement
from qingshou.portfolio.models import BusinessDay, LevelChange
from qingshou.portfolio.queries.scope import visible
from qingshou.store.models import Job


@dataclass(frozen=True)
class ClosedDay:
    """A closed day and its report: counts by name; ``seconds`` by phase."""

    day: BusinessDay
    report: dict[str, Any]

    @property
    def seconds(self) -> float:
        return float(sum(self.report.get("seconds", {}).values()))

    @property
    def judged(self) -> int:
        """How many promises were judged."""
        return sum(int(self.report.get(f"promises_{state}", 0)) for state in ("kept", "partly_kept", "broken"))


def check(user: Any) -> None:
    """Raise PermissionDenied unless the user runs day end or audits it."""
    if not (may(user, "dayend.run") or may(user, "audit.view")):
        raise refusal("dayend.run")


def open_day() -> BusinessDay | None:
    """The open business day."""
    return BusinessDay.objects.filter(state=BusinessDay.State.OPEN).first()


def closed_days(user: Any) -> QuerySet[BusinessDay]:
    """Closed days, newest first."""
    check(user)
    return BusinessDay.objects.filter(state=BusinessDay.State.CLOSED).order_by("-date")


def with_report(day: BusinessDay) -> ClosedDay:
    """The day with its report read."""
    return ClosedDay(day, json.loads(day.report) if day.report else {})


def closed_day(user: Any, on: date) -> ClosedDay:
    """One closed day. Raises BusinessDay.DoesNotExist."""
    return with_report(closed_days(user).get(date=on))


def waiting_job() -> Job | None:
    """The day end that is queued or running as a job."""
    return Job.objects.filter(kind="dayend.run", state__in=[Job.State.QUEUED, Job.State.RUNNING]).order_by("id").first()


def level_changes(user: Any, on: date) -> QuerySet[LevelChange]:
    """Changes of class written down for the day, of loans that the user may see."""
    return (LevelChange.objects.filter(date=on, loan__household__in=visible(user))
            .select_related("loan", "loan__borrower", "loan__household").order_by("loan__loan_no", "id"))


def made_tasks(user: Any, on: date) -> QuerySet[Task]:
    """Path tasks that the day made."""
    return (Task.objects.filter(made_on=on, source="path", household__in=visible(user))
            .select_related("household", "household__borrower", "owner").order_by("household_id", "id"))


def ended_tasks(user: Any, on: date) -> QuerySet[Task]:
    """Path tasks that lost their ground on the day."""
    return (Task.objects.filter(ended_on=on, source="path", state=Task.State.CANCELLED, household__in=visible(user))
            .select_related("household", "household__borrower", "owner").order_by("household_id", "id"))


def judgements(user: Any, on: date) -> QuerySet[PromiseJudgement]:
    """Promises judged on the day."""
    return (PromiseJudgement.objects.filter(judged_on=on, promise__household__in=visible(user))
            .select_related("promise", "promise__household", "promise__household__borrower").order_by("promise_id", "id"))
