"""Day count: how many days a period has and what a day costs. The start counts, the end does not (算头不算尾,
银发〔2005〕129号).

Dates inside the fold are days since 1970-01-01. 30/360 is the bond basis (ISDA 30/360): a start on the 31st counts as
the 30th; an end on the 31st counts as the 30th if the start is on the 30th or 31st.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from qingshou.engine.money import MAX_FACTOR, MAX_FEN, PPM, mul_div

BASES = ("actual/360", "actual/365", "30/360")
ACTUAL_360, ACTUAL_365, THIRTY_360 = range(3)
YEAR_DAYS = np.array([360, 365, 360], dtype=np.int64)

Ints = npt.NDArray[np.int64]


def code(basis: str) -> int:
    """Index of a basis by name. Raises ValueError for an unknown one."""
    return BASES.index(basis)


def civil(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month, day of days since 1970-01-01, in integers (the era algorithm over 400-year cycles)."""
    z = days + 719_468
    era = z // 146_097
    doe = z - era * 146_097
    yoe = (doe - doe // 1_460 + doe // 36_524 - doe // 146_096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    day = doy - (153 * mp + 2) // 5 + 1
    month = np.where(mp < 10, mp + 3, mp - 9)
    return yoe + era * 400 + (month <= 2), month, day


def days_between(start: Ints, end: Ints, basis: Ints) -> Ints:
    """Days of each period by its basis code; the three are arrays of one shape. Negative if end precedes start."""
    actual = end - start
    thirty = basis == THIRTY_360
    if not thirty.any():
        return actual
    y1, m1, d1 = civil(start)
    y2, m2, d2 = civil(end)
    d1 = np.minimum(d1, 30)
    d2 = np.where((d2 == 31) & (d1 == 30), 30, d2)
    return np.where(thirty, (y2 - y1) * 360 + (m2 - m1) * 30 + (d2 - d1), actual)


def interest_columns(base_fen: Ints, rate_ppm: Ints, days: Ints, basis: Ints) -> Ints:
    """Interest in fen, half up: base × rate × days ÷ (a million × the year's days)."""
    return mul_div(base_fen, rate_ppm * days, YEAR_DAYS[basis] * PPM)


def _one(value: int) -> Ints:
    return np.array([value], dtype=np.int64)


def ordinal(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - 719_163


def days(start: date, end: date, basis: str) -> int:
    """Days from *start* to *end* by *basis*: the same rule on one row."""
    return int(days_between(_one(ordinal(start)), _one(ordinal(end)), _one(code(basis)))[0])


def interest(principal_fen: int, rate_ppm: int, start: date, end: date, basis: str) -> tuple[int, int]:
    """(days, interest in fen) of one amount over one period. Raises OverflowError outside the stated bounds."""
    count = days(start, end, basis)
    if principal_fen > MAX_FEN or rate_ppm * max(count, 0) > MAX_FACTOR:
        raise OverflowError("principal or rate × days beyond the bounds")
    return count, int(interest_columns(_one(principal_fen), _one(rate_ppm), _one(count), _one(code(basis)))[0])


def as_days(column: pl.Series) -> Ints:
    """A Polars Date series as int64 days since 1970-01-01; null becomes the smallest int64."""
    return column.cast(pl.Int32).cast(pl.Int64).fill_null(np.iinfo(np.int64).min).to_numpy()
