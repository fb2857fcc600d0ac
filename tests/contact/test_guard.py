"""The conduct guard comes before every contact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qingshou.access.models import AuditEntry, User
from qingshou.casework.services import place_hold, record_finding
from qingshou.contact.models import GuardDecision
from qingshou.contact.queries.guard import judge, verdicts
from qingshou.contact.queries.people import reachable
from qingshou.contact.services import guard_household
from qingshou.engine.reasons import describe
from qingshou.portfolio.models import CalendarDay, Guarantee, Household, Relation
from qingshou.store.policy import rules_on
from tests.contact.conftest import on
from tests.factories import TODAY, Bank, make_contact, make_task

pytestmark = pytest.mark.django_db
Clock = Callable[[datetime], None]


def ask(bank: Bank, **fields: Any) -> GuardDecision:
    sent: dict[str, Any] = {"user": bank.users["collector"], "household_id": bank.households[0].pk, "channel": "call"}
    return guard_household(**sent | fields)


def codes(decision: GuardDecision) -> list[str]:
    return [reason["code"] for reason in describe(decision.reasons, rules_on(TODAY))]


def test_by_day_with_nothing_against_it_the_borrower_may_be_called(bank: Bank, set_clock: Clock) -> None:
    decision = ask(bank)
    assert (decision.allowed, codes(decision), decision.party) == (True, [], bank.households[0].borrower)
    assert AuditEntry.objects.get(action="contact.guard").subject == f"household:{bank.households[0].pk}"


@pytest.mark.parametrize("moment", [on(22, 30), on(7, 59), on(22, 0)])
def test_nobody_is_called_by_night_and_the_answer_says_why_and_when(bank: Bank, set_clock: Clock, moment: datetime) -> None:
    set_clock(moment)
    decision = ask(bank)
    assert (decision.allowed, codes(decision)) == (False, ["outside_hours"])
    verdict = verdicts(bank.users["collector"], {bank.households[0].pk: "call"})[bank.households[0].pk]
    assert not verdict.allowed and verdict.next_at is not None and verdict.next_at.hour == 8
    assert "08:00" in verdict.why[0] and "（" in verdict.why[0], "the rule's source stands behind the reason"


def test_a_fourth_answered_call_on_a_day_is_refused(bank: Bank, set_clock: Clock) -> None:
    for hour in (8, 9, 9):
        assert ask(bank).allowed
        make_contact(bank.households[0], on(hour))
    assert codes(ask(bank)) == ["too_many"]
    assert ask(bank, household_id=bank.households[1].pk).allowed, "another household is not touched by it"


def test_yesterdays_calls_do_not_count_today(bank: Bank, set_clock: Clock) -> None:
    for hour in (8, 9, 10, 11):
        make_contact(bank.households[0], on(hour, day=TODAY - timedelta(days=1)))
    assert ask(bank).allowed


def test_a_corrected_call_counts_as_corrected(bank: Bank, set_clock: Clock) -> None:
    for hour in (8, 9):
        make_contact(bank.households[0], on(hour))
    wrong = make_contact(bank.households[0], on(9, 30))
    make_contact(bank.households[0], on(9, 30), answered=False, outcome="no_answer", corrects=wrong)
    assert ask(bank).allowed


@pytest.mark.parametrize("kind", ["complaint", "death", "lawyer"])
def test_a_hold_stops_calls(bank: Bank, set_clock: Clock, kind: str) -> None:
    place_hold(user=bank.users["collector"], household_id=bank.households[0].pk, kind=kind, reason="如附件")
    decision = ask(bank)
    assert (decision.allowed, codes(decision)) == (False, ["hold"])
    verdict = verdicts(bank.users["collector"], {bank.households[0].pk: "call"})[bank.households[0].pk]
    assert (verdict.label, verdict.tone, verdict.next_at) == ("暂停", "mut", None)


def test_nobody_visits_alone(bank: Bank, set_clock: Clock) -> None:
    colleague = User.objects.get(username="colleague")
    assert codes(ask(bank, channel="visit")) == ["visit_alone"]
    decision = ask(bank, channel="visit", companion_id=colleague.pk)
    assert decision.allowed and decision.companion == colleague
    with pytest.raises(ValidationError) as refusal:
        ask(bank, channel="visit", companion_id=bank.users["collector"].pk)
    assert list(refusal.value.message_dict) == ["companion"]


def test_a_stranger_to_the_debt_is_never_contacted(bank: Bank, set_clock: Clock) -> None:
    decision = ask(bank, person="stranger")
    assert (decision.allowed, codes(decision)) == (False, ["party_forbidden"])


def test_a_contact_is_asked_only_where_the_debtor_cannot_be_reached(bank: Bank, set_clock: Clock) -> None:
    household = bank.households[0]
    brother = Relation.objects.create(party=household.borrower, name="周满福", kind="kin", source="申请表")
    key = f"contact:{brother.pk}"
    assert codes(ask(bank, person=key)) == ["debtor_reachable"]
    record_finding(user=bank.users["collector"], household_id=household.pk, willingness="lost_contact")
    assert ask(bank, person=key).allowed


def test_a_contact_who_refused_is_left_in_peace(bank: Bank, set_clock: Clock) -> None:
    household = bank.households[0]
    brother = Relation.objects.create(party=household.borrower, name="周满福", kind="kin", source="申请表")
    sister = Relation.objects.create(party=household.borrower, name="周满枝", kind="kin", source="申请表")
    record_finding(user=bank.users["collector"], household_id=household.pk, willingness="lost_contact")
    asked = ask(bank, person=f"contact:{brother.pk}")
    make_contact(household, on(9), party=None, party_role="contact", outcome="refused", guard=asked, source="page")
    assert codes(ask(bank, person=f"contact:{brother.pk}")) == ["contact_refused"]
    assert ask(bank, person=f"contact:{sister.pk}").allowed


def test_a_wrong_number_makes_the_debtor_unreachable(bank: Bank, set_clock: Clock) -> None:
    household = bank.households[0]
    brother = Relation.objects.create(party=household.borrower, name="周满福", kind="kin", source="申请表")
    make_contact(household, on(9), answered=False, outcome="wrong_number")
    assert ask(bank, person=f"contact:{brother.pk}").allowed


def test_a_guarantor_is_protected_across_all_the_debts_he_stands_for(bank: Bank, set_clock: Clock) -> None:
    one, other = bank.households[0], bank.households[1]
    for loan in bank.loans[:2]:
        Guarantee.objects.create(loan=loan, guarantor=bank.households[2].borrower, kind="joint")
    for hour in (8, 9, 9):
        make_contact(other, on(hour), party=bank.households[2].borrower, party_role="guarantor")
    assert codes(ask(bank, household_id=one.pk, person="guarantor")) == ["too_many"]
    assert ask(bank, household_id=one.pk).allowed, "the borrower was not called"


def test_calls_to_a_guarantor_about_his_own_debt_are_not_calls_to_the_borrower(bank: Bank, set_clock: Clock) -> None:
    guarantor = bank.households[2].borrower
    Guarantee.objects.create(loan=bank.loans[0], guarantor=guarantor, kind="joint")
    for hour in (8, 9, 9):
        make_contact(bank.households[2], on(hour))
    household = bank.households[0]
    decisions = judge(household=household, people=reachable(household), channel="call", at=on(10), staff_present=None)
    assert {key: decision.allowed for key, decision in decisions.items()} == {
        "borrower": True, f"guarantor:{guarantor.pk}": False}


def test_holidays_come_from_the_banks_calendar(bank: Bank, set_clock: Clock) -> None:
    CalendarDay.objects.create(date=TODAY, workday=False, name="测试假日", official=True)
    channels = rules_on(TODAY)["conduct.holiday_channels"]
    companion = User.objects.get(username="colleague").pk
    for channel in ("call", "visit"):
        decision = ask(bank, channel=channel, companion_id=companion)
        assert decision.allowed is (channel not in channels)


@pytest.mark.parametrize(("fields", "named"), [
    ({"channel": "telex"}, "channel"), ({"person": "guarantor"}, "person"), ({"person": "contact:999"}, "person"),
    ({"at": on(9)}, "at"), ({"at": datetime(2026, 11, 24, 11)}, "at"), ({"task_id": 999}, "task"),  # noqa: DTZ001
])
def test_what_cannot_be_asked_is_refused_by_field(bank: Bank, set_clock: Clock, fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ask(bank, **fields)
    assert list(refusal.value.message_dict) == [named]
    assert not GuardDecision.objects.exists()


def test_the_guard_answers_only_within_the_field(bank: Bank, set_clock: Clock) -> None:
    with pytest.raises(Household.DoesNotExist):
        ask(bank, household_id=bank.households[3].pk)
    with pytest.raises(PermissionDenied):
        ask(bank, user=bank.users["operations"])
    with pytest.raises(ValidationError):
        ask(bank, task_id=make_task(bank.households[1]).pk)


def test_a_list_of_households_asks_three_queries(bank: Bank, set_clock: Clock, django_assert_num_queries: Any) -> None:
    wanted = {household.pk: "visit" for household in bank.households}
    with django_assert_num_queries(3):
        assert all(verdict.allowed for verdict in verdicts(bank.users["operations"], wanted).values())
