"""What came in for a field this month."""

from __future__ import annotations

from datetime import date

import pytest

from qingshou.casework.queries.money import Collected, collected
from qingshou.portfolio.models import AllocationLine
from tests.factories import TODAY, Bank, make_event

pytestmark = pytest.mark.django_db


def pay(bank: Bank, number: int, on: date, kind: str = "repayment", **fen: int) -> None:
    parts = dict.fromkeys(("principal_fen", "interest_fen", "penalty_fen", "compound_fen", "fee_fen", "unapplied_fen"), 0)
    event = make_event(bank.loans[number], kind, on, sum(fen.values()))
    AllocationLine.objects.create(event=event, loan=bank.loans[number], date=on, **parts | fen)


def test_only_money_of_the_field_and_the_month_counts(bank: Bank) -> None:
    pay(bank, 0, TODAY, principal_fen=100, interest_fen=20, penalty_fen=3, compound_fen=4, fee_fen=50)
    pay(bank, 0, date(2026, 11, 1), "recovery", principal_fen=1_000)
    pay(bank, 0, date(2026, 10, 31), principal_fen=200, interest_fen=54)
    pay(bank, 0, date(2026, 9, 30), principal_fen=7_777)
    pay(bank, 0, TODAY, "interest_waiver", interest_fen=9_999)
    pay(bank, 2, TODAY, principal_fen=10_000)
    pay(bank, 3, TODAY, principal_fen=100_000)
    mine = collected(bank.users["collector"], TODAY)
    assert mine == Collected(1_100, 27, 200, 54)
    assert (mine.principal_share, mine.interest_share) == (100, 50)
    assert collected(bank.users["manager"], TODAY).principal_fen == 11_100
    assert collected(bank.users["operations"], TODAY).principal_fen == 111_100
    assert collected(bank.users["admin"], TODAY) == Collected(0, 0, 0, 0)


def test_nothing_to_measure_against_gives_no_share(bank: Bank) -> None:
    assert collected(bank.users["collector"], TODAY).principal_share is None
