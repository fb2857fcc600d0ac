"""What lies at the edges of day end: shared borrowers, a changed rule, a busy store."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction

from qingshou.access.permissions import SYSTEM
from qingshou.dayend.services import refresh, run_day_end
from qingshou.portfolio.models import BusinessDay, LoanState
from qingshou.store import bulk
from qingshou.store import policy as store_policy
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shared(db):
    """A company that owes one loan in its own household, paid as agreed, and one in another's, long overdue."""
    own, other = factories.make_household(kind="company"), factories.make_household(kind="company")
    good = factories.make_loan(own, matures_on=date(2027, 1, 1))
    bad = factories.make_loan(other, borrower=own.borrower)
    BusinessDay.objects.create(date=factories.TODAY, state="open")
    return own, other, good, bad


def levels(*loans):
    return [LoanState.objects.get(loan=loan).level for loan in loans]


@pytest.mark.parametrize("part_loans", [1, 1000])
def test_loans_of_one_borrower_in_two_households_are_classed_together(shared, part_loans):
    _own, _other, good, bad = shared
    run_day_end(user=SYSTEM, part_loans=part_loans)
    assert levels(good, bad) == ["substandard", "doubtful"]  # the bad half drags the good one along


def test_refreshing_one_household_takes_those_along_that_share_its_borrower(shared):
    own, other, good, bad = shared
    run_day_end(user=SYSTEM)
    with transaction.atomic():
        factories.make_event(bad, "repayment", factories.TODAY + timedelta(days=1), 1_000)
        refresh([other.pk])
    assert levels(good, bad) == ["substandard", "doubtful"]
    assert set(LoanState.objects.values_list("as_of", flat=True)) == {factories.TODAY + timedelta(days=1)}
    assert own.state.as_of == factories.TODAY + timedelta(days=1)


def test_a_rule_of_the_bank_that_changes_the_account_folds_every_loan_anew(tmp_path, settings):
    factories.make_loan(factories.make_household())
    run_day_end(user=SYSTEM, through=date(2026, 2, 1))
    owed = LoanState.objects.get().overdue_fen
    factories.make_event(LoanState.objects.get().loan, "repayment", date(2026, 2, 2), 100_000)
    settings.BANK_POLICY = tmp_path
    (tmp_path / "allocation.toml").write_text(
        '[[rule]]\nkey = "order"\nvalue = ["principal", "fee", "compound", "penalty", "interest"]\n'
        'effective_from = 2020-01-01\nsource = "本行合同"\n', encoding="utf-8")
    store_policy.forget()
    try:
        report = run_day_end(user=SYSTEM, through=date(2026, 2, 3)).closed
    finally:
        settings.BANK_POLICY = tmp_path / "none"
        store_policy.forget()
    assert report[0].report["folded"] == 1 and report[1].report["folded"] == 0
    state = LoanState.objects.get()
    assert state.principal_paid_fen == 100_000 and state.interest_paid_fen == 0 and state.overdue_fen < owed + 10_000


def test_a_store_that_another_writer_holds_is_refused_in_words(monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL lets the second writer wait")
    factories.make_bank()
    monkeypatch.setattr(bulk, "BUSY_TIMEOUT_MS", 200)
    name = str(connection.settings_dict["NAME"])
    connections.close_all()
    script = ("import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('BEGIN IMMEDIATE'); print('held', flush=True); "
              "sys.stdin.read()")
    with subprocess.Popen([sys.executable, "-c", script, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(ValidationError, match="占用"):
            run_day_end(user=SYSTEM)
        holder.stdin.close()
    assert not LoanState.objects.exists()
    assert run_day_end(user=SYSTEM).changed


def test_money_dated_after_the_day_counts_when_its_day_comes():
    loan = factories.make_loan(factories.make_household())
    factories.make_event(loan, "repayment", date(2026, 1, 3), 20_000_000)  # known early: a core system books ahead
    run_day_end(user=SYSTEM, through=date(2026, 1, 2))
    assert LoanState.objects.get().dpd == 1
    run_day_end(user=SYSTEM, through=date(2026, 1, 3))
    assert (LoanState.objects.get().dpd, LoanState.objects.get().total_owed_fen) == (0, 0)


def test_a_loan_booked_after_the_first_day_end_joins_on_its_day():
    factories.make_loan(factories.make_household())
    run_day_end(user=SYSTEM, through=date(2025, 6, 1))
    late = factories.make_loan(factories.make_household(), starts_on=date(2025, 6, 3), matures_on=date(2026, 6, 3))
    run_day_end(user=SYSTEM, through=date(2025, 6, 2))
    assert LoanState.objects.get(loan=late).principal_fen == 0
    run_day_end(user=SYSTEM, through=date(2025, 6, 3))
    assert LoanState.objects.get(loan=late).principal_fen == late.principal_fen
