"""Placing and lifting holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qingshou.access.models import AuditEntry
from qingshou.casework.models import Hold
from qingshou.casework.queries.holds import in_force
from qingshou.casework.services import lift_hold, place_hold
from qingshou.portfolio.models import Household
from tests.factories import TODAY, Bank

pytestmark = pytest.mark.django_db


def kinds(bank: Bank, on: Any = TODAY) -> list[str]:
    pk = bank.households[0].pk
    return [hold.kind for hold in in_force([pk], on).get(pk, [])]


def test_a_hold_is_in_force_from_its_day_to_the_day_before_its_end(bank: Bank) -> None:
    place_hold(user=bank.users["collector"], household_id=bank.households[0].pk, kind="hardship", reason="住院",
               ends_on=TODAY + timedelta(days=10))
    found = {offset: kinds(bank, TODAY + timedelta(days=offset)) for offset in (-1, 0, 9, 10)}
    assert found == {-1: [], 0: ["hardship"], 9: ["hardship"], 10: []}


def test_a_lifted_hold_is_no_longer_in_force_and_both_facts_stay(bank: Bank) -> None:
    hold = place_hold(user=bank.users["collector"], household_id=bank.households[0].pk, kind="complaint",
                      reason="投诉态度", starts_on=TODAY - timedelta(days=3))
    lift = lift_hold(user=bank.users["manager"], hold_id=hold.pk, reason="已答复")
    assert (lift.lifts, lift.ends_on, kinds(bank)) == (hold, TODAY, [])
    assert kinds(bank, TODAY - timedelta(days=1)) == ["complaint"]
    assert [entry.action for entry in AuditEntry.objects.all()] == ["casework.hold", "casework.hold_lifted"]
    with pytest.raises(ValidationError) as refusal:
        lift_hold(user=bank.users["manager"], hold_id=hold.pk, reason="再来")
    assert refusal.value.code == "ended" and Hold.objects.count() == 2


def test_a_double_click_places_one_hold_and_another_of_its_kind_is_refused(bank: Bank) -> None:
    sent: dict[str, Any] = {"user": bank.users["collector"], "household_id": bank.households[0].pk, "kind": "dispute"}
    assert place_hold(**sent, reason="金额不符").pk == place_hold(**sent, reason="金额不符").pk
    with pytest.raises(ValidationError) as refusal:
        place_hold(**sent, reason="别的")
    assert list(refusal.value.message_dict) == ["kind"] and Hold.objects.count() == 1


@pytest.mark.parametrize(("fields", "named"), [
    ({"kind": "holiday"}, "kind"), ({"reason": " "}, "reason"), ({"starts_on": TODAY + timedelta(days=1)}, "starts_on"),
    ({"ends_on": TODAY}, "ends_on"),
])
def test_what_cannot_be_a_hold_is_refused_by_field(bank: Bank, fields: dict[str, Any], named: str) -> None:
    sent: dict[str, Any] = {"kind": "complaint", "reason": "投诉"} | fields
    with pytest.raises(ValidationError) as refusal:
        place_hold(user=bank.users["collector"], household_id=bank.households[0].pk, **sent)
    assert list(refusal.value.message_dict) == [named]


def test_holds_stay_within_the_field(bank: Bank) -> None:
    with pytest.raises(Household.DoesNotExist):
        place_hold(user=bank.users["collector"], household_id=bank.households[3].pk, kind="death", reason="证明")
    hold = place_hold(user=bank.other_collector, household_id=bank.households[3].pk, kind="death", reason="证明")
    with pytest.raises(Household.DoesNotExist):
        lift_hold(user=bank.users["manager"], hold_id=hold.pk, reason="x")
    with pytest.raises(PermissionDenied):
        lift_hold(user=bank.users["legal"], hold_id=hold.pk, reason="x")
