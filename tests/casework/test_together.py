"""Two people, or one who clicks twice, at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from qingshou.access import audit
from qingshou.access.models import AuditEntry
from qingshou.casework.models import Finding, Hold, Task
from qingshou.casework.services import end_task, place_hold, record_finding
from tests import factories
from tests.factories import Bank

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


def together(change: Callable[[], Any]) -> list[Any]:
    """What *change* gives, or the refusal, run in several threads that start at once."""
    start = Barrier(AT_ONCE)

    def run(_: int) -> Any:
        try:
            start.wait(timeout=20)
            return change()
        except ValidationError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_of_several_who_end_a_task_one_does(bank: Bank) -> None:
    task = factories.make_task(bank.households[0], channel="office")
    collector = bank.users["collector"]
    ends = together(lambda: end_task(user=collector, task_id=task.pk, state="done", outcome="好").state)
    assert sorted(ends) == ["done", "ended", "ended", "ended"]
    assert AuditEntry.objects.filter(action="casework.task_done").count() == 1 and Task.objects.count() == 1


def test_a_finding_and_a_hold_sent_several_times_at_once_are_taken_once(bank: Bank) -> None:
    collector, household = bank.users["collector"], bank.households[0]
    found = together(lambda: record_finding(user=collector, household_id=household.pk, cause="family").pk)
    held = together(lambda: place_hold(user=collector, household_id=household.pk, kind="dispute", reason="金额").pk)
    assert len(set(found)) == len(set(held)) == 1
    assert (Finding.objects.count(), Hold.objects.count()) == (1, 1)
    assert audit.verify().bad is None, "the chain holds"
