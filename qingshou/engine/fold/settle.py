"""When interest falls due for loans without instalments: by the settlement day, and at maturity."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

_DUES = {"loan_id": pl.Int64, "number": pl.Int64, "due": pl.Date, "principal_fen": pl.Int64, "interest_fen": pl.Int64}


def settlement_days(start: date, maturity: date, every: str, settlement_day: int) -> list[date]:
    """Days after *start* and before *maturity* on which settled interest falls due: the day after the settlement day
    (20th settled, 21st due, 银发〔1999〕77号) of each month or of each quarter's last month; none for ``none``."""
    if every == "none":
        return []
    found = []
    year, month = start.year, start.month
    while (year, month) <= (maturity.year, maturity.month):
        if every == "monthly" or month % 3 == 0:
            due = date(year, month, 1) + timedelta(days=settlement_day)
            if start < due < maturity:
                found.append(due)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def settlement_dues(terms: pl.DataFrame, *, settlement_day: int = 20) -> pl.DataFrame:
    """Dues of loans that have no instalments: settled interest by ``compound`` (none: all at maturity), the principal
    at maturity. The interest accrues by days. ``settlement_day`` (1..28) may also be a column of *terms*."""
    rows = []
    for row in terms.iter_rows(named=True):
        day = row.get("settlement_day") or settlement_day
        days = settlement_days(row["start"], row["maturity"], row["compound"], day)
        rows.extend((row["loan_id"], number, due, 0, None) for number, due in enumerate(days, 1))
        rows.append((row["loan_id"], len(days) + 1, row["maturity"], row["principal_fen"], None))
    return pl.DataFrame(rows, schema=_DUES, orient="row")
