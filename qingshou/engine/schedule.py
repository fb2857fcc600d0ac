"""Repayment schedules (P4): equal instalment 等额本息, equal principal 等额本金, interest-only 先息后本, bullet 利随本清.

Many loans at once; a period's interest is an equal part of the year (rate × months ÷ 12, 银发〔2005〕129号) or, with a
basis, by days. Rounded half up to the fen per row; the last row takes the principal's remainder.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import lru_cache

import numpy as np
import polars as pl

from qingshou.engine import daycount
from qingshou.engine.daycount import Ints, as_days, civil
from qingshou.engine.money import MAX_FACTOR, MAX_FEN, PPM, mul_div

METHODS = ("equal_instalment", "equal_principal", "interest_only", "bullet")
EQUAL_INSTALMENT, EQUAL_PRINCIPAL, INTEREST_ONLY, BULLET = range(4)
MAX_PERIODS = 600
SCHEMA = {"loan_id": pl.Int64, "number": pl.Int64, "due": pl.Date, "principal_fen": pl.Int64, "interest_fen": pl.Int64,
          "payment_fen": pl.Int64, "balance_fen": pl.Int64}
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)


def add_months(start: Ints, months: Ints, day: Ints) -> Ints:
    """The day-of-month *day* in the month that is *months* after each start's; clipped to the month's end."""
    year, month, _ = civil(start)
    index = year * 12 + month - 1 + months
    year, month = index // 12, index % 12 + 1
    leap = (month == 2) & (((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0))
    return _ordinal(year, month, np.minimum(day, _MONTH_DAYS[month] + leap))


def _ordinal(year: Ints, month: Ints, day: Ints) -> Ints:
    """Days since 1970-01-01 of a civil date (inverse of ``daycount.civil``)."""
    y = np.where(month <= 2, year - 1, year)
    era = y // 400
    yoe = y - era * 400
    doy = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    return era * 146_097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719_468


def build(loans: pl.DataFrame) -> pl.DataFrame:
    """Schedules of many loans.

    Columns in: ``loan_id, method, principal_fen, rate_ppm, start, periods, months_per_period, due_day`` (null: the
    start's day)``, basis`` (null: equal parts of the year); optional ``maturity`` (the last due, instead of the day
    reached by counting months). A bullet loan has one row, at the end of all its periods. Out: ``loan_id, number, due,
    principal_fen, interest_fen, payment_fen, balance_fen``.
    Raises ValueError for periods outside 1..600 or an unknown method, OverflowError beyond the bounds of ``money``.
    """
    if loans.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    if not loans["periods"].is_between(1, MAX_PERIODS).all():
        raise ValueError(f"periods must be from 1 to {MAX_PERIODS}")
    if not loans["method"].is_in(METHODS).all():
        raise ValueError(f"method must be one of {', '.join(METHODS)}")
    loans = _bullets_as_one_period(loans)
    longest = pl.col("months_per_period") * 31
    if loans.select(((pl.col("principal_fen") > MAX_FEN) | (pl.col("rate_ppm") * longest > MAX_FACTOR)).any()).item():
        raise OverflowError("amounts, or rate × days of a period, beyond the bounds of exact computation")
    loans = loans.sort("periods", descending=True, maintain_order=True)
    due = _due_days(loans)
    interest_by_days = loans["basis"].is_not_null().to_numpy()
    basis = loans["basis"].fill_null("actual/360").replace_strict(
        {name: n for n, name in enumerate(daycount.BASES)}, return_dtype=pl.Int64).to_numpy()
    method = loans["method"].replace_strict({name: n for n, name in enumerate(METHODS)}, return_dtype=pl.Int64).to_numpy()
    principal = loans["principal_fen"].to_numpy().astype(np.int64)
    rate = loans["rate_ppm"].to_numpy().astype(np.int64)
    months = loans["months_per_period"].to_numpy().astype(np.int64)
    periods = loans["periods"].to_numpy().astype(np.int64)
    start = as_days(loans["start"])
    payment = _payments(loans, method, start, due)
    share = mul_div(principal, np.ones_like(periods), periods)
    loan_id = loans["loan_id"].to_numpy()
    balance, previous = principal.copy(), start.copy()
    pieces = []
    for number in range(1, int(periods.max()) + 1):
        size = int((periods >= number).sum())
        part = slice(0, size)
        last = periods[part] == number
        day = due[number - 1][part]
        by_days = daycount.interest_columns(balance[part], rate[part],
                                            daycount.days_between(previous[part], day, basis[part]), basis[part])
        equal = mul_div(balance[part], rate[part] * months[part], np.full(size, 12 * PPM, dtype=np.int64))
        interest = np.where(interest_by_days[part], by_days, equal)
        kind = method[part]
        pays = np.where(kind == EQUAL_INSTALMENT, payment[part] - interest,
                        np.where(kind == EQUAL_PRINCIPAL, share[part], 0))
        pays = np.where(last, balance[part], np.clip(pays, 0, balance[part]))
        balance[part] -= pays
        previous[part] = day
        pieces.append(pl.DataFrame({
            "loan_id": loan_id[part], "number": np.full(size, number), "due": pl.Series(day).cast(pl.Int32).cast(pl.Date),
            "principal_fen": pays, "interest_fen": interest, "payment_fen": pays + interest,
            "balance_fen": balance[part].copy()}, schema_overrides=SCHEMA))
    return pl.concat(pieces).sort("loan_id", "number")


def _bullets_as_one_period(loans: pl.DataFrame) -> pl.DataFrame:
    """A bullet loan has one due: all its periods are one long period."""
    bullet = pl.col("method") == METHODS[BULLET]
    return loans.with_columns(
        months_per_period=pl.when(bullet).then(pl.col("months_per_period") * pl.col("periods")).otherwise("months_per_period"),
        periods=pl.when(bullet).then(1).otherwise("periods"))


def _due_days(loans: pl.DataFrame) -> list[Ints]:
    """The k-th dues of all loans, k from 1 (also for loans that have fewer: not used)."""
    start = as_days(loans["start"])
    months = loans["months_per_period"].to_numpy().astype(np.int64)
    _, _, start_day = civil(start)
    day = np.where(loans["due_day"].is_null().to_numpy(), start_day, loans["due_day"].fill_null(1).to_numpy())
    periods = loans["periods"].to_numpy().astype(np.int64)
    dues = []
    for number in range(1, int(periods.max()) + 1):
        at = add_months(start, months * number, day)
        if "maturity" in loans.columns:
            ends = (periods == number) & loans["maturity"].is_not_null().to_numpy()
            at = np.where(ends, as_days(loans["maturity"]), at)
        dues.append(at)
    return dues


def _payments(loans: pl.DataFrame, method: Ints, start: Ints, due: list[Ints]) -> Ints:
    """The equal payment of each equal-instalment loan, half up to the fen; 0 for the others."""
    payment = np.zeros(len(method), dtype=np.int64)
    names = ("principal_fen", "rate_ppm", "periods", "months_per_period", "basis")
    wanted = loans.select(names).rows()
    for row in np.nonzero(method == EQUAL_INSTALMENT)[0]:
        principal, rate, periods, months, basis = wanted[row]
        if basis is None:
            factor = annuity_factor(rate, periods, months)
        else:
            days = [int(start[row])] + [int(due[number][row]) for number in range(periods)]
            factor = _factor_by_days(rate, basis, days)
        with localcontext() as context:
            context.prec = 40
            payment[row] = int((Decimal(principal) * factor).to_integral_value("ROUND_HALF_UP"))
    return payment


@lru_cache(maxsize=100_000)
def annuity_factor(rate_ppm: int, periods: int, months: int) -> Decimal:
    """Payment per unit of principal: i ÷ (1 − (1 + i)^−n) with i = rate × months ÷ 12; 1 ÷ n at rate zero."""
    with localcontext() as context:
        context.prec = 40
        i = Decimal(rate_ppm) * months / (12 * PPM)
        return i / (1 - (1 + i) ** -periods) if i else Decimal(1) / periods


def _factor_by_days(rate_ppm: int, basis: str, days: list[int]) -> Decimal:
    """Payment per unit of principal when each period's factor is by days: Π(1+f) ÷ Σ Π_{later}(1+f)."""
    code = daycount.code(basis)
    count = daycount.days_between(np.array(days[:-1]), np.array(days[1:]), np.full(len(days) - 1, code))
    with localcontext() as context:
        context.prec = 40
        growth, total = Decimal(1), Decimal(0)
        for period in reversed(count.tolist()):
            total += growth
            growth *= 1 + Decimal(rate_ppm) * period / (PPM * int(daycount.YEAR_DAYS[code]))
        return growth / total


