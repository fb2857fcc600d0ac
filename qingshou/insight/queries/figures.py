"""The figures of a book, each from the frames of a :class:`Standing`. Amounts in fen, ratios in ppm.

Overdue is by days, as the lists count it: a household or loan in a stage behind its due day. What fell due today, or a fee
on a loan that is paid up, is owed and not yet overdue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from qingshou.engine.classification import BAD, LEVELS
from qingshou.engine.delinquency import STAGES
from qingshou.engine.money import PPM, mul_div
from qingshou.insight.queries.standing import Standing

SUMS = ("loans", "households", "principal_fen", "overdue_fen", "overdue_households", "npl_fen", "provision_fen")


@dataclass(frozen=True)
class Totals:
    """A book in one line. ``npl_ratio_ppm``: bad principal of all principal; ``coverage_ppm``: provisions of bad principal."""

    loans: int
    households: int
    principal_fen: int
    overdue_fen: int
    overdue_households: int
    npl_fen: int
    provision_fen: int

    @property
    def npl_ratio_ppm(self) -> int:
        return ratio(self.npl_fen, self.principal_fen)

    @property
    def coverage_ppm(self) -> int:
        return ratio(self.provision_fen, self.npl_fen)


def ratio(part_fen: int, whole_fen: int) -> int:
    """*part* of *whole* in ppm, half up; 0 of nothing."""
    return mul_div(PPM, part_fen, whole_fen) if whole_fen else 0


def _live() -> pl.Expr:
    """A loan that still owes something: closed ones are not counted."""
    return pl.col("total_owed_fen") > 0


def _late() -> pl.Expr:
    return pl.col("stage") != STAGES[0]


def _sums() -> list[pl.Expr]:
    bad = pl.col("level").is_in(BAD)
    return [
        _live().sum().cast(pl.Int64).alias("loans"), pl.col("household_id").filter(_live()).n_unique().alias("households"),
        pl.col("principal_fen").sum(), pl.col("overdue_fen").filter(_late()).sum(),
        pl.col("household_id").filter(_late()).n_unique().alias("overdue_households"),
        pl.col("principal_fen").filter(bad).sum().alias("npl_fen"), pl.col("provision_fen").sum(),
    ]


def totals(standing: Standing) -> Totals:
    """The whole book; what is overdue by household, as their list tells it."""
    row = {**standing.loans.select(_sums()).row(0, named=True), **standing.households.select(_arrears()).row(0, named=True)}
    return Totals(**{name: int(row[name] or 0) for name in SUMS})


def _arrears() -> list[pl.Expr]:
    """Of households: how many are overdue, and all that these have due and unpaid."""
    return [_late().sum().cast(pl.Int64).alias("overdue_households"), pl.col("overdue_fen").filter(_late()).sum()]


def totals_by(standing: Standing, column: str) -> list[tuple[Any, Totals]]:
    """The book split by ``unit_id`` or ``collector_id`` (of households) or ``product`` (of loans), the most overdue first."""
    loans = standing.loans
    if column == "collector_id":
        loans = loans.join(standing.households.select("household_id", "collector_id"), on="household_id", how="left")
    split = loans.group_by(column).agg(_sums())
    if column != "product":
        arrears = standing.households.group_by(column).agg(_arrears())
        split = split.drop("overdue_households", "overdue_fen").join(arrears, on=column, how="left", nulls_equal=True)
    split = split.sort("overdue_fen", column, descending=[True, False], nulls_last=True)
    return [(row[column], Totals(**{name: int(row[name] or 0) for name in SUMS})) for row in split.iter_rows(named=True)]


def stages(standing: Standing) -> list[dict[str, Any]]:
    """Every stage in order: ``stage, households, overdue_fen, total_owed_fen``. A household stands in its worst stage."""
    owing = standing.households.filter(pl.col("total_owed_fen") > 0)
    found = {row["stage"]: row for row in owing.group_by("stage").agg(
        households=pl.len().cast(pl.Int64), overdue_fen=pl.col("overdue_fen").sum(),
        total_owed_fen=pl.col("total_owed_fen").sum()).iter_rows(named=True)}
    none = {"households": 0, "overdue_fen": 0, "total_owed_fen": 0}
    return [{"stage": stage, **{key: found.get(stage, none)[key] for key in none}} for stage in STAGES]


def levels(standing: Standing) -> list[dict[str, Any]]:
    """Every level in order: ``level, loans, principal_fen, provision_fen``."""
    owing = standing.loans.filter(_live())
    found = {row["level"]: row for row in owing.group_by("level").agg(
        loans=pl.len().cast(pl.Int64), principal_fen=pl.col("principal_fen").sum(),
        provision_fen=pl.col("provision_fen").sum()).iter_rows(named=True)}
    none = {"loans": 0, "principal_fen": 0, "provision_fen": 0}
    return [{"level": level, **{key: found.get(level, none)[key] for key in none}} for level in LEVELS]


@dataclass(frozen=True)
class Moved:
    """Loans and their principal that went from a level to a level; ``after`` may be ``closed``, ``before`` ``new``."""

    before: str
    after: str
    loans: int
    principal_fen: int


def migration(before: Standing, after: Standing) -> list[Moved]:
    """How loans moved between levels from one day to another. Principal is the earlier day's, of new loans the later's."""
    old = before.loans.filter(_live()).select("loan_id", before="level", old_fen="principal_fen")
    new = after.loans.filter(_live()).select("loan_id", after="level", new_fen="principal_fen")
    both = old.join(new, on="loan_id", how="full", coalesce=True).with_columns(
        pl.col("before").fill_null("new"), pl.col("after").fill_null("closed"), fen=pl.coalesce("old_fen", "new_fen"))
    moved = both.group_by("before", "after").agg(loans=pl.len(), principal_fen=pl.col("fen").sum())
    return [Moved(**row) for row in moved.sort("before", "after").iter_rows(named=True)]


@dataclass(frozen=True)
class Flow:
    """Households and what they have overdue: fallen into arrears, and cured, between two days."""

    inflow_households: int
    inflow_fen: int
    cured_households: int
    cured_fen: int


def flow(before: Standing, after: Standing) -> Flow:
    """Who is overdue on the later day and was not on the earlier (amount: later), and the reverse (amount: earlier)."""
    old, new = before.households.filter(_late()), after.households.filter(_late())
    inflow, cured = new.join(old, on="household_id", how="anti"), old.join(new, on="household_id", how="anti")
    return Flow(inflow.height, int(inflow["overdue_fen"].sum()), cured.height, int(cured["overdue_fen"].sum()))
