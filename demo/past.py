"""What the ledger held before the story begins: everybody paid each due on its day until the day they stopped."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from demo.customers import Customer
from qingshou.engine.fold import balances, replay

EVENTS = {"loan_id": pl.Int64, "event_id": pl.Int64, "date": pl.Date, "seq": pl.Int64, "kind": pl.String,
          "amount_fen": pl.Int64, "rate_ppm": pl.Int64, "reverses": pl.Int64}


def disbursements(loans: pl.DataFrame) -> pl.DataFrame:
    """The paying out of every loan on its first day, as events numbered from 1."""
    return loans.sort("start", "loan_id").with_row_index("event_id", offset=1).select(
        "loan_id", pl.col("event_id").cast(pl.Int64), date="start", seq=pl.col("event_id").cast(pl.Int64),
        kind=pl.lit("disbursement"), amount_fen="principal_fen", rate_ppm=pl.lit(None, dtype=pl.Int64),
        reverses=pl.lit(None, dtype=pl.Int64))


def repayments(loans: pl.DataFrame, dues: pl.DataFrame, customers: list[Customer], *, begins: date,
               first_id: int) -> pl.DataFrame:
    """Repayments of the dues before *begins*, each what the ledger says is due that day.

    The n-th dues of all loans are paid in one step: a fold of all loans, each to the day of its own n-th due.
    """
    stopped = pl.DataFrame({
        "household_id": list(range(1, len(customers) + 1)),
        "stopped_on": [item.nature.lost_on or begins for item in customers]}, schema_overrides={"household_id": pl.Int64})
    until = loans.select("loan_id", "household_id").join(stopped, on="household_id").select(
        "loan_id", until=pl.min_horizontal("stopped_on", pl.lit(begins)))
    paid = dues.join(until, on="loan_id").filter(pl.col("due") < pl.col("until"))
    events = disbursements(loans)
    made: list[pl.DataFrame] = []
    number = first_id
    for step in range(1, int(paid["number"].max() or 0) + 1):  # type: ignore[call-overload]
        today = paid.filter(pl.col("number") == step).select("loan_id", "due")
        if today.is_empty():
            continue
        mine = loans.join(today, on="loan_id").sort("loan_id")
        ids = mine.select("loan_id")
        past = pl.concat([events, *made]).join(ids, on="loan_id", how="semi")
        carry = replay(mine, dues.join(ids, on="loan_id", how="semi"), past, as_of=pl.col("due")).carry
        owed = balances(carry, mine, as_of=pl.col("due")).select("loan_id", "as_of", "overdue_fen") \
            .filter(pl.col("overdue_fen") > 0)
        ids_new = pl.int_range(number, number + owed.height, dtype=pl.Int64, eager=True)
        made.append(owed.select(
            "loan_id", event_id=ids_new, date="as_of", seq=ids_new, kind=pl.lit("repayment"), amount_fen="overdue_fen",
            rate_ppm=pl.lit(None, dtype=pl.Int64), reverses=pl.lit(None, dtype=pl.Int64)).cast(EVENTS))
        number += owed.height
    return pl.concat(made) if made else pl.DataFrame(schema=EVENTS)


def days(begins: date, ends: date) -> list[date]:
    """Every day from *begins* to *ends*, the last excluded."""
    return [begins + timedelta(days=count) for count in range((ends - begins).days)]
