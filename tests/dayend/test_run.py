"""Day end of the whole store: day by day, once, killed or not, the same."""

from __future__ import annotations

import json
from datetime import date, timedelta

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from qingshou.access import audit
from qingshou.access.models import AuditEntry
from qingshou.access.permissions import SYSTEM
from qingshou.dayend.services import run_day_end
from qingshou.engine.day import step
from qingshou.portfolio.models import BusinessDay, HouseholdState, LedgerEvent, LevelChange, LoanState
from qingshou.store import bulk
from qingshou.store.policy import current_policy
from tests import factories
from tests.dayend.bank import events, everything, fill, later
from tests.engine.day.books import FIRST, draw, payments

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_store_without_a_business_day_begins_with_the_date_asked_for():
    factories.make_loan(factories.make_household())
    outcome = run_day_end(user=SYSTEM, through=date(2026, 3, 1))
    assert [day.date for day in outcome.closed] == [date(2026, 3, 1)]
    assert list(BusinessDay.objects.order_by("date").values_list("date", "state")) == [
        (date(2026, 3, 1), "closed"), (date(2026, 3, 2), "open")]
    assert LoanState.objects.get().as_of == date(2026, 3, 1)


def test_the_store_holds_what_the_step_gives():
    book = draw(11, households=20)
    fill(book, opened=110)
    run_day_end(user=SYSTEM, through=later(120))
    with bulk.session(write=False) as session:
        loans = session.read_model(LoanState, "1 = 1 ORDER BY loan_id")
        households = session.read_model(HouseholdState, "1 = 1 ORDER BY household_id")
    states = None
    told = book.with_frames(payments=payments(book))
    for number in range(110, 121):  # levels remember the day before
        told = told if states is None else told.with_frames(loan_states=states.loan_states)
        new = told.events.filter(pl.col("date") == later(number)).select("loan_id")
        states = step(told.with_frames(changed=new), current_policy(), later(number))
    assert loans.equals(states.loan_states.select(loans.columns).sort("loan_id"))
    sums = ["household_id", "total_owed_fen", "overdue_fen", "dpd", "stage", "level", "segment", "cause", "path"]
    assert households.select(sums).equals(states.household_states.select(sums).sort("household_id"))


def test_the_same_date_twice_changes_nothing():
    fill(draw(5), opened=80)
    run_day_end(user=SYSTEM, through=later(83))
    before, entries = everything(), AuditEntry.objects.count()
    outcome = run_day_end(user=SYSTEM, through=later(83))
    assert not outcome.changed and outcome.closed == []
    assert everything() == before and AuditEntry.objects.count() == entries


def test_missed_dates_are_caught_up_one_by_one_with_the_same_result():
    book = draw(6)
    fill(book, opened=60)
    for number in range(60, 72):
        run_day_end(user=SYSTEM, through=later(number))
    daily = everything()
    prints = dict(BusinessDay.objects.values_list("date", "fingerprint"))
    _empty()
    fill(book, opened=60)
    run_day_end(user=SYSTEM, through=later(62))
    outcome = run_day_end(user=SYSTEM, through=later(71))
    assert [day.date for day in outcome.closed] == [later(number) for number in range(63, 72)]
    assert everything() == daily
    assert dict(BusinessDay.objects.values_list("date", "fingerprint")) == prints


def test_partitions_of_households_give_what_the_whole_gives():
    book = draw(8, households=30)
    fill(book, opened=90)
    whole = run_day_end(user=SYSTEM, through=later(93))
    rows = everything()
    _empty()
    fill(book, opened=90)
    parts = run_day_end(user=SYSTEM, through=later(93), part_loans=7)
    assert [day.fingerprint for day in parts.closed] == [day.fingerprint for day in whole.closed]
    assert everything() == rows


