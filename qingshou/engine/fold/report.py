"""What a run tells beside the carry, as frames: splits of payments, printed lines, problems."""

from __future__ import annotations

import numpy as np
import polars as pl

from qingshou.engine.daycount import Ints
from qingshou.engine.fold import timeline as tl
from qingshou.engine.fold.columns import KINDS
from qingshou.engine.fold.step import PROBLEMS, Record

SPLIT_SCHEMA = pl.Schema({
    "event_id": pl.Int64, "loan_id": pl.Int64, "date": pl.Date, "principal_fen": pl.Int64, "interest_fen": pl.Int64,
    "penalty_fen": pl.Int64, "compound_fen": pl.Int64, "fee_fen": pl.Int64, "unapplied_fen": pl.Int64})
LINE_SCHEMA = pl.Schema({
    "loan_id": pl.Int64, "kind": pl.String, "start": pl.Date, "end": pl.Date, "base_fen": pl.Int64, "rate_ppm": pl.Int64,
    "amount_fen": pl.Int64})
PROBLEM_SCHEMA = pl.Schema({"loan_id": pl.Int64, "event_id": pl.Int64, "code": pl.String})


def splits(record: Record, loan_id: Ints) -> pl.DataFrame:
    """How each payment was divided, by loan and date; ``event_id`` null where held money paid what fell due."""
    if not record.splits:
        return pl.DataFrame(schema=SPLIT_SCHEMA)
    rows, events, day, fee, compound, penalty, interest, principal, unapplied = (
        np.concatenate(pieces) for pieces in zip(*record.splits, strict=True))
    frame = pl.DataFrame({
        "event_id": events, "loan_id": loan_id[rows], "date": _dates(day), "principal_fen": principal,
        "interest_fen": interest, "penalty_fen": penalty, "compound_fen": compound, "fee_fen": fee,
        "unapplied_fen": unapplied}).cast(SPLIT_SCHEMA)
    return frame.with_columns(event_id=pl.when(pl.col("event_id") == tl.NONE).then(None).otherwise("event_id")) \
        .sort("loan_id", "date", maintain_order=True)


def lines(record: Record, loan_id: Ints) -> pl.DataFrame:
    """The printed accrual lines, by loan, start and kind."""
    if not record.lines:
        return pl.DataFrame(schema=LINE_SCHEMA)
    kinds, *arrays = zip(*record.lines, strict=True)
    rows, start, end, base, rate, amount = (np.concatenate(pieces) for pieces in arrays)
    kind = np.repeat(np.array(kinds), [len(piece) for piece in arrays[0]])
    names = pl.Series(kind).replace_strict(dict(enumerate(KINDS)), return_dtype=pl.String)
    return pl.DataFrame({
        "loan_id": loan_id[rows], "kind": names, "start": _dates(start), "end": _dates(end), "base_fen": base,
        "rate_ppm": rate, "amount_fen": amount}).cast(LINE_SCHEMA).sort("loan_id", "start", "kind", maintain_order=True)


def problems(record: Record, loan_id: Ints, found_before: pl.DataFrame) -> pl.DataFrame:
    """Events that could not act as they stand, after those *found_before* the run."""
    pieces = [found_before.cast(PROBLEM_SCHEMA)]
    for rows, events, index in record.problems:
        pieces.append(pl.DataFrame({"loan_id": loan_id[rows], "event_id": events, "code": [PROBLEMS[index]] * len(rows)},
                                   schema=PROBLEM_SCHEMA))
    return pl.concat(pieces)


def _dates(days: Ints) -> pl.Series:
    return pl.Series(days).cast(pl.Int32).cast(pl.Date)
