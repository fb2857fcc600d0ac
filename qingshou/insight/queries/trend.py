"""The book over time: overdue and bad balances on the last days and at the ends of months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from qingshou.dayend import history
from qingshou.engine.classification import BAD
from qingshou.insight.queries import standing

DAILY = 31  # days that are shown one by one
MONTHS = 18


@dataclass(frozen=True)
class Mark:
    """The book at the end of a day."""

    day: date
    overdue_fen: int
    npl_fen: int
    principal_fen: int


def daily(user: Any) -> list[Mark]:
    """The last days, one by one, as far as the history goes."""
    known = standing.days()
    last = known[-1] if known else None
    return _marks(user, [day for day in known if last and day > last - timedelta(days=DAILY)])


def monthly(user: Any) -> list[Mark]:
    """The ends of the last months, and the last day that there is."""
    known = standing.days()
    ends = [day for day in known if (day + timedelta(days=1)).day == 1][-MONTHS:]
    return _marks(user, [*ends, *(known[-1:] if known[-1:] != ends[-1:] else [])])


def _marks(user: Any, days: Sequence[date]) -> list[Mark]:
    mine = standing.now(user).households.select("household_id")
    marks = []
    for day in days:
        path = history.path("loans", day)
        sums = _by_household(path, path.stat().st_mtime_ns).join(mine, on="household_id", how="semi").sum()
        marks.append(Mark(day, *(int(sums[name][0] or 0) for name in ("overdue_fen", "npl_fen", "principal_fen"))))
    return marks


@lru_cache(maxsize=80)
def _by_household(path: Path, changed_ns: int) -> pl.DataFrame:
    """A day's sums by household, from its file (which does not change while *changed_ns* stays)."""
    bad = pl.when(pl.col("level").is_in(BAD)).then("principal_fen").otherwise(0)
    return pl.scan_parquet(path).group_by("household_id").agg(
        overdue_fen=pl.when(pl.col("dpd").max() > 0).then(pl.col("overdue_fen").sum()).otherwise(0),
        npl_fen=bad.sum(), principal_fen=pl.col("principal_fen").sum()).collect()