def dues_for_terms(loans: pl.DataFrame) -> pl.DataFrame:
    """Dues of loans given by their terms, as an import needs them where no instalments came.

    Columns in: ``loan_id, method, principal_fen, rate_ppm, start, maturity, due_day`` (null: the start's day). Monthly
    dues; the last falls on maturity (a due of the same month before it is dropped). The interest of equal instalments
    and equal principal is stated, an equal part of the year a month; of interest-only and bullet loans it is null:
    accrues by days. Out: ``loan_id, number, due, principal_fen, interest_fen``.
    """
    months = (pl.col("maturity").dt.year() * 12 + pl.col("maturity").dt.month().cast(pl.Int32)
              - pl.col("start").dt.year() * 12 - pl.col("start").dt.month().cast(pl.Int32))
    counted = loans.with_columns(
        periods=pl.when(pl.col("method") == "bullet").then(1).otherwise(months.clip(1, MAX_PERIODS)).cast(pl.Int64),
        months_per_period=pl.lit(1, dtype=pl.Int64), basis=pl.lit(None, dtype=pl.String))
    rows = build(counted)
    by_days = loans.select("loan_id", by_days=pl.col("method").is_in(["interest_only", "bullet"]))
    return rows.join(by_days, on="loan_id").select(
        "loan_id", "number", "due", "principal_fen",
        interest_fen=pl.when("by_days").then(None).otherwise("interest_fen"))
