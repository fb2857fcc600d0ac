"""Ending and making tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qingshou.access.models import AuditEntry
from qingshou.casework.models import Task
from qingshou.casework.services import end_task, make_task
from qingshou.portfolio.models import Household
from tests.factories import TODAY, Bank
from tests.factories import make_task as given_task

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)


def test_a_task_is_done_with_an_outcome(bank: Bank) -> None:
    task = given_task(bank.households[0], channel="office")
    ended = end_task(user=bank.users["collector"], task_id=task.pk, state="done", outcome="地址属实")
    assert (ended.state, ended.outcome, ended.ended_on, ended.ended_by) == (
        "done", "地址属实", TODAY, bank.users["collector"])
    assert AuditEntry.objects.get(action="casework.task_done").subject == f"household:{bank.households[0].pk}"


def test_a_postponed_task_comes_again_on_the_new_day(bank: Bank) -> None:
    task = given_task(bank.households[0], channel="call", source="path", path="default", step="d1", episode_on=TODAY)
    end_task(user=bank.users["collector"], task_id=task.pk, state="postponed", reason="在外地，周五回", postponed_to=TOMORROW)
    again = Task.objects.get(state="open")
    assert (again.due, again.step, again.owner, again.title) == (TOMORROW, "d1", task.owner, task.title)


def test_a_step_that_the_path_has_on_that_day_already_is_not_doubled(bank: Bank) -> None:
    path: dict[str, Any] = {"channel": "call", "source": "path", "path": "default", "step": "d1", "episode_on": TODAY}
    task = given_task(bank.households[0], **path)
    given_task(bank.households[0], due=TOMORROW, **path)
    end_task(user=bank.users["collector"], task_id=task.pk, state="postponed", reason="不在", postponed_to=TOMORROW)
    assert Task.objects.filter(due=TOMORROW).count() == 1


def test_a_task_ends_once(bank: Bank) -> None:
    task = given_task(bank.households[0], channel="office")
    end_task(user=bank.users["collector"], task_id=task.pk, state="impossible", reason="查无此人")
    with pytest.raises(ValidationError) as refusal:
        end_task(user=bank.users["manager"], task_id=task.pk, state="done", outcome="已办")
    assert refusal.value.code == "ended"
    task.refresh_from_db()
    assert task.state == "impossible" and AuditEntry.objects.filter(action__startswith="casework.task").count() == 1


@pytest.mark.parametrize(("fields", "named"), [
    ({"state": "done"}, "outcome"),
    ({"state": "done", "outcome": "  "}, "outcome"),
    ({"state": "done", "outcome": "长" * 41}, "outcome"),
    ({"state": "impossible"}, "reason"),
    ({"state": "postponed", "postponed_to": TOMORROW}, "reason"),
    ({"state": "postponed", "reason": "忙"}, "postponed_to"),
    ({"state": "postponed", "reason": "忙", "postponed_to": TODAY}, "postponed_to"),
    ({"state": "postponed", "reason": "忙", "postponed_to": TODAY + timedelta(days=31)}, "postponed_to"),
    ({"state": "done", "outcome": "好", "postponed_to": TOMORROW}, "postponed_to"),
    ({"state": "cancelled", "reason": "算了"}, "state"),
    ({"state": "open"}, "state"),
])
def test_an_end_without_what_it_needs_is_refused_by_field(bank: Bank, fields: dict[str, Any], named: str) -> None:
    task = given_task(bank.households[0], channel="office")
    with pytest.raises(ValidationError) as refusal:
        end_task(user=bank.users["collector"], task_id=task.pk, **fields)
    assert list(refusal.value.message_dict) == [named]
    task.refresh_from_db()
    assert task.state == "open"


@pytest.mark.parametrize("channel", ["call", "message", "letter", "visit"])
def test_a_contact_task_is_done_only_by_a_recorded_contact(bank: Bank, channel: str) -> None:
    task = given_task(bank.households[0], channel=channel)
    with pytest.raises(ValidationError) as refusal:
        end_task(user=bank.users["collector"], task_id=task.pk, state="done", outcome="接通")
    assert refusal.value.code == "contact"


def test_a_task_outside_the_field_does_not_exist(bank: Bank) -> None:
    task = given_task(bank.households[3], channel="office")
    for role in ("collector", "manager"):
        with pytest.raises(Task.DoesNotExist):
            end_task(user=bank.users[role], task_id=task.pk, state="impossible", reason="x")
    with pytest.raises(PermissionDenied):
        end_task(user=bank.users["risk"], task_id=task.pk, state="impossible", reason="x")


def test_a_person_sets_a_task_for_the_custodian_once(bank: Bank) -> None:
    sent: dict[str, Any] = {"user": bank.users["manager"], "household_id": bank.households[0].pk, "title": "核实果园",
                            "due": TOMORROW, "channel": "visit"}
    task = make_task(**sent)
    assert make_task(**sent).pk == task.pk and Task.objects.count() == 1
    assert (task.owner, task.source, task.made_on) == (bank.users["collector"], "person", TODAY)


@pytest.mark.parametrize(("fields", "named"), [
    ({"title": " "}, "title"), ({"due": TODAY - timedelta(days=1)}, "due"), ({"channel": "drone"}, "channel"),
    ({"target": "stranger"}, "target"), ({"title": "长" * 121}, "title"),
])
def test_what_cannot_be_a_task_is_refused_by_field(bank: Bank, fields: dict[str, Any], named: str) -> None:
    sent: dict[str, Any] = {"title": "核实", "due": TODAY, "channel": "office", "target": "borrower"} | fields
    with pytest.raises(ValidationError) as refusal:
        make_task(user=bank.users["collector"], household_id=bank.households[0].pk, **sent)
    assert list(refusal.value.message_dict) == [named]


def test_no_task_is_set_outside_the_field(bank: Bank) -> None:
    with pytest.raises(Household.DoesNotExist):
        make_task(user=bank.users["collector"], household_id=bank.households[3].pk, title="核实", due=TODAY, channel="office")
