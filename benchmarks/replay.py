"""How long replaying takes: one loan with a long life after a backdated payment, and a book of loans day by day.

The shapes are those that other systems publish figures for: a loan with about 2,400 daily accruals and 2,000 events
reposted after a backdated payment, and 1,000 loans of 24 months carried forward through 700 days.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl

from qingshou.engine import fold, schedule
from qingshou.engine.fold.timeline import with_next

START = date(2019, 1, 1)
ACCRUAL_DAYS, EVENTS = 2_400, 2_000
LOANS, MONTHS, DAYS = 1_000, 24, 700
EVENT_SCHEMA: dict[str, Any] = {
    "loan_id": pl.Int64, "event_id": pl.Int64, "date": pl.Date, "seq": pl.Int64, "kind": pl.String, "amount_fen": pl.Int64,
    "rate_ppm": pl.Int64, "reverses": pl.Int64}
Row = dict[str, Any]


def run() -> list[Row]:
    """The figures, each with ``name, figure, unit, note``."""
    return [*_one_long_loan(), *_a_book_day_by_day()]


def _one_long_loan() -> list[Row]:
    chance = Random(1)
    terms = pl.DataFrame({
        "loan_id": [1], "principal_fen": [50_000_000], "rate_ppm": [72_000], "start": [START],
        "maturity": [START + timedelta(days=ACCRUAL_DAYS - 300)], "penalty_surcharge_ppm": [500_000], "compound": ["monthly"]})
    dues = fold.settlement_dues(terms)
    rows = [(1, number, START + timedelta(days=chance.randrange(2, ACCRUAL_DAYS)), number, "repayment",
             chance.randrange(100, 40_000), None, None) for number in range(EVENTS - 1)]
    backdated = (1, EVENTS, START + timedelta(days=1), EVENTS, "repayment", 100_000, None, None)
    events = pl.DataFrame([*rows, backdated], schema=EVENT_SCHEMA, orient="row")
    end = START + timedelta(days=ACCRUAL_DAYS)
    seconds, made = _best_of(5, lambda: fold.replay(terms, dues, events, as_of=end, lines=True))
    return [{"name": "replay_one_loan", "figure": round(seconds, 3), "unit": "s", "note": (
        f"{ACCRUAL_DAYS} accrual days, {EVENTS} repayments, {made.lines.height} printed lines, after a backdated payment; "
        "best of 5")}]


def _a_book_day_by_day() -> list[Row]:
    terms = pl.DataFrame({
        "loan_id": range(LOANS), "principal_fen": [1_000_000 + 10_000 * number for number in range(LOANS)],
        "rate_ppm": [72_000] * LOANS, "start": [START] * LOANS, "maturity": [date(2021, 1, 1)] * LOANS,
        "penalty_surcharge_ppm": [500_000] * LOANS})
    plan = schedule.build(terms.select(
        "loan_id", "principal_fen", "rate_ppm", "start", method=pl.lit("equal_instalment"), periods=pl.lit(MONTHS),
        months_per_period=pl.lit(1), due_day=pl.lit(None, pl.Int64), basis=pl.lit(None, pl.String)))
    dues = with_next(plan)
    book = fold.complete_terms(terms)
    nothing = pl.DataFrame(schema=EVENT_SCHEMA)

    def carried() -> pl.DataFrame:
        carry = fold.replay(book, plan, nothing, as_of=START).carry
        for day in (START + timedelta(days=number) for number in range(1, DAYS + 1)):
            today = dues.filter(pl.col("due") == day)
            carry = fold.advance(carry, book, today, to=day).carry
        return carry

    seconds, carry = _best_of(1, carried)
    end = START + timedelta(days=DAYS)
    once, replayed = _best_of(3, lambda: fold.replay(book, plan, nothing, as_of=end).carry)
    if not carry.equals(replayed):
        raise AssertionError("day by day and at once disagree")
    return [
        {"name": "advance_book", "figure": round(LOANS * DAYS / seconds), "unit": "loan-days/s",
         "note": f"{LOANS} loans of {MONTHS} months through {DAYS} days, one step a day: {seconds:.1f} s"},
        {"name": "replay_book", "figure": round(once, 3), "unit": "s",
         "note": f"the same {LOANS} loans replayed at once to day {DAYS}; best of 3"},
    ]


def _best_of(times: int, work: Callable[[], Any]) -> tuple[float, Any]:
    best, made = float("inf"), None
    for _ in range(times):
        begun = time.perf_counter()
        made = work()
        best = min(best, time.perf_counter() - begun)
    return best, made


if __name__ == "__main__":
    for row in run():
        print(f"{row['name']:<18}{row['figure']:>12} {row['unit']:<12}{row['note']}")
