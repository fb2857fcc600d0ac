"""Promises to pay judged from the ledger (C5): at the end of the promised day, by amount, each fen counted once."""

from __future__ import annotations

from datetime import date

import polars as pl

from qingshou.engine.money import PPM, mul_div
from qingshou.policy import Rules

SCHEMA = {"promise_id": pl.Int64, "household_id": pl.Int64, "state": pl.String, "paid_fen": pl.Int64}


def judge(promises: pl.DataFrame, payments: pl.DataFrame, as_of: date, rules: Rules) -> pl.DataFrame:
    """What became of each promise whose day has ended by *as_of*: ``promise_id, household_id, state, paid_fen``.

    *promises*: ``promise_id, household_id, made_on, due, amount_fen``, all of a household that are not older than the
    payments; *payments*: ``household_id, date, amount_fen``, net of reversals. A promise is served by payments from the
    day it was made to the day it was due; the one that falls due first is served first, by the oldest payment first. So
    a later promise never changes what an earlier one was judged.
    """
    due = (promises.select("promise_id", "household_id", "made_on", "due", "amount_fen").filter(pl.col("due") <= as_of)
           .sort("household_id", "due", "made_on", "promise_id"))
    if due.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    turns = due.with_columns(turn=pl.int_range(pl.len()).over("household_id"))
    left = (payments.filter(pl.col("amount_fen") > 0).join(due.select("household_id").unique(), on="household_id", how="semi")
            .group_by("household_id", "date").agg(left_fen=pl.col("amount_fen").sum()).sort("household_id", "date"))
    served = []
    for turn in range(int(turns["turn"].max()) + 1):  # type: ignore[arg-type]
        mine = turns.filter(pl.col("turn") == turn)
        paid, left = _serve(mine, left)
        served.append(paid)
    paid = pl.concat(served)
    return (due.join(paid, on="promise_id", how="left", maintain_order="left")
            .select("promise_id", "household_id", state=_state(rules), paid_fen="paid_fen"))


def _serve(mine: pl.DataFrame, left: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Serve one promise of each household; what it got, and what is left of the payments."""
    given = left.join(mine.select("household_id", "promise_id", "made_on", "due", "amount_fen"),
                      on="household_id", how="left", maintain_order="left")
    fits = (pl.col("date") >= pl.col("made_on")) & (pl.col("date") <= pl.col("due"))
    offered = pl.when(fits.fill_null(False)).then(pl.col("left_fen")).otherwise(0)
    before = offered.cum_sum().over("household_id") - offered
    taken = pl.min_horizontal(offered, (pl.col("amount_fen").fill_null(0) - before).clip(lower_bound=0))
    given = given.with_columns(taken=taken)
    paid = (mine.select("promise_id").join(
        given.group_by("promise_id").agg(paid_fen=pl.col("taken").sum()), on="promise_id", how="left")
        .with_columns(pl.col("paid_fen").fill_null(0)))
    left = given.select("household_id", "date", left_fen=pl.col("left_fen") - pl.col("taken")).filter(
        pl.col("left_fen") > 0)
    return paid, left


def _state(rules: Rules) -> pl.Expr:
    owed, paid = pl.col("amount_fen"), pl.col("paid_fen")
    slack = pl.max_horizontal(mul_div(owed, pl.lit(int(rules["promises.tolerance_ppm"])), pl.lit(PPM)),
                              pl.lit(int(rules["promises.tolerance_fen"])))
    least = mul_div(owed, pl.lit(int(rules["promises.partly_over_ppm"])), pl.lit(PPM))
    return (pl.when((paid >= owed - slack) & (paid > 0)).then(pl.lit("kept"))
            .when(paid > least).then(pl.lit("partly_kept")).otherwise(pl.lit("broken")))
