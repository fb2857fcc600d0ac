"""What must hold within one row between its fields. Over whole columns; each check names the field it blames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

NEEDS_AMOUNT = ("disbursement", "repayment", "fee", "fee_waiver", "interest_waiver", "write_off", "recovery")


@dataclass(frozen=True)
class RowCheck:
    """Rows where *fails* holds are not taken. *parameters*: for the reason's text, from a failing row."""

    field: str
    code: str
    fails: pl.Expr
    parameters: Callable[[dict[str, object]], dict[str, object]] = lambda row: {}


_LOAN = (
    RowCheck("maturity", "maturity_before_start", pl.col("maturity") <= pl.col("start"),
             lambda row: {"start": row["start"]}),
)
_TRANSACTION = (
    RowCheck("amount", "amount_missing", pl.col("kind").is_in(NEEDS_AMOUNT) & pl.col("amount_fen").is_null()),
    RowCheck("amount", "zero", pl.col("kind").is_in(NEEDS_AMOUNT) & (pl.col("amount_fen") == 0)),
    RowCheck("rate", "rate_missing", (pl.col("kind") == "rate_change") & pl.col("rate_ppm").is_null()),
    RowCheck("reverses", "reverses_missing", (pl.col("kind") == "reversal") & pl.col("reverses").is_null()),
    RowCheck("reverses", "reverses_itself", (pl.col("kind") == "reversal") & (pl.col("reverses") == pl.col("transaction_no"))),
)

ROW_CHECKS: dict[str, tuple[RowCheck, ...]] = {"loan": _LOAN, "transaction": _TRANSACTION}
