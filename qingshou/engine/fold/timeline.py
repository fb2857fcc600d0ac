"""From dues and events to one ordered list of happenings a loan, laid out rank by rank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from qingshou.engine.daycount import Ints

# What can happen, in the order within a day: what falls due is due before the day's payments come.
DISBURSEMENT, DUE, MATURITY, RATE, FEE, FEE_WAIVER, INTEREST_WAIVER, REPAYMENT, WRITE_OFF = range(9)
_CODES = {
    "disbursement": DISBURSEMENT, "rate_change": RATE, "fee": FEE, "fee_waiver": FEE_WAIVER,
    "interest_waiver": INTEREST_WAIVER, "repayment": REPAYMENT, "recovery": REPAYMENT, "write_off": WRITE_OFF,
}
NONE = -1  # stands for null in the integer columns of the timeline

_COLUMNS = ("day", "code", "seq", "event_id", "amount", "rate", "due_interest", "number", "next_interest", "next_days",
            "final")


@dataclass
class Timeline:
    """Happenings sorted by rank, then by row of the state; ``sizes[r]`` rows are at rank r and are its first rows."""

    columns: dict[str, Ints]
    sizes: list[int]
    order: Ints  # state row -> row of the terms frame


def with_next(dues: pl.DataFrame) -> pl.DataFrame:
    """Dues with ``next_due`` and ``next_interest_fen`` of the row after each (null after the last)."""
    dues = dues.sort("loan_id", "due", "number")
    return dues.with_columns(
        next_due=pl.col("due").shift(-1).over("loan_id"),
        next_interest_fen=pl.col("interest_fen").shift(-1).over("loan_id"),
    )


def undo_reversals(events: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events without the reversed ones and the reversals; and what is wrong with a reversal as problem rows."""
    reversals = events.filter(pl.col("kind") == "reversal")
    if reversals.is_empty():
        return events, _no_problems()
    targets = events.filter(pl.col("kind") != "reversal").select("loan_id", pl.col("event_id").alias("reverses"),
                                                                 known=pl.lit(True))
    judged = reversals.join(targets, on=["loan_id", "reverses"], how="left").with_columns(
        again=pl.int_range(pl.len()).over("loan_id", "reverses") > 0)
    problems = pl.concat([
        judged.filter(pl.col("known").is_null()).select("loan_id", "event_id", code=pl.lit("reverses_nothing")),
        judged.filter(pl.col("known").is_not_null() & pl.col("again")).select("loan_id", "event_id",
                                                                             code=pl.lit("reversed_twice")),
    ])
    gone = judged.filter(pl.col("known").is_not_null()).select("loan_id", event_id="reverses").unique()
    kept = events.filter(pl.col("kind") != "reversal").join(gone, on=["loan_id", "event_id"], how="anti")
    return kept, problems


def _no_problems() -> pl.DataFrame:
    return pl.DataFrame(schema={"loan_id": pl.Int64, "event_id": pl.Int64, "code": pl.String})


def build(terms: pl.DataFrame, dues: pl.DataFrame, events: pl.DataFrame, *, after: pl.Expr | None = None) -> Timeline:
    """Lay out what happens to each loan up to its ``as_of`` (a column of *terms*).

    *after*: an expression over terms and ``date``; only happenings for which it holds count (used to go on from a carry).
    Dues need ``next_due, next_interest_fen`` (:func:`with_next`). Maturity is a happening of its own.
    """
    row = terms.select("loan_id", "as_of", "start", "maturity").with_row_index("row")
    blank = pl.lit(NONE, dtype=pl.Int64)
    due_rows = dues.select(
        "loan_id", date="due", code=pl.lit(DUE, dtype=pl.Int64), seq=pl.col("number").cast(pl.Int64), event_id=blank,
        amount="principal_fen", rate=blank, due_interest=pl.col("interest_fen").fill_null(NONE),
        number=pl.col("number").cast(pl.Int64), next_interest=pl.col("next_interest_fen").fill_null(NONE),
        next_days=(pl.col("next_due") - pl.col("due")).dt.total_days().fill_null(0),
        final=pl.col("next_due").is_null().cast(pl.Int64),
    )
    event_rows = events.filter(pl.col("kind").is_in(list(_CODES))).select(
        "loan_id", "date", code=pl.col("kind").replace_strict(_CODES, default=NONE, return_dtype=pl.Int64),
        seq=pl.col("seq").cast(pl.Int64), event_id=pl.col("event_id").cast(pl.Int64),
        amount=pl.col("amount_fen").fill_null(NONE), rate=pl.col("rate_ppm").fill_null(NONE), due_interest=blank,
        number=blank, next_interest=blank, next_days=blank, final=blank,
    )
    maturity_rows = terms.select("loan_id", date="maturity", code=pl.lit(MATURITY, dtype=pl.Int64),
                                 seq=pl.lit(0, dtype=pl.Int64), **dict.fromkeys(_COLUMNS[3:], blank))
    happenings = pl.concat([due_rows, event_rows, maturity_rows], how="vertical").join(row, on="loan_id")
    keep = pl.col("date") <= pl.col("as_of")
    if after is not None:
        keep = keep & after
    happenings = happenings.filter(keep).with_columns(day=pl.col("date").cast(pl.Int32).cast(pl.Int64))
    return lay_out(happenings, terms.height)


def lay_out(happenings: pl.DataFrame, height: int) -> Timeline:
    """Sort by loan, day, code, seq; number the ranks; put the loans with the most happenings first."""
    happenings = happenings.sort("row", "day", "code", "seq", "event_id")
    rows = happenings["row"].to_numpy().astype(np.int64)
    counts = np.bincount(rows, minlength=height).astype(np.int64)
    order = np.argsort(-counts, kind="stable")
    place = np.empty(height, dtype=np.int64)
    place[order] = np.arange(height)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    rank = np.arange(len(rows), dtype=np.int64) - starts[rows]
    ranked = np.lexsort((place[rows], rank))
    sizes = np.bincount(rank, minlength=int(counts.max(initial=0))).tolist() if len(rows) else []
    columns = {name: happenings[name].to_numpy().astype(np.int64)[ranked] for name in _COLUMNS}
    return Timeline(columns, sizes, order)
