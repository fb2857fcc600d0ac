"""Recording what was found out about a household."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qingshou.access.models import AuditEntry
from qingshou.casework.models import Finding
from qingshou.casework.queries.findings import answers
from qingshou.casework.services import record_finding
from qingshou.casework.signals import casework_changed
from qingshou.portfolio.models import Household
from tests.factories import TODAY, Bank

pytestmark = pytest.mark.django_db


def test_a_finding_is_kept_audited_and_told(bank: Bank) -> None:
    told: list[list[int]] = []

    def listen(sender: Any, household_ids: list[int], **extra: Any) -> None:
        told.append(household_ids)

    casework_changed.connect(listen)
    household, collector = bank.households[0], bank.users["collector"]
    finding = record_finding(user=collector, household_id=household.pk, cause="turnover", business_state="normal",
                             ability="partial", willingness="willing", evidence="果款未结")
    assert (finding.found_on, finding.found_by) == (TODAY, collector)
    entry = AuditEntry.objects.get(action="casework.finding")
    assert entry.subject == f"household:{household.pk}" and '"cause":"turnover"' in entry.after
    assert told == [[household.pk]]
    casework_changed.disconnect(listen)


def test_an_empty_answer_keeps_the_earlier_one(bank: Bank) -> None:
    household, collector = bank.households[0], bank.users["collector"]
    record_finding(user=collector, household_id=household.pk, cause="market", ability="sufficient")
    record_finding(user=collector, household_id=household.pk, ability="partial")
    known = answers([household.pk])[household.pk]
    assert (known["cause"], known["ability"], known["willingness"]) == ("market", "partial", "")


def test_a_finding_about_an_earlier_day_does_not_displace_a_later_one(bank: Bank) -> None:
    household, collector = bank.households[0], bank.users["collector"]
    record_finding(user=collector, household_id=household.pk, ability="none")
    record_finding(user=collector, household_id=household.pk, ability="sufficient", found_on=TODAY - timedelta(days=3))
    assert answers([household.pk])[household.pk]["ability"] == "none"


def test_a_double_click_records_one_finding(bank: Bank) -> None:
    household, collector = bank.households[0], bank.users["collector"]
    sent = {"user": collector, "household_id": household.pk, "cause": "family", "evidence": "学费"}
    assert record_finding(**sent).pk == record_finding(**sent).pk
    assert Finding.objects.count() == 1 and AuditEntry.objects.filter(action="casework.finding").count() == 1


@pytest.mark.parametrize(("fields", "named"), [
    ({}, None),
    ({"cause": "bored"}, "cause"),
    ({"ability": "plenty"}, "ability"),
    ({"cause": "family", "found_on": TODAY + timedelta(days=1)}, "found_on"),
    ({"cause": "fraud"}, "evidence"),
    ({"cause": "deceased", "evidence": "  "}, "evidence"),
    ({"business_state": "write_off"}, "evidence"),
    ({"cause": "family", "evidence": "长" * 301}, "evidence"),
])
def test_what_cannot_be_a_finding_is_refused_by_field(bank: Bank, fields: dict[str, Any], named: str | None) -> None:
    with pytest.raises(ValidationError) as refusal:
        record_finding(user=bank.users["collector"], household_id=bank.households[0].pk, **fields)
    if named:
        assert list(refusal.value.message_dict) == [named]
    assert not Finding.objects.exists()


@pytest.mark.parametrize("role", ["operations", "legal", "risk", "compliance", "reviewer", "admin"])
def test_only_those_who_work_households_record_findings(bank: Bank, role: str) -> None:
    with pytest.raises(PermissionDenied):
        record_finding(user=bank.users[role], household_id=bank.households[0].pk, cause="family")


def test_a_household_outside_the_field_does_not_exist(bank: Bank) -> None:
    for user, household in ((bank.users["collector"], bank.households[2]), (bank.users["manager"], bank.households[3])):
        with pytest.raises(Household.DoesNotExist):
            record_finding(user=user, household_id=household.pk, cause="family")


def test_a_manager_records_for_the_division(bank: Bank) -> None:
    finding = record_finding(user=bank.users["manager"], household_id=bank.households[2].pk, cause="family",
                             found_on=date(2026, 11, 20))
    assert finding.found_on == date(2026, 11, 20)
