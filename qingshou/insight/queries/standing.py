"""Where loans and households stand on a day, as columns, within a user's field of view.

Now is read from the state tables, a past day from its Parquet history; both come out in one shape, so that every figure is
computed by one function whatever the day. The field of view is always today's: who works a household now sees its past.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection

from qingshou.access.models import AuditEntry
from qingshou.access.permissions import require
from qingshou.dayend import history
from qingshou.portfolio.models import BusinessDay, HouseholdState, LoanState
from qingshou.portfolio.queries import scope
from qingshou.portfolio.queries.business import business_date

LOANS: dict[str, Any] = {
    "loan_id": pl.Int64, "household_id": pl.Int64, "unit_id": pl.Int64, "product": pl.String, "principal_fen": pl.Int64,
    "overdue_fen": pl.Int64, "total_owed_fen": pl.Int64, "dpd": pl.Int64, "stage": pl.String, "level": pl.String,
    "provision_fen": pl.Int64,
}
HOUSEHOLDS: dict[str, Any] = {
    "household_id": pl.Int64, "unit_id": pl.Int64, "collector_id": pl.Int64, "overdue_fen": pl.Int64,
    "total_owed_fen": pl.Int64, "stage": pl.String, "level": pl.String,
}
_OF_LOAN = {"household_id": "loan__household_id", "unit_id": "loan__household__unit_id", "product": "loan__product"}
_OF_HOUSEHOLD = {"unit_id": "household__unit_id", "collector_id": "household__custodian_id"}


class NoHistory(ValueError):
    """There is no record of the day; ``days`` are the first and the last that there are, None where there is none."""

    def __init__(self, day: date, days: tuple[date, date] | None) -> None:
        super().__init__(str(day))
        self.day, self.days = day, days


@dataclass(frozen=True)
class Standing:
    """Frames with the columns ``LOANS`` and ``HOUSEHOLDS``; ``day`` is the end of which day they show (now: the open day)."""

    day: date
    loans: pl.DataFrame
    households: pl.DataFrame


def now(user: Any) -> Standing:
    """How things stand now. Permission: insight.view."""
    require(user, "insight.view")
    return _now(_key(user), _version(), business_date(), _Who(user))


def on(user: Any, day: date) -> Standing:
    """How things stood at the end of *day*; the open day means now. Raises NoHistory. Permission: insight.view."""
    require(user, "insight.view")
    if day == business_date():
        return now(user)
    loans, households = history.path("loans", day), history.path("households", day)
    if not (loans.exists() and households.exists()):
        raise NoHistory(day, span())
    mine = now(user).households.select("household_id")
    frames = [_past(path, path.stat().st_mtime_ns).join(mine, on="household_id", how="semi") for path in (loans, households)]
    return Standing(day, frames[0].select(list(LOANS)), frames[1].select(list(HOUSEHOLDS)))


def days() -> list[date]:
    """The days that have a history, in order."""
    found = (history.folder() / "loans").glob("date=*.parquet")
    return sorted(date.fromisoformat(path.stem.removeprefix("date=")) for path in found)


def span() -> tuple[date, date] | None:
    """The first and the last day that have a history."""
    known = days()
    return (known[0], known[-1]) if known else None


def last_closed() -> date | None:
    """The business day that was closed last."""
    return BusinessDay.objects.filter(state=BusinessDay.State.CLOSED).order_by("-date").values_list("date", flat=True).first()


def before_month(day: date) -> date | None:
    """The last day with a history before the month of *day*; None where there is none."""
    earlier = [known for known in days() if known < day.replace(day=1)]
    return earlier[-1] if earlier else None


class _Who:
    """A user beside a cache key: every user of one key sees the same."""

    def __init__(self, user: Any) -> None:
        self.user = user

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Who)


def _key(user: Any) -> tuple[Any, ...]:
    from qingshou.access.permissions import System, viewer

    store = (connection.vendor, str(connection.settings_dict["NAME"]))
    if isinstance(user, System):
        return (*store, "bank")
    who = viewer(user)
    return (*store, who.reach, user.pk if who.reach == "own" else None, who.unit_ids)


def _version() -> str:
    """The hash of the newest audit entry: whatever changes a state writes one."""
    return AuditEntry.objects.order_by("-sequence").values_list("hash", flat=True).first() or ""


@lru_cache(maxsize=24)
def _now(key: tuple[Any, ...], version: str, day: date, who: _Who) -> Standing:
    visible = scope.visible(who.user)
    loans = LoanState.objects.all()
    households = HouseholdState.objects.all()
    if key[2] != "bank":
        loans = loans.filter(loan__household__in=visible)
        households = households.filter(household__in=visible)
    return Standing(
        day,
        pl.DataFrame(list(loans.values_list(*[_OF_LOAN.get(name, name) for name in LOANS])), schema=LOANS, orient="row"),
        pl.DataFrame(list(households.values_list(*[_OF_HOUSEHOLD.get(name, name) for name in HOUSEHOLDS])),
                     schema=HOUSEHOLDS, orient="row"))


@lru_cache(maxsize=64)
def _past(path: Path, changed_ns: int) -> pl.DataFrame:
    return pl.read_parquet(path)
