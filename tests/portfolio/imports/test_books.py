"""Real loan books import by their profiles, and what we derive agrees with what the books say themselves."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from qingshou.engine.money import parse_yuan
from qingshou.engine.schedule import annuity_factor
from qingshou.portfolio.imports.profiles import listed
from qingshou.portfolio.models import Instalment, LedgerEvent, Loan, LoanState, Party
from qingshou.portfolio.queries.ledger import read_book, standing
from qingshou.store.policy import rules_on
from tests.portfolio.imports import book

pytestmark = pytest.mark.django_db(transaction=True)

BOOKS = Path(__file__).parents[2] / "data" / "books"


def facts(name: str, file: str = "loans.csv") -> list[dict[str, str]]:
    with open(BOOKS / name / file, encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def dpd_on(loan: Loan, day: date) -> int:
    rules = rules_on(day)
    return standing(read_book([loan], rules), day, rules).dpd


def test_every_profile_that_is_shipped_can_be_read_and_says_its_currency_and_what_the_book_lacks():
    names = {profile.name: profile for profile in listed()}
    assert {"standard", "berka", "lendingclub_2018q1", "lendingclub_recoveries", "loan_payments", "taiwan_cards"} <= set(names)
    assert {profile.currency for profile in names.values()} >= {"CNY", "USD", "CZK", "TWD"}
    assert all(profile.note for profile in names.values())
    for path in (BOOKS.parents[2] / "profiles").glob("*.toml"):
        comments = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        assert len(comments) >= 5, path.name


def test_loan_payments_imports_whole_and_our_days_past_due_are_the_books_own():
    outcome = book.take(BOOKS / "loan_payments" / "loans.csv", profile="loan_payments")
    assert {name: (counts["taken"], counts["rejected"]) for name, counts in outcome.counts().items()} == {
        "borrower": (454, 0), "loan": (454, 0), "transaction": (369, 0)}
    loans = {loan.loan_no: loan for loan in Loan.objects.all()}
    paid_on = dict(LedgerEvent.objects.values_list("loan__loan_no", "date"))
    told = [row for row in facts("loan_payments") if row["past_due_days"]]
    agree = {"COLLECTION": [0, 0], "COLLECTION_PAIDOFF": [0, 0]}
    for row in told:
        loan = loans[row["Loan_ID"]]
        # Unpaid loans were counted on 2016-12-08; a loan paid off late, on the day it was paid: the evening before, and one.
        ours = dpd_on(loan, date(2016, 12, 8)) if loan.loan_no not in paid_on else \
            dpd_on(loan, paid_on[loan.loan_no] - timedelta(days=1)) + 1
        agree[row["loan_status"]][ours != int(row["past_due_days"])] += 1
    # One row of the book disagrees with its own dates: paid 2 days after the due date, counted as 3.
    assert agree == {"COLLECTION": [85, 0], "COLLECTION_PAIDOFF": [84, 1]}
    assert LoanState.objects.filter(principal_fen=0).count() == 369


def test_lendingclub_our_annuity_rounded_up_as_the_platform_does_is_the_books_own_instalment():
    outcome = book.take(BOOKS / "lendingclub_2018q1" / "loans.csv", profile="lendingclub_2018q1")
    assert outcome.total("rejected") == 0 and outcome.counts()["loan"]["taken"] == 207
    told = facts("lendingclub_2018q1")
    differ = []
    for number, row in enumerate(told, 2):
        loan = Loan.objects.get(loan_no=f"LC18-{number}")
        dues = list(Instalment.objects.filter(loan=loan, version=loan.schedule_version))
        assert len(dues) == int(row["term"]) and sum(due.principal_fen for due in dues) == loan.principal_fen
        ours = dues[0].principal_fen + (dues[0].interest_fen or 0)
        exact = loan.principal_fen * annuity_factor(loan.rate_ppm, int(row["term"]), 1)
        assert abs(ours - exact) <= Decimal("0.5")  # half up to the cent
        if exact.to_integral_value("ROUND_CEILING") != parse_yuan(row["installment"]):
            differ.append(number)
    assert differ == []


def test_lendingclub_loans_that_are_months_late_by_their_status_are_late_here_and_repaid_ones_are_not():
    book.take(BOOKS / "lendingclub_2018q1" / "loans.csv", profile="lendingclub_2018q1")
    late: dict[str, list[int]] = {}
    for number, row in enumerate(facts("lendingclub_2018q1"), 2):
        days = dpd_on(Loan.objects.get(loan_no=f"LC18-{number}"), date(2018, 6, 30))
        late.setdefault(row["loan_status"], []).append(days)
    assert min(late["Late (31-120 days)"]) >= 30
    assert max(late["Fully Paid"]) == 0


def test_lendingclub_recoveries_takes_what_was_repaid_and_names_why_charged_off_rows_cannot_be_taken():
    outcome = book.take(BOOKS / "lendingclub_recoveries" / "loans.csv", profile="lendingclub_recoveries")
    assert {name: (counts["taken"], counts["rejected"]) for name, counts in outcome.counts().items()} == {
        "borrower": (50, 0), "loan": (40, 10), "transaction": (40, 0)}
    assert {found[2:] for found in book.reasons(outcome)} == {("loan_status", "Charged Off", "no_case")}
    assert not LoanState.objects.exclude(total_owed_fen=0).exists()


def test_berka_joins_its_files_and_tells_paid_from_unpaid_contracts():
    paths = [BOOKS / "berka" / f"{name}.csv" for name in ("district", "account", "client", "disp", "loan")]
    outcome = book.take(*paths, profile="berka")
    assert outcome.counts()["loan"]["taken"] == len(facts("berka", "loan.csv")), book.reasons(outcome)
    assert {found[0] + " " + found[4] for found in book.reasons(outcome)} <= {"transaction zero"}
    assert Party.objects.exclude(village="").count() == Party.objects.count()
    for row in facts("berka", "loan.csv"):
        loan = Loan.objects.get(loan_no=f"CZ-{row['loan_id']}")
        dues = Instalment.objects.filter(loan=loan, version=0)
        assert {due.principal_fen for due in dues} == {int(Decimal(row["payments"]) * 100)}
        late = dpd_on(loan, date(1998, 12, 31))
        assert (late > 0) == (row["status"] in "BD"), row


def test_taiwan_cards_take_the_newest_bill_and_refuse_the_amounts_that_a_spreadsheet_destroyed():
    outcome = book.take(BOOKS / "taiwan_cards" / "cards.csv", profile="taiwan_cards")
    told = {row["ID"]: row for row in facts("taiwan_cards", "cards.csv")}
    lost = {found[3] for found in book.reasons(outcome)}
    assert lost == {"1.00E+05"} and {found[4] for found in book.reasons(outcome)} == {"shortened"}
    counts = outcome.counts()["loan"]
    owing = sum("E" in row["X12"] or int(row["X12"]) > 0 for row in told.values())
    assert (counts["taken"], counts["rejected"], counts["skipped"]) == (owing - 2, 2, len(told) - owing)
    for loan in Loan.objects.all():
        months = int(told[loan.loan_no.removeprefix("TW-")]["X6"])
        late = dpd_on(loan, date(2005, 9, 30))
        assert (30 * months - 2 <= late <= 31 * months + 1) if months > 0 else late == 0
