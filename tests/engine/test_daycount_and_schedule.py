"""Day counts against the calendar, and what every schedule promises."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.engine import daycount, schedule
from qingshou.engine.fold import settlement_dues
from tests.engine.reference import days_360, half_up

DAYS = st.dates(date(1949, 10, 1), date(2199, 12, 31))


@given(DAYS, DAYS, st.sampled_from(daycount.BASES))
def test_days_are_those_of_the_calendar(start: date, end: date, basis: str) -> None:
    assert daycount.days(start, end, basis) == (days_360(start, end) if basis == "30/360" else (end - start).days)


@given(DAYS, st.integers(0, 3000), st.integers(0, 10**12), st.integers(0, 400_000), st.sampled_from(daycount.BASES))
def test_interest_is_rounded_half_up_once(start: date, length: int, principal: int, rate: int, basis: str) -> None:
    end = min(start + timedelta(days=length), date(2199, 12, 31))
    days, fen = daycount.interest(principal, rate, start, end, basis)
    year = 365 if basis == "actual/365" else 360
    assert Decimal(fen) == half_up(Decimal(principal) * rate * days / (1_000_000 * year))


@pytest.mark.parametrize(("principal", "rate", "start", "end", "interest"), [
    (10_000_000, 108_000, date(2026, 1, 1), date(2026, 3, 2), 180_000),  # 60 days of penalty interest on 100,000.00
    (730_000, 108_000, date(2026, 1, 1), date(2026, 3, 2), 13_140)])  # the compound interest of the same days
def test_the_examples_of_the_interest_rules(principal: int, rate: int, start: date, end: date, interest: int) -> None:
    assert daycount.interest(principal, rate, start, end, "actual/360") == (60, interest)


@given(DAYS.filter(lambda day: day.year < 2150), st.integers(0, 500), st.integers(1, 31))
def test_adding_months_keeps_the_day_or_takes_the_months_last(start: date, months: int, day: int) -> None:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    expected = date(year, month + 1, min(day, monthrange(year, month + 1)[1]))
    found = schedule.add_months(*(np.array([value]) for value in (daycount.ordinal(start), months, day)))
    assert found[0] == daycount.ordinal(expected)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, object]:
    return {"loan_id": draw(st.integers(1, 9)), "method": draw(st.sampled_from(schedule.METHODS)),
            "principal_fen": draw(st.integers(1, 10**11)), "rate_ppm": draw(st.sampled_from([0, 1, 43_500, 72_000, 360_000])),
            "start": draw(st.dates(date(2000, 1, 1), date(2030, 12, 31))), "periods": draw(st.integers(1, 120)),
            "months_per_period": draw(st.sampled_from([1, 1, 3, 6, 7])), "due_day": draw(st.sampled_from([None, 1, 20, 31])),
            "basis": draw(st.sampled_from([None, *daycount.BASES]))}


def build(*given: dict[str, object]) -> pl.DataFrame:
    return schedule.build(pl.DataFrame(list(given), schema_overrides={"due_day": pl.Int64, "basis": pl.String}))


def test_a_period_too_long_for_exact_interest_is_refused() -> None:
    with pytest.raises(OverflowError):
        build({"loan_id": 1, "method": "bullet", "principal_fen": 1, "rate_ppm": 360_000, "start": date(2000, 1, 1),
               "periods": 1_100 // 12, "months_per_period": 12, "due_day": None, "basis": "actual/360"})


@settings(max_examples=150, deadline=None)
@given(requests())
def test_a_schedule_repays_the_loan_exactly(asked: dict[str, object]) -> None:
    rows = build(asked)
    assert rows.height == (1 if asked["method"] == "bullet" else asked["periods"])
    assert rows["principal_fen"].sum() == asked["principal_fen"] and rows["balance_fen"][-1] == 0
    assert rows["principal_fen"].min() >= 0 and rows["due"].is_sorted()
    assert (rows["payment_fen"] == rows["principal_fen"] + rows["interest_fen"]).all()
    balance, previous = asked["principal_fen"], asked["start"]
    months = (asked["months_per_period"] * asked["periods"]  # type: ignore[operator]
              if asked["method"] == "bullet" else asked["months_per_period"])
    for row in rows.iter_rows(named=True):
        if asked["basis"] is None:
            exact = Decimal(balance) * asked["rate_ppm"] * months / 12_000_000  # type: ignore[operator, arg-type]
            assert row["interest_fen"] == half_up(exact)
        else:
            assert row["interest_fen"] == daycount.interest(  # type: ignore[arg-type]
                balance, asked["rate_ppm"], previous, row["due"], asked["basis"])[1]
        balance, previous = row["balance_fen"], row["due"]


@settings(max_examples=100, deadline=None)
@given(requests().map(lambda asked: asked | {"method": "equal_instalment", "due_day": None,
                                          "principal_fen": 10**6 + asked["principal_fen"]}))  # type: ignore[operator]
def test_equal_instalments_are_equal_but_the_last_and_within_half_a_fen_of_the_annuity(asked: dict[str, object]) -> None:
    rows = build(asked)
    if not (rows["principal_fen"] > 0).all():
        return  # an instalment that a long period's interest swallows
    assert rows["payment_fen"][:-1].n_unique() <= 1
    if asked["basis"] is None and rows.height > 1:
        rate = Fraction(asked["rate_ppm"] * asked["months_per_period"], 12_000_000)  # type: ignore[operator]
        principal, periods = asked["principal_fen"], asked["periods"]
        annuity = principal * rate / (1 - (1 + rate) ** -periods) if rate else Fraction(principal, periods)  # type: ignore
        assert abs(rows["payment_fen"][0] - annuity) <= Fraction(1, 2)


@settings(max_examples=40, deadline=None)
@given(st.lists(requests(), min_size=2, max_size=4))
def test_a_schedule_alone_is_the_same_as_among_many(asked: list[dict[str, object]]) -> None:
    numbered = [one | {"loan_id": place} for place, one in enumerate(asked)]
    together = build(*numbered)
    for one in numbered:
        assert together.filter(pl.col("loan_id") == one["loan_id"]).equals(build(one))


@pytest.mark.parametrize(("every", "day", "dues"), [
    ("none", 20, ["2026-01-01"]),
    ("quarterly", 20, ["2025-03-21", "2025-06-21", "2025-09-21", "2025-12-21", "2026-01-01"]),
    ("monthly", 31, [*(date(2025, month, 1).isoformat() for month in range(2, 13)), "2026-01-01"])])
def test_interest_falls_due_the_day_after_the_settlement_day_and_at_maturity(every: str, day: int, dues: list[str]) -> None:
    terms = pl.DataFrame({"loan_id": [1], "start": [date(2025, 1, 1)], "maturity": [date(2026, 1, 1)], "compound": [every],
                          "principal_fen": [100]})
    found = settlement_dues(terms, settlement_day=day)
    assert [due.isoformat() for due in found["due"]] == dues
    assert found["principal_fen"].to_list() == [0] * (len(dues) - 1) + [100]
