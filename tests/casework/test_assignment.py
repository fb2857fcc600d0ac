"""Handing households over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qingshou.access.models import AuditEntry, User
from qingshou.casework.models import Assignment
from qingshou.casework.services import assign
from qingshou.portfolio.models import Household
from tests.factories import TODAY, Bank, make_household, make_task

pytestmark = pytest.mark.django_db


def hand_over(bank: Bank, *households: Household, role: str = "manager", **fields: Any) -> int:
    sent: dict[str, Any] = {"why": "handover", "reason": "调岗",
                            "collector_id": User.objects.get(username="colleague").pk} | fields
    return assign(user=bank.users[role], household_ids=[one.pk for one in households], **sent)


def test_the_household_its_assignment_and_its_open_tasks_change_hands(bank: Bank) -> None:
    household, colleague = bank.households[0], User.objects.get(username="colleague")
    still_open, ended = make_task(household), make_task(household, state="done", outcome="好")
    assert hand_over(bank, household) == 1
    household.refresh_from_db()
    assert (household.custodian, household.unit) == (colleague, bank.first)
    old, new = household.assignments.order_by("id")
    assert (old.ends_on, new.starts_on, new.ends_on, new.collector) == (TODAY, TODAY, None, colleague)
    still_open.refresh_from_db()
    ended.refresh_from_db()
    assert (still_open.owner, ended.owner) == (colleague, bank.users["collector"])
    assert AuditEntry.objects.get(action="casework.assign").reason == "调岗"


def test_a_double_click_hands_over_once(bank: Bank) -> None:
    assert [hand_over(bank, bank.households[0]), hand_over(bank, bank.households[0])] == [1, 0]
    assert bank.households[0].assignments.count() == 2


def test_head_office_gives_unassigned_households_to_any_division(bank: Bank) -> None:
    fresh = [make_household(name="无主甲"), make_household(name="无主乙")]
    assert hand_over(bank, *fresh, role="operations", collector_id=bank.other_collector.pk, why="field") == 2
    assert {one.unit_id for one in Household.objects.filter(custodian=bank.other_collector)} == {bank.second.pk}


@pytest.mark.parametrize(("fields", "named"), [
    ({"why": "mood"}, "why"), ({"reason": " "}, "reason"), ({"starts_on": TODAY + timedelta(days=1)}, "starts_on"),
    ({"starts_on": TODAY - timedelta(days=1000)}, "starts_on"), ({"collector_id": 0}, "collector"),
])
def test_what_cannot_be_a_handover_is_refused_by_field(bank: Bank, fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        hand_over(bank, bank.households[0], **fields)
    assert list(refusal.value.message_dict) == [named]
    assert Assignment.objects.filter(household=bank.households[0]).count() == 1


def test_a_manager_stays_within_the_division(bank: Bank) -> None:
    with pytest.raises(Household.DoesNotExist):
        hand_over(bank, bank.households[3])
    with pytest.raises(ValidationError):
        hand_over(bank, bank.households[0], collector_id=bank.other_collector.pk)
    with pytest.raises(PermissionDenied):
        hand_over(bank, bank.households[0], role="collector")