def test_what_becomes_known_late_is_folded_in_the_next_day():
    book = draw(9)
    late = book.events.filter(pl.col("event_id") > book.events.height // 2)  # of earlier dates, recorded later
    fill(book.with_frames(events=book.events.join(late, on="event_id", how="anti")), opened=98)
    run_day_end(user=SYSTEM, through=later(99))
    with bulk.session() as session:
        session.append(LedgerEvent, events(late))
    report = run_day_end(user=SYSTEM, through=later(100)).closed[0].report
    assert report["folded"] >= late.filter(pl.col("date") <= later(99))["loan_id"].n_unique()
    told = book.with_frames(payments=payments(book))
    whole = step(told, current_policy(), later(100)).loan_states
    names = ["loan_id", "principal_fen", "interest_owed_fen", "penalty_owed_fen", "total_owed_fen", "dpd"]
    with bulk.session(write=False) as session:
        found = session.read_model(LoanState, "1 = 1 ORDER BY loan_id", columns=names)
    assert found.equals(whole.select(names).sort("loan_id"))


def test_each_day_leaves_a_report_an_audit_entry_and_a_fingerprint():
    fill(draw(7))
    outcome = run_day_end(user=SYSTEM, through=later(2))
    kept = BusinessDay.objects.get(date=later(2))
    report = json.loads(kept.report)
    assert report == outcome.closed[-1].report and set(report["seconds"]) >= {"read", "step", "write"}
    assert kept.fingerprint == outcome.closed[-1].fingerprint and len(kept.fingerprint) == 64
    entry = AuditEntry.objects.get(action="dayend.run", subject=f"day:{later(2)}")
    assert json.loads(entry.after)["fingerprint"] == kept.fingerprint and "seconds" not in json.loads(entry.after)
    assert audit.verify().bad is None


def test_changes_of_level_are_written_down_with_reasons():
    loan = factories.make_loan(factories.make_household())  # falls due on 2026-01-01
    for day in (date(2026, 1, 8), date(2026, 1, 9), date(2026, 4, 1), date(2026, 4, 2)):
        BusinessDay.objects.filter(state="open").delete()  # nobody worked in between
        BusinessDay.objects.create(date=day, state="open")
        run_day_end(user=SYSTEM, through=day)
    changes = list(LevelChange.objects.filter(loan=loan).values_list("date", "before", "after"))
    assert changes == [(date(2026, 1, 9), "normal", "special_mention"), (date(2026, 4, 2), "special_mention", "substandard")]
    assert json.loads(LevelChange.objects.last().reasons)[0] == {
        "code": "overdue", "rule": "classification.overdue", "dpd": 91, "level": "substandard"}


@pytest.mark.parametrize(("through", "reason"), [
    (date(2024, 12, 31), "早于"), (FIRST + timedelta(days=401), "400"), (date(9999, 12, 31), "400")])
def test_a_date_that_cannot_be_closed_is_refused_with_the_reason(through, reason):
    fill(draw(1, households=2))
    with pytest.raises(ValidationError, match=reason):
        run_day_end(user=SYSTEM, through=through)
    assert BusinessDay.objects.get().date == FIRST


def test_only_who_may_run_day_end_runs_it():
    factories.make_bank()
    from qingshou.access.models import User

    with pytest.raises(PermissionDenied):
        run_day_end(user=User.objects.get(username="collector"))
    assert run_day_end(user=User.objects.get(username="operations")).changed


def test_changed_terms_and_schedules_are_folded_anew():
    from qingshou.portfolio.models import Instalment

    loan = factories.make_loan(factories.make_household())
    run_day_end(user=SYSTEM, through=date(2026, 2, 1))
    owed = LoanState.objects.get().total_owed_fen
    loan.penalty_surcharge_ppm = 300_000
    loan.save()
    report = run_day_end(user=SYSTEM, through=date(2026, 2, 2)).closed[0].report
    assert report["folded"] == 1 and LoanState.objects.get().total_owed_fen < owed
    Instalment.objects.create(loan=loan, version=2, number=1, due=date(2026, 12, 1), principal_fen=loan.principal_fen)
    loan.schedule_version = 2
    loan.save()
    run_day_end(user=SYSTEM, through=date(2026, 2, 3))
    assert LoanState.objects.get().dpd == 0


def _empty() -> None:
    """All tables as they were made."""
    from django.core.management import call_command

    call_command("flush", verbosity=0, interactive=False)
    from qingshou.store.models import Setting

    assert not Setting.objects.filter(key="dayend.marks").exists() and connection.vendor
