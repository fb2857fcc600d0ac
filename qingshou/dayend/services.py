"""Run day end (X5); derive households again when a fact lands during the day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import Error as DjangoDatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access import permissions
from qingshou.dayend import load, marks, rebuild
from qingshou.dayend.extract import read
from qingshou.dayend.run import PART_LOANS, AlreadyClosed, Closed, close_day
from qingshou.engine.day import step
from qingshou.portfolio import frames as portfolio
from qingshou.portfolio.frames import Scope
from qingshou.portfolio.models import BusinessDay
from qingshou.store import sidecar
from qingshou.store.inline import Inline
from qingshou.store.jobs import ask
from qingshou.store.models import Job
from qingshou.store.policy import current_policy

AHEAD_DAYS = 400  # a date further from the open day is a slip of the pen
LOCK = "dayend"

Report = Callable[[int, str], None]


@dataclass(frozen=True)
class Outcome:
    """What a call did: the days that it closed, in order; none when the date asked for had been closed before."""

    asked: date
    closed: list[Closed] = field(default_factory=list)
    rebuilt: list[date] = field(default_factory=list)  # days whose history files had gone missing

    @property
    def changed(self) -> bool:
        return bool(self.closed)


def run_day_end(*, user: Any, through: date | None = None, report: Report | None = None,
                part_loans: int = PART_LOANS) -> Outcome:
    """Close the open business day, or every day up to *through*, one by one; each day is a transaction of its own.

    A date that is closed already changes nothing. In a store that never had a business day the first is *through*, or
    the calendar's today. On SQLite nothing else may use the store in this process meanwhile. Raises PermissionDenied;
    ValidationError (``date``) for a date more than ``AHEAD_DAYS`` after the open day or before the first, and without a
    field when another run, or another writer, holds the store.
    """
    permissions.require(user, "dayend.run")
    told = report or _silent
    first = _first_to_close(through)
    last = through or first
    if first is not None:
        _check_ahead(first, last)
    policy = current_policy()
    with sidecar.lock(LOCK) as mine:
        if not mine:
            raise ValidationError(_("另一个日终正在运行，请等它结束。"), code="busy")
        days = _days(first, last)
        closed: list[Closed] = []
        for number, day in enumerate(days):
            try:
                closed.append(close_day(day, policy, actor=user, part_loans=part_loans,
                                        report=_share(told, number, len(days), day)))
            except AlreadyClosed:
                continue
            except Exception as error:
                raise _refusal(error) from error
        rebuilt = rebuild.missing(policy)
    told(1000, "")
    return Outcome(last or timezone.localdate(), closed, rebuilt)


def ask_day_end(*, user: Any, through: date | None = None) -> Job:
    """Queue day end as a job of its own process. Raises PermissionDenied, and ValidationError as :func:`run_day_end`."""
    permissions.require(user, "dayend.run")
    first = _first_to_close(through)
    if first is not None:
        _check_ahead(first, through or first)
    running = Job.objects.filter(kind="dayend.run", state__in=[Job.State.QUEUED, Job.State.RUNNING]).first()
    if running is not None:
        return running
    day = through or first or timezone.localdate()
    return ask("dayend.run", _("日终 %(day)s") % {"day": day}, {"through": day.isoformat()}, user)


def refresh(household_ids: Iterable[int]) -> None:
    """Derive the states of households again, as of the open business day, in the caller's transaction.

    Loans with new events are folded from their beginning; levels, allocation lines, segments and ranks follow; path
    tasks that lost their ground are ended, none are made. Households that no day end has seen yet are left to it.
    """
    wanted = sorted(set(household_ids))
    day = BusinessDay.objects.filter(state=BusinessDay.State.OPEN).values_list("date", flat=True).first()
    if not wanted or day is None:
        return
    session = Inline()
    known = marks.read(session)
    last = BusinessDay.objects.filter(state=BusinessDay.State.CLOSED).order_by("-date").values_list("date", flat=True).first()
    if last is None:
        return
    scope = Scope.of(session, portfolio.with_linked(session, wanted))
    since = marks.Marks(**{**known.__dict__, "contact_id": 0, "promise_id": 0})
    policy = current_policy()
    taken = read(session, scope, policy, day, closed=last, marks=since)
    if taken.book.loans.is_empty() or taken.book.loan_states.is_empty():
        return
    load.write(session, scope, step(taken.book, policy, day, closing=False))


def _first_to_close(through: date | None) -> date | None:
    """The first day that is not closed and has to be; None when *through* is closed already."""
    open_day = BusinessDay.objects.filter(state=BusinessDay.State.OPEN).values_list("date", flat=True).first()
    last = BusinessDay.objects.filter(state=BusinessDay.State.CLOSED).order_by("-date").values_list("date", flat=True).first()
    if open_day is None:
        open_day = last + timedelta(days=1) if last is not None else None
    if open_day is None:
        return through or timezone.localdate()
    if through is None or through >= open_day:
        return open_day
    if not BusinessDay.objects.filter(date=through, state=BusinessDay.State.CLOSED).exists():
        raise ValidationError({"date": _("%(date)s 早于本系统的第一个业务日，不能日终。") % {"date": through}})
    return None


def _days(first: date | None, last: date | None) -> list[date]:
    if first is None or last is None:
        return []
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _check_ahead(first: date, last: date | None) -> None:
    if last is not None and (last - first).days > AHEAD_DAYS:
        raise ValidationError({"date": _("%(date)s 比开放业务日 %(open)s 晚了 %(days)s 天以上，请核对日期。")
                               % {"date": last, "open": first, "days": AHEAD_DAYS}})


def _refusal(error: Exception) -> Exception:
    """A writer that would not let go, told in words; anything else stays what it is."""
    text = str(error).lower()
    busy = "locked" in text or "lock timeout" in text or "deadlock" in text
    if busy and (isinstance(error, DjangoDatabaseError) or type(error).__module__.startswith("adbc")):
        return ValidationError(_("另一项写入（如导入）正占用数据库，请稍后重试。"), code="busy")
    return error


def _silent(permille: int, note: str) -> None:
    """Nobody is watching."""


def _share(report: Report, number: int, days: int, day: date) -> Report:
    """The report of one day among several."""
    names = {"read": _("读取"), "step": _("计算"), "write": _("写入"), "history": _("写历史"), "commit": _("提交")}

    def told(permille: int, note: str) -> None:
        report((number * 1000 + permille) // days, f"{day} {names.get(note, note)}")

    return told
