"""A loan's balances, schedule and statement, derived from its events at any date."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.core.exceptions import ValidationError

from qingshou.portfolio.models import Loan
from qingshou.portfolio.queries.account import account_page, quote
from qingshou.portfolio.queries.scope import SYSTEM
from qingshou.portfolio.queries.statement import statement_for
from tests import factories

pytestmark = pytest.mark.django_db


def fen(principal, rate, days, year=360):
    """Independent arithmetic: principal in yuan × yearly rate in percent × days, in fen."""
    exact = Decimal(principal) * Decimal(rate) / 100 * days / year
    return int(exact.quantize(Decimal("0.01"), ROUND_HALF_UP) * 100)


@pytest.fixture
def bullet(bank):
    """100,000.00 at 7.2 % from 2025-01-01, due 2026-01-01."""
    return bank.loans[0]


@pytest.fixture
def instalments(bank):
    """12,000.00 in twelve parts of 1,000.00 with 60.00 of interest each, on the 12th of each month of 2026."""
    rows = [(month, date(2026, month, 12), 100_000, 6_000) for month in range(1, 13)]
    return factories.make_loan(bank.households[0], method="custom", principal_fen=1_200_000, starts_on=date(2025, 12, 12),
                               matures_on=date(2026, 12, 12), instalments=rows)


@pytest.mark.parametrize(("on", "interest", "penalty"), [
    (date(2025, 1, 1), 0, 0), (date(2025, 1, 2), 2_000, 0), (date(2025, 7, 1), fen(100_000, "7.2", 181), 0),
    (date(2026, 1, 1), 730_000, 0), (date(2026, 1, 2), 730_000, fen(100_000, "10.8", 1)),
    (date(2026, 11, 24), 730_000, fen(100_000, "10.8", 327)), (date(2030, 1, 1), 730_000, fen(100_000, "10.8", 1461)),
])
def test_balances_at_any_date_are_what_arithmetic_says(bullet, on, interest, penalty):
    _, stands, _ = quote(SYSTEM, bullet.loan_no, on)
    assert (stands.principal_fen, stands.interest_owed_fen, stands.penalty_owed_fen) == (10_000_000, interest, penalty)
    assert stands.payoff_fen == 10_000_000 + interest + penalty


@pytest.mark.parametrize("on", [date(2024, 12, 31), date(2036, 12, 2), date(1900, 1, 1)])
def test_a_date_before_the_loan_or_beyond_the_bound_is_refused(bullet, on):
    for read in (quote, statement_for, account_page):
        with pytest.raises(ValidationError) as refused:
            read(SYSTEM, bullet.loan_no, on)
        assert "date" in refused.value.message_dict


def test_a_later_payment_does_not_touch_an_earlier_balance(bullet):
    before = quote(SYSTEM, bullet.loan_no, date(2026, 5, 1))[1]
    factories.make_event(bullet, "repayment", date(2026, 5, 2), 500_000)
    assert quote(SYSTEM, bullet.loan_no, date(2026, 5, 1))[1] == before


def test_a_schedule_says_of_each_due_what_is_paid_and_how_late(instalments):
    for day, amount in ((date(2026, 1, 12), 106_000), (date(2026, 2, 20), 106_100), (date(2026, 3, 12), 50_000)):
        factories.make_event(instalments, "repayment", day, amount)
    dues = account_page(SYSTEM, instalments.loan_no, date(2026, 4, 12)).dues
    assert [(due.state, due.days_late) for due in dues[:5]] == [
        ("paid", 0), ("paid", 28), ("partly", 31), ("today", 0), ("coming", 0)]
    # 20 February: penalty 1,000.00 × 10.8 % × 8 ÷ 360 = 2.40, so 1.40 of the second due stood open until March.
    assert dues[1].covered_on == date(2026, 3, 12)
    assert sum(due.principal_fen for due in dues) == 1_200_000
    assert sum(due.interest_fen for due in dues) == 72_000


def test_dues_paid_ahead_are_not_late_and_held_money_pays_them_when_they_fall(instalments):
    factories.make_event(instalments, "repayment", date(2026, 1, 12), 106_000 * 3)
    page = account_page(SYSTEM, instalments.loan_no, date(2026, 4, 11))
    assert [(due.state, due.days_late) for due in page.dues[:4]] == [("paid", 0)] * 3 + [("coming", 0)]
    assert [entry.kind for entry in page.ledger if entry.kind == "held"] == ["held", "held"]
    early = account_page(SYSTEM, instalments.loan_no, date(2026, 1, 20))
    assert early.standing.unapplied_fen == 212_000 and early.dues[1].state == "coming"


def test_a_long_schedule_opens_at_what_is_open(bank):
    rows = [(number, date(2015 + (number - 1) // 12, (number - 1) % 12 + 1, 12), 10_000, 100) for number in range(1, 181)]
    loan = factories.make_loan(bank.households[0], method="custom", principal_fen=1_800_000, starts_on=date(2014, 12, 12),
                               matures_on=date(2029, 12, 12), instalments=rows)
    for number in range(1, 141):  # paid until August 2026
        factories.make_event(loan, "repayment", rows[number - 1][1], 10_100)
    page = account_page(SYSTEM, loan.loan_no)
    assert len(page.dues) == 180
    assert [due.number for due in page.near_dues] == list(range(135, 150))
    assert [due.state for due in page.near_dues] == ["paid"] * 6 + ["overdue"] * 3 + ["coming"] * 6


def test_the_ledger_carries_the_principal_from_row_to_row(bullet):
    factories.make_event(bullet, "disbursement", date(2025, 1, 1), 10_000_000)
    wrong = factories.make_event(bullet, "repayment", date(2026, 2, 1), 3_000_000)
    factories.make_event(bullet, "repayment", date(2026, 3, 1), 2_000_000)
    factories.make_event(bullet, "reversal", date(2026, 3, 5), reverses=wrong)
    page = account_page(SYSTEM, bullet.loan_no)
    rows = [(entry.kind, entry.acts, entry.principal_after_fen) for entry in reversed(page.ledger)]
    assert rows == [("disbursement", True, 10_000_000), ("due", True, 10_000_000), ("repayment", False, 10_000_000),
                    ("repayment", True, 8_907_000), ("reversal", False, 8_907_000)]
    assert page.standing.principal_fen == rows[-1][2]


EVENTS = [
    ("disbursement", date(2025, 12, 12), 1_200_000, None), ("repayment", date(2026, 1, 12), 106_000, None),
    ("repayment", date(2026, 1, 30), 300_000, None), ("fee", date(2026, 5, 1), 5_000, None),
    ("rate_change", date(2026, 5, 20), None, 60_000), ("repayment", date(2026, 7, 1), 90_000, None),
    ("interest_waiver", date(2026, 8, 1), 1_000, None), ("fee_waiver", date(2026, 8, 2), 2_000, None),
    ("repayment", date(2026, 9, 9), 33_333, None),
]


@pytest.mark.parametrize("days", range(0, 400, 19))
def test_a_statement_adds_up_to_the_fen_on_any_date(instalments, days):
    for kind, day, amount, rate in EVENTS:
        factories.make_event(instalments, kind, day, amount, rate_ppm=rate)
    on = date(2025, 12, 12) + timedelta(days=days)
    shown = statement_for(SYSTEM, instalments.loan_no, on)
    for total in shown.totals:
        assert total.arisen_fen == total.paid_fen + total.waived_fen + total.spared_fen + total.owed_fen
        assert total.spared_fen == 0
    # Money in: what was paid is what the kinds got and what is held.
    paid = sum(amount for kind, day, amount, _ in EVENTS if kind == "repayment" and day <= on)
    assert paid == sum(total.paid_fen for total in shown.totals) + shown.standing.unapplied_fen
    assert shown.standing.total_owed_fen == sum(total.owed_fen for total in shown.totals)
    assert shown.standing == quote(SYSTEM, instalments.loan_no, on)[1]


def test_each_printed_line_of_a_loan_by_days_follows_from_its_own_figures(bullet):
    factories.make_event(bullet, "repayment", date(2026, 3, 1), 2_000_000)
    factories.make_event(bullet, "rate_change", date(2025, 7, 1), rate_ppm=60_000)
    for line in statement_for(SYSTEM, bullet.loan_no).segments:
        assert line.days == (line.end - line.start).days
        assert line.amount_fen == fen(Decimal(line.base_fen) / 100, Decimal(line.rate_ppm) / 10_000, line.days)


def test_a_loan_that_is_not_there_is_not_told_apart_from_one_out_of_view(bank):
    for loan_no in ("no-such", bank.loans[3].loan_no):
        with pytest.raises(Loan.DoesNotExist):
            quote(bank.users["collector"], loan_no)
