"""对账: what we derive beside what the core system says, and the cause of each difference."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from qingshou.portfolio.imports.reconcile import KINDS, compare
from qingshou.portfolio.models import Loan, Reconciliation
from qingshou.portfolio.queries.ledger import read_book, standing
from qingshou.store.policy import rules_on
from tests.portfolio.imports import book
from tests.portfolio.imports.book import BORROWER, LOAN, TRANSACTION, row

# ours, theirs (principal, interest, penalty, compound, fee), cause, difference
PAIRS = [
    ((100, 20, 3, 1, 0), (100, 20, 3, 1, 0), "agrees", 0),
    ((100, 20, 3, 1, 0), (100, 24, 0, 1, 0), "rounding", -1),
    ((0, 20, 0, 0, 0), (0, 25, 0, 0, 0), "rounding", -5),
    ((0, 20, 0, 0, 0), (0, 26, 0, 0, 0), "rate", -6),
    ((1000, 200, 30, 0, 0), (1000, 200, 90, 0, 0), "rate", -60),
    ((1000, 200, 0, 0, 0), (900, 300, 0, 0, 0), "allocation", 0),
    ((1000, 200, 0, 0, 0), (902, 300, 0, 0, 0), "allocation", -2),
    ((1000, 200, 0, 0, 0), (500, 200, 0, 0, 0), "missing_event", 500),
    ((1000, 200, 0, 0, 0), (500, 150, 0, 0, 90), "missing_event", 460),
    ((1000, 200, 0, 0, 50), (1000, 200, 0, 0, 0), "fee", 50),
    ((1000, 200, 0, 0, 50), (1000, 150, 0, 0, 0), "unknown", 100),
]


@pytest.mark.parametrize(("ours", "theirs", "cause", "difference"), PAIRS)
def test_the_cause_says_what_the_figures_show(ours, theirs, cause, difference):
    frame = pl.DataFrame({f"{side}_{kind}_fen": [value] for side, values in (("ours", ours), ("theirs", theirs))
                          for kind, value in zip(KINDS, values, strict=True)})
    (found,) = compare(frame, rounding_fen=5).select("cause", "difference_fen").rows()
    assert found == (cause, difference)


@pytest.mark.django_db(transaction=True)
def test_ours_is_folded_from_the_events_up_to_the_date_of_each_balance(tmp_path):
    later = row("transaction", transaction_no="T2", date="2026-06-01", amount="50000.00")
    balances = [row("balance", date=day) for day in ("2026-01-20", "2026-02-09", "2026-02-10", "2026-08-31")]
    outcome = book.take_rows(tmp_path, borrower=[BORROWER], loan=[LOAN], transaction=[TRANSACTION, later], balance=balances)
    assert outcome.total("rejected") == 0
    loan = Loan.objects.get()
    for stored in Reconciliation.objects.all():
        rules = rules_on(book.TODAY)
        known = read_book([loan], rules).until(stored.date)
        stands = standing(known, stored.date, rules)
        assert (stored.ours_principal_fen, stored.ours_interest_fen, stored.ours_penalty_fen, stored.ours_compound_fen,
                stored.ours_fee_fen) == (stands.principal_fen, stands.interest_owed_fen, stands.penalty_owed_fen,
                                         stands.compound_owed_fen, stands.fee_owed_fen)
    by_date = dict(Reconciliation.objects.values_list("date", "cause"))
    assert by_date[date(2026, 2, 10)] == "agrees" and by_date[date(2026, 2, 9)] == "missing_event"
    assert outcome.reconciliation["agrees"] == {"loans": 1, "difference_fen": 0}


@pytest.mark.django_db(transaction=True)
def test_a_loan_whose_interest_settles_by_quarter_is_compared_by_its_settlement_days(tmp_path):
    loan = row("loan", method="bullet", compound="quarterly", principal="360000.00", annual_rate="10")
    # 2026-01-10 to 03-21 are 70 days at 100 yuan a day; from the 21st the unpaid 7,000 bear compound interest.
    balances = [row("balance", date="2026-03-21", principal="360000.00", interest="7000.00"),
                row("balance", date="2026-03-31", principal="360000.00", interest="8000.00", compound="19.44")]
    book.take_rows(tmp_path, borrower=[BORROWER], loan=[loan], balance=balances)
    assert set(Reconciliation.objects.values_list("cause", flat=True)) == {"agrees"}


@pytest.mark.django_db(transaction=True)
def test_the_same_balances_again_are_unchanged_until_our_side_moves(tmp_path):
    book.take_rows(tmp_path, borrower=[BORROWER], loan=[LOAN], balance=[book.BALANCE])
    assert Reconciliation.objects.get().cause == "missing_event"
    again = book.take_rows(tmp_path, balance=[book.BALANCE])
    assert (again.total("taken"), again.total("unchanged"), Reconciliation.objects.count()) == (0, 1, 1)
    assert again.reconciliation == {"missing_event": {"loans": 1, "difference_fen": 1_072_000}}
    after = book.take_rows(tmp_path, transaction=[TRANSACTION], balance=[book.BALANCE])
    assert after.reconciliation == {"agrees": {"loans": 1, "difference_fen": 0}}
    assert list(Reconciliation.objects.order_by("id").values_list("cause", flat=True)) == ["missing_event", "agrees"]
