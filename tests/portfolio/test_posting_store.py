"""Posting on a real store: two people at once, and the states that follow."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from qingshou.dayend.services import run_day_end
from qingshou.portfolio.models import AllocationLine, LedgerEvent, LoanState
from qingshou.portfolio.services import ledger
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
GIVEN = {"kind": "repayment", "date": date(2026, 6, 1), "amount_fen": 500_000}


def together(*calls):
    """Run the calls in threads that start at one moment; what each returned or raised."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        try:
            gate.wait()
            results[place] = call()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_who_confirm_the_same_preview_one_posts_and_the_other_is_told_it_is_stale(bank):
    user, loan = bank.users["operations"], bank.loans[0]
    seen = ledger.preview_event(user=user, loan=loan, **GIVEN).fingerprint
    results = together(*[lambda number=number: ledger.post_event(
        user=user, loan=loan, event_no=f"H{number}", reason="补录", expected=seen, **GIVEN) for number in range(2)])
    assert LedgerEvent.objects.count() == 1
    refused = [result for result in results if isinstance(result, Exception)]
    assert [error.code for error in refused if isinstance(error, ValidationError)] == ["stale"], results


def test_a_button_pressed_twice_posts_once(bank):
    user, loan = bank.users["operations"], bank.loans[0]
    results = together(*[lambda: ledger.post_event(user=user, loan=loan, event_no="H1", reason="补录", **GIVEN)] * 2)
    assert LedgerEvent.objects.count() == 1
    assert [result.event_no for result in results] == ["H1", "H1"]


def test_the_states_follow_a_backdated_repayment_and_its_reversal_as_previewed(bank):
    user, loan = bank.users["operations"], bank.loans[0]
    later = factories.make_event(loan, "repayment", date(2026, 8, 1), 1_000_000)
    run_day_end(user=user)
    untouched = AllocationLine.objects.get(event=later).penalty_fen

    def figures():
        state = LoanState.objects.get(loan=loan)
        names = ("principal_fen", "interest_owed_fen", "penalty_owed_fen", "overdue_fen", "total_owed_fen", "dpd", "stage",
                 "oldest_unpaid_due")
        return {name: getattr(state, name) for name in names} | {"level": state.level}

    def follow(given, number):
        shown = ledger.preview_event(user=user, loan=loan, **given)
        event = ledger.post_event(user=user, loan=loan, event_no=number, reason="补录", expected=shown.fingerprint, **given)
        wanted = {name: getattr(shown.after, name) for name in figures() if name != "level"} | {"level": shown.level_after}
        assert figures() == wanted
        return event

    event = follow(GIVEN, "H1")
    assert AllocationLine.objects.get(event=later).penalty_fen < untouched
    follow({"kind": "reversal", "date": date(2026, 6, 2), "reverses": event.pk}, "H2")
    assert AllocationLine.objects.get(event=later).penalty_fen == untouched
    assert not AllocationLine.objects.filter(event=event).exists()
