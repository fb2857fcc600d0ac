"""A promise that was not kept is answered the next morning."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from qingshou.engine.day import Book, step
from tests.engine.policies import pack

DUE, PROMISED = date(2026, 9, 20), date(2026, 10, 10)


def book(paid_fen: int = 0) -> Book:
    """A household 1,000.00 late since DUE that promised 500.00 for PROMISED."""
    events = [{"event_id": 1, "loan_id": 1, "date": PROMISED, "kind": "repayment", "amount_fen": paid_fen}]
    return Book.of(
        loans=pl.DataFrame([{
            "loan_id": 1, "household_id": 1, "borrower_id": 1, "retail": True, "principal_fen": 100_000, "rate_ppm": 72_000,
            "start": date(2026, 8, 20), "maturity": DUE, "penalty_surcharge_ppm": 500_000, "basis": "actual/360",
            "compound": "none"}]),
        dues=pl.DataFrame([{"loan_id": 1, "number": 1, "due": DUE, "principal_fen": 100_000, "interest_fen": None}]),
        events=pl.DataFrame(events if paid_fen else events[:0],
                            schema={"event_id": pl.Int64, "loan_id": pl.Int64, "date": pl.Date, "kind": pl.String,
                                    "amount_fen": pl.Int64}),
        households=pl.DataFrame([{"household_id": 1, "custodian_id": 7}]),
        promises=pl.DataFrame([{"promise_id": 1, "household_id": 1, "made_on": PROMISED - timedelta(days=5),
                                "due": PROMISED, "amount_fen": 50_000}]),
        payments=pl.DataFrame([{"household_id": 1, "date": PROMISED, "amount_fen": paid_fen}] if paid_fen else [],
                              schema={"household_id": pl.Int64, "date": pl.Date, "amount_fen": pl.Int64}))


@pytest.mark.parametrize(("paid_fen", "state", "answered"), [
    (0, "broken", True), (20_000, "partly_kept", True), (50_000, "kept", False)])
def test_on_the_morning_after_the_promised_day(paid_fen, state, answered):
    day = step(book(paid_fen), pack(), PROMISED)
    assert day.judgements["state"].to_list() == [state]
    assert ("broken_promise" in day.tasks_made["step"].to_list()) is answered


def test_not_on_the_days_before_nor_on_those_after():
    known = book()
    before = step(known, pack(), PROMISED - timedelta(days=1))
    assert before.judgements.is_empty() and "broken_promise" not in before.tasks_made["step"].to_list()
    judged = known.with_frames(promises=known.promises.with_columns(state=pl.lit("broken"), paid_fen=pl.lit(0)))
    after = step(judged, pack(), PROMISED + timedelta(days=1))
    assert "broken_promise" not in after.tasks_made["step"].to_list()
