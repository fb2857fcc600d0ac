"""When interest falls due for loans without instalments: by the settlement day, and at maturity."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import polars as pl

_DUES: dict[str, Any] = {"loan_id": pl.Int64, "number": pl.Int64, "due": pl.Date, "principal_fen": pl.Int64,
                         "interest_fen": pl.Int64}


def settlement_days(start: date, maturity: date, every: str, settlement_day: int) -> list[date]:
    """Days after *start* and before *maturity* on which settled interest falls due: the day after the settlement day
    (20th settled, 21st due, 银发〔1999〕77号) of each month or of each quarter's last month; none for ``none``.

    *settlement_day* is 1..31; in a shorter month it is the month's last day.
    """
    if every == "none":
        return []
    found = []
    year, month = start.year, start.month
    while (year, month) <= (maturity.year, maturity.month):
        if every == "monthly" or month % 3 == 0:
            day = min(settlement_day, monthrange(year, month)[1])
            due = date(year, month, day) + timedelta(days=1)
            if start < due < maturity:
                found.append(due)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def settlement_dues(terms: pl.DataFrame, *, settlement_day: int = 20) -> pl.DataFrame:
    """Dues of loans that have no instalments: settled interest by ``compound`` (none: all at maturity), the principal
    at maturity. The interest accrues by days. ``settlement_day`` (1..31) may also be a column of *terms*."""
    rows: list[tuple[int, int, date, int, None]] = []
    for row in terms.iter_rows(named=True):
        day = row.get("settlement_day") or settlement_day
        days = settlement_days(row["start"], row["maturity"], row["compound"], day)
        rows.extend((row["loan_id"], number, due, 0, None) for number, due in enumerate(days, 1))
        rows.append((row["loan_id"], len(days) + 1, row["maturity"], row["principal_fen"], None))
    return pl.DataFrame(rows, schema=_DUES, orient="row")
