"""The day's work over the API."""

from __future__ import annotations

import pytest

from qingshou.casework.models import Finding, Task
from tests import factories
from tests.portfolio.states import make_states

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(bank) -> Task:
    return Task.objects.create(household=bank.households[0], source="person", title="核对地址", channel="review",
                               target="borrower", due=factories.TODAY, owner=bank.users["collector"],
                               made_on=factories.TODAY)


def test_the_queue_ranks_the_field_with_reasons(api_as, bank, task):
    make_states(*bank.households)
    status, queue = api_as("collector").get("/api/queue")
    assert status == 200 and queue["date"] == "2026-11-24"
    assert {row["household"] for row in queue["rows"]} == {bank.households[0].pk, bank.households[1].pk}
    assert [row["tasks"][0]["id"] for row in queue["rows"] if row["tasks"]] == [task.pk]


def test_a_task_is_ended_once(api_as, task):
    collector = api_as("collector")
    status, ended = collector.post(f"/api/tasks/{task.pk}/end", {"state": "done", "outcome": "已核对"})
    assert (status, ended["state"]) == (200, "done")
    assert collector.post(f"/api/tasks/{task.pk}/end", {"state": "done", "outcome": "又一次"})[0] == 422


def test_a_task_of_another_field_is_not_there(api_as, task):
    assert api_as("other").post(f"/api/tasks/{task.pk}/end", {"state": "done", "outcome": "x"})[0] == 404
    assert Task.objects.get().state == Task.State.OPEN


def test_a_finding_is_recorded(api_as, bank):
    path = f"/api/households/{bank.households[0].pk}/findings"
    status, made = api_as("collector").post(path, {"ability": "partial", "willingness": "willing"})
    assert status == 201 and Finding.objects.get().pk == made["id"]


@pytest.mark.parametrize("body", [{}, {"ability": "plenty"}, {"found_on": "2027-01-01", "ability": "none"}, {"mood": "good"}])
def test_a_finding_without_sense_is_refused(api_as, bank, body):
    status, answer = api_as("collector").post(f"/api/households/{bank.households[0].pk}/findings", body)
    assert status == 422 and answer["errors"] and not Finding.objects.exists()
