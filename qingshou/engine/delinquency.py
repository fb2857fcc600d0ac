"""Days past due, stages, and the spread of overdue money over stages (V4)."""

from __future__ import annotations

from datetime import date

import polars as pl

from qingshou.policy import Rules

STAGES = ("current", "early", "middle", "late", "m2", "m3", "d91_180", "d181_270", "d271_360", "d361_plus")


def dpd(oldest: pl.Expr, as_of: pl.Expr | date, rules: Rules) -> pl.Expr:
    """Days past due (Int64) since the oldest unpaid due date *oldest* (null: nothing is overdue, 0).

    The conventions are policy: whether the due date is day 0 or day 1 (``delinquency.day_one``), and whether days of
    grace are taken off (``subtract``) or only put the count off (``delay``).
    """
    at = pl.lit(as_of, dtype=pl.Date) if isinstance(as_of, date) else as_of
    days = at.cast(pl.Date).cast(pl.Int64) - oldest.cast(pl.Date).cast(pl.Int64)
    if rules["delinquency.day_one"] == "due_day":
        days = days + 1
    grace = int(rules["delinquency.grace_days"])
    if rules["delinquency.grace_counts"] == "subtract":
        days = days - grace
    elif rules["delinquency.grace_counts"] == "delay":
        days = pl.when(days > grace).then(days).otherwise(0)
    return days.fill_null(0).clip(lower_bound=0)


def stage(days: pl.Expr, rules: Rules) -> pl.Expr:
    """The stage of a count of days past due: the last one whose first day has come."""
    found = pl.lit(STAGES[0])
    for row in sorted(rules["delinquency.stages"], key=lambda row: row["from"]):
        found = pl.when(days >= row["from"]).then(pl.lit(row["stage"])).otherwise(found)
    return found


def stage_rank(stages: pl.Expr) -> pl.Expr:
    """Place of a stage in ``STAGES`` (Int64), for the worst of several."""
    return stages.replace_strict({name: place for place, name in enumerate(STAGES)}, return_dtype=pl.Int64)


def spread(instalments: pl.DataFrame, as_of: date, rules: Rules) -> pl.DataFrame:
    """How much of each loan's overdue money stands in which stage.

    In: ``loan_id, due, unpaid_fen``, a row for each instalment. Out: ``loan_id, stage, unpaid_fen``. By
    ``delinquency.bucket`` all of it counts in the stage of the oldest unpaid instalment (``oldest``), or each instalment
    in its own (``instalment``).
    """
    late = instalments.filter((pl.col("unpaid_fen") > 0) & (pl.col("due") <= as_of))
    since = pl.col("due").min().over("loan_id") if rules["delinquency.bucket"] == "oldest" else pl.col("due")
    late = late.with_columns(_days=dpd(since, as_of, rules)).filter(pl.col("_days") > 0)
    return (late.group_by("loan_id", stage=stage(pl.col("_days"), rules))
            .agg(pl.col("unpaid_fen").sum(), _days=pl.col("_days").min()).sort("loan_id", "_days").drop("_days"))
