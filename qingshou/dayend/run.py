"""Day end of one business date: extract, step, load, in one bulk transaction. Killed anywhere, it has not happened."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from qingshou.access import audit
from qingshou.dayend import extract, history, load, marks
from qingshou.dayend.fingerprint import Fingerprint
from qingshou.engine.day import step
from qingshou.policy import Policy
from qingshou.portfolio import frames as portfolio
from qingshou.portfolio.frames import Scope
from qingshou.portfolio.models import BusinessDay, HouseholdState, LoanState
from qingshou.store import bulk

PART_LOANS = 250_000  # loans taken at once: bounds the memory
# Tables whose facts the run reads: on PostgreSQL nobody writes to them meanwhile (on SQLite nobody writes at all).
# Households and loans first: changes by people take those before anything else, and so wait without holding anything.
FACTS = ("portfolio_household", "portfolio_loan", "portfolio_ledgerevent", "portfolio_instalment", "portfolio_leveldecision",
         "portfolio_loanstate", "portfolio_householdstate", "casework_finding", "casework_task", "casework_hold",
         "contact_contactattempt", "contact_promise", "contact_promisejudgement")

Report = Callable[[int, str], None]


class AlreadyClosed(Exception):
    """The day was closed by another run meanwhile."""


@dataclass(frozen=True)
class Closed:
    """A day that was closed: what was done, by step, and a fingerprint of the states it left."""

    date: date
    report: dict[str, Any]
    fingerprint: str


class Clock:
    """Seconds spent by step."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - start


def close_day(day: date, policy: Policy, *, actor: Any, report: Report, part_loans: int = PART_LOANS) -> Closed:
    """Close *day*, which is open or the first ever, and open the next. Raises AlreadyClosed where it was closed meanwhile.

    *report* is told thousandths of this day and what is being done.
    """
    clock, counts, states = Clock(), Counter[str](), Fingerprint()
    writer = history.Writer(day)
    try:
        with bulk.session() as session:
            with clock("wait"):
                _lock(session)
            closed = _check(session, day)
            known, newest = marks.read(session), marks.newest(session)
            parts = _parts(session, part_loans)
            with session.without_indexes(LoanState, HouseholdState):
                for number, scope in enumerate(parts):
                    _one(session, scope, policy, day, closed, known, clock, counts, states, writer,
                         _share(report, number, len(parts)))
            marks.write(session, newest)
            fingerprint = states.hexdigest()
            result = {**counts, "seconds": {name: round(spent, 3) for name, spent in clock.seconds.items()}}
            _turn_page(session, day, result, fingerprint)
            writer.close()
            writer.name_after(fingerprint)
            report(980, "commit")
            audit.record_in(session, actor=actor, action="dayend.run", subject=f"day:{day}",
                            after={**counts, "fingerprint": fingerprint})
    except BaseException:
        writer.discard()
        raise
    history.publish(day, fingerprint)
    return Closed(day, result, fingerprint)


def _one(session: bulk.Session, scope: Scope, policy: Policy, day: date, closed: date, known: marks.Marks, clock: Clock,
         counts: Counter[str], states: Fingerprint, writer: history.Writer, report: Report) -> None:
    report(0, "read")
    with clock("read"):
        taken = extract.read(session, scope, policy, day, closed=closed, marks=known)
    report(350, "step")
    with clock("step"):
        done = step(taken.book, policy, day)
    report(500, "write")
    with clock("write"):
        load.write(session, scope, done)
    report(900, "history")
    with clock("history"):
        households = taken.units.join(taken.book.households, on="household_id", how="left", maintain_order="left")
        writer.take(history.frames(done, taken.book.loans, taken.products, households))
    with clock("fingerprint"):
        states.take("loans", done.loan_states)
        states.take("households", done.household_states)
    counts.update(done.report)


def _share(report: Report, number: int, parts: int) -> Report:
    """The report of one part among several; the commit has the last thousandths."""
    return lambda permille, note: report((number * 1000 + permille) * 96 // 100 // parts, note)


def _lock(session: bulk.Session) -> None:
    if session.vendor == "postgresql":
        session.execute(f"LOCK TABLE {', '.join(FACTS)} IN EXCLUSIVE MODE")


def _check(session: bulk.Session, day: date) -> date:
    """The day closed last before *day*; the calendar's first where none was. What the run stands on, seen under the lock."""
    state = session.value("SELECT state FROM portfolio_businessday WHERE date = ?", [day])
    if state == BusinessDay.State.CLOSED:
        raise AlreadyClosed(day)
    last = session.value("SELECT CAST(MAX(date) AS TEXT) FROM portfolio_businessday WHERE state = ?",
                         [str(BusinessDay.State.CLOSED)])
    return date.fromisoformat(last) if last else date.min


def _parts(session: bulk.Session, part_loans: int) -> list[Scope]:
    """Ranges of households with about *part_loans* loans each; one where borrowers have loans in several households."""
    per = session.read("SELECT household_id, COUNT(*) AS loans FROM portfolio_loan GROUP BY household_id",
                       {"household_id": pl.Int64, "loans": pl.Int64}).sort("household_id")
    last = session.value("SELECT COALESCE(MAX(id), 0) FROM portfolio_household")
    total = int(per["loans"].sum())
    if total <= part_loans or portfolio.crosses_households(session):
        return [Scope()]
    part = ((per["loans"].cum_sum() - 1) // part_loans).alias("part")
    ends = per.with_columns(part).group_by("part").agg(pl.col("household_id").max()).sort("part")["household_id"].to_list()
    ends[-1] = max(int(last), ends[-1])
    return [Scope(first=first + 1, last=end) for first, end in zip([0, *ends[:-1]], ends, strict=True)]


def _turn_page(session: bulk.Session, day: date, report: dict[str, Any], fingerprint: str) -> None:
    """Close the day and open the next."""
    session.execute("DELETE FROM portfolio_businessday WHERE date = ? OR state = ?", [day, str(BusinessDay.State.OPEN)])
    session.append(BusinessDay, pl.DataFrame({
        "date": [day, day + timedelta(days=1)], "state": ["closed", "open"], "closed_at": [datetime.now(UTC), None],
        "report": [json.dumps(report, sort_keys=True), ""], "fingerprint": [fingerprint, ""]}))
