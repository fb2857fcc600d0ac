"""Recording contacts, with promises, tasks and corrections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from qingshou.access.models import AuditEntry
from qingshou.casework.models import Task
from qingshou.casework.services import place_hold
from qingshou.contact.models import ContactAttempt, GuardDecision, Promise
from qingshou.contact.services import PromiseTerms, correct_attempt, guard_household, record_attempt
from tests.contact.conftest import on
from tests.factories import TODAY, Bank, make_state, make_task

pytestmark = pytest.mark.django_db
Clock = Callable[[datetime], None]
FRIDAY = TODAY + timedelta(days=3)
TERMS = PromiseTerms(300_000, FRIDAY, "果款")


def allowed(bank: Bank, **fields: Any) -> GuardDecision:
    sent: dict[str, Any] = {"user": bank.users["collector"], "household_id": bank.households[0].pk, "channel": "call"}
    decision = guard_household(**sent | fields)
    assert decision.allowed, decision.reasons
    return decision


def record(bank: Bank, decision: GuardDecision, outcome: str = "reached", **fields: Any) -> ContactAttempt:
    return record_attempt(user=fields.pop("user", bank.users["collector"]), guard_id=decision.pk, outcome=outcome, **fields)


def test_a_contact_ends_its_task_and_carries_the_decision(bank: Bank, set_clock: Clock) -> None:
    task = make_task(bank.households[0])
    decision = allowed(bank, task_id=task.pk)
    contact = record(bank, decision, "no_answer", note="响铃无人接")
    assert (contact.guard, contact.task, contact.answered, contact.at) == (decision, task, False, on(10))
    task.refresh_from_db()
    assert (task.state, task.outcome) == ("done", "no_answer")
    assert '"contact":"' + contact.contact_no in AuditEntry.objects.get(action="casework.task_done").after


def test_a_promise_is_taken_in_the_same_contact(bank: Bank, set_clock: Clock) -> None:
    make_state(bank.households[0])
    contact = record(bank, allowed(bank), "promised", identity_verified=True, promise=TERMS)
    promise = Promise.objects.get()
    assert (promise.contact, promise.made_on, promise.due, promise.amount_fen, promise.source_of_money) == (
        contact, TODAY, FRIDAY, 300_000, "果款")


@pytest.mark.parametrize(("terms", "named"), [
    (PromiseTerms(0, FRIDAY, "果款"), "amount"), (PromiseTerms(4_862_036, FRIDAY, "果款"), "amount"),
    (PromiseTerms(100, TODAY - timedelta(days=1), "果款"), "due"),
    (PromiseTerms(100, TODAY + timedelta(days=91), "果款"), "due"),
    (PromiseTerms(100, FRIDAY, "  "), "source_of_money"), (PromiseTerms(100, FRIDAY, "长" * 81), "source_of_money"),
])
def test_what_cannot_be_promised_is_refused_by_field(bank: Bank, set_clock: Clock, terms: PromiseTerms, named: str) -> None:
    make_state(bank.households[0])
    with pytest.raises(ValidationError) as refusal:
        record(bank, allowed(bank), "promised", identity_verified=True, promise=terms)
    assert list(refusal.value.message_dict) == [named]
    assert not ContactAttempt.objects.exists() and not Promise.objects.exists()


@pytest.mark.parametrize(("fields", "named"), [
    ({"outcome": "met"}, "outcome"), ({"outcome": "bored"}, "outcome"),
    ({"outcome": "promised", "identity_verified": True}, "outcome"), ({"outcome": "reached", "promise": TERMS}, "outcome"),
    ({"outcome": "promised", "promise": TERMS}, "identity_verified"), ({"outcome": "paid_claim"}, "identity_verified"),
    ({"duration_seconds": -1}, "duration"), ({"duration_seconds": 86_400}, "duration"),
    ({"note": "长" * 501}, "note"), ({"recording": "长" * 81}, "recording"),
    ({"at": on(9, 59)}, "at"), ({"at": on(10, 1)}, "at"),
])
def test_what_cannot_have_happened_is_refused(bank: Bank, set_clock: Clock, fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        record(bank, allowed(bank), fields.pop("outcome", "reached"), **fields)
    assert list(refusal.value.message_dict) == [named]


def test_a_double_click_records_one_contact(bank: Bank, set_clock: Clock) -> None:
    make_state(bank.households[0])
    decision = allowed(bank, task_id=make_task(bank.households[0]).pk)
    sent: dict[str, Any] = {"outcome": "promised", "identity_verified": True, "promise": TERMS}
    assert record(bank, decision, **sent).pk == record(bank, decision, **sent).pk
    assert (ContactAttempt.objects.count(), Promise.objects.count()) == (1, 1)
    with pytest.raises(ValidationError) as refusal:
        record(bank, decision, "no_answer")
    assert refusal.value.code == "recorded"


def test_nothing_is_recorded_where_the_guard_refused(bank: Bank, set_clock: Clock) -> None:
    place_hold(user=bank.users["collector"], household_id=bank.households[0].pk, kind="complaint", reason="投诉")
    decision = guard_household(user=bank.users["collector"], household_id=bank.households[0].pk, channel="call")
    with pytest.raises(ValidationError) as refusal:
        record(bank, decision)
    assert refusal.value.code == "refused" and not ContactAttempt.objects.exists()


def test_a_decision_does_not_keep_for_ever(bank: Bank, set_clock: Clock) -> None:
    decision = allowed(bank)
    set_clock(on(11, 30))
    with pytest.raises(ValidationError) as refusal:
        record(bank, decision, at=on(11, 15))
    assert refusal.value.code == "stale"
    set_clock(on(11, 1, day=TODAY + timedelta(days=1)))
    with pytest.raises(ValidationError) as refusal:
        record(bank, decision)
    assert refusal.value.code == "stale"


def test_a_decision_belongs_to_who_asked_and_to_the_field(bank: Bank, set_clock: Clock) -> None:
    decision = allowed(bank)
    with pytest.raises(GuardDecision.DoesNotExist):
        record(bank, decision, user=bank.users["manager"])
    bank.households[0].custodian = bank.other_collector
    bank.households[0].save()
    with pytest.raises(GuardDecision.DoesNotExist):
        record(bank, decision)


def test_a_task_that_ended_meanwhile_does_not_stop_the_record(bank: Bank, set_clock: Clock) -> None:
    task = make_task(bank.households[0])
    decision = allowed(bank, task_id=task.pk)
    Task.objects.filter(pk=task.pk).update(state="cancelled", reason="paid")
    assert record(bank, decision).task == task


def test_a_correction_is_a_new_entry_that_names_the_old(bank: Bank, set_clock: Clock) -> None:
    old = record(bank, allowed(bank), "no_answer")
    new = correct_attempt(user=bank.users["manager"], contact_no=old.contact_no, outcome="wrong_number", note="号码已停机")
    assert (new.corrects, new.at, new.party, new.made_by) == (old, old.at, old.party, bank.users["manager"])
    old.refresh_from_db()
    assert old.outcome == "no_answer" and AuditEntry.objects.get(action="contact.correct").reason == "号码已停机"
    with pytest.raises(ValidationError) as refusal:
        correct_attempt(user=bank.users["manager"], contact_no=old.contact_no, outcome="reached", note="又错")
    assert refusal.value.code == "corrected"


@pytest.mark.parametrize(("fields", "named"), [
    ({"note": " "}, "note"), ({"outcome": "met"}, "outcome"), ({"outcome": "promised", "identity_verified": True}, "outcome"),
])
def test_what_cannot_be_a_correction_is_refused(bank: Bank, set_clock: Clock, fields: dict[str, Any], named: str) -> None:
    old = record(bank, allowed(bank), "no_answer")
    sent: dict[str, Any] = {"outcome": "reached", "note": "错"} | fields
    with pytest.raises(ValidationError) as refusal:
        correct_attempt(user=bank.users["collector"], contact_no=old.contact_no, **sent)
    assert list(refusal.value.message_dict) == [named]


def test_corrections_stay_within_the_field(bank: Bank, set_clock: Clock) -> None:
    old = record(bank, allowed(bank), "no_answer")
    sent: dict[str, Any] = {"contact_no": old.contact_no, "outcome": "reached", "note": "错"}
    with pytest.raises(ContactAttempt.DoesNotExist):
        correct_attempt(user=bank.other_collector, **sent)
    with pytest.raises(PermissionDenied):
        correct_attempt(user=bank.users["compliance"], **sent)


@pytest.mark.parametrize("table", ["contact_contactattempt", "contact_guarddecision", "contact_promise"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET recorded_at = recorded_at", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_the_log(bank: Bank, set_clock: Clock, table: str, verb: str) -> None:
    make_state(bank.households[0])
    record(bank, allowed(bank), "promised", identity_verified=True, promise=TERMS)
    statement = verb.format(table).replace("recorded_at", "asked_at" if table.endswith("decision") else "recorded_at")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_itself_refuses_a_contact_without_a_decision(bank: Bank, set_clock: Clock) -> None:
    contact = record(bank, allowed(bank))
    contact.pk, contact.contact_no, contact.guard = None, "C-forged", None
    with pytest.raises(DatabaseError), transaction.atomic():
        contact.save(force_insert=True)
