"""The queue: what is in it, in which order, for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qingshou.casework.models import Task
from qingshou.casework.queries.channels import titled
from qingshou.casework.queries.filters import Filters
from qingshou.casework.queries.queue import entries, queue
from qingshou.casework.queries.survey import survey
from qingshou.casework.services import end_task
from qingshou.portfolio.models import Household
from tests.factories import TODAY, Bank, make_household, make_state, make_task

pytestmark = pytest.mark.django_db
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture
def worked(bank: Bank) -> Bank:
    """All four households overdue; the collector's two have a call due, the second of them worth more."""
    for household, score in zip(bank.households, (100, 300, 200, 400), strict=True):
        make_state(household, score=score)
        make_task(household)
    return bank


def names(user: Any, **filters: Any) -> list[str]:
    return [str(one) for one in queue(user, TODAY, Filters(**filters))]


def test_each_sees_the_own_field_best_first(worked: Bank) -> None:
    assert names(worked.users["collector"]) == ["何桂兰", "周满仓"]
    assert names(worked.users["manager"]) == ["何桂兰", "赵有田", "周满仓"]
    assert names(worked.users["operations"]) == ["永顺粮油经营部", "何桂兰", "赵有田", "周满仓"]
    assert names(worked.other_collector) == ["永顺粮油经营部"]
    assert names(worked.users["admin"]) == []


def test_a_household_leaves_the_queue_when_its_work_of_the_day_is_done(worked: Bank) -> None:
    collector = worked.users["collector"]
    task = Task.objects.get(household=worked.households[0])
    end_task(user=collector, task_id=task.pk, state="impossible", reason="全家外出")
    assert names(collector) == names(collector, scope="due") == ["何桂兰"]
    assert names(collector, scope="done") == ["周满仓"]
    counted = survey(collector, TODAY)
    assert (counted.left, counted.done, counted.total, counted.minutes) == (1, 1, 2, 10)


def test_a_household_with_a_second_task_left_is_not_done(worked: Bank) -> None:
    collector = worked.users["collector"]
    task = Task.objects.get(household=worked.households[0])
    make_task(worked.households[0], title="核实地址", channel="office")
    end_task(user=collector, task_id=task.pk, state="impossible", reason="全家外出")
    assert names(collector) == ["何桂兰", "周满仓"]


def test_work_put_off_comes_back_on_its_day(worked: Bank) -> None:
    task = Task.objects.get(household=worked.households[0])
    end_task(user=worked.users["collector"], task_id=task.pk, state="postponed", reason="赶集", postponed_to=TOMORROW)
    assert names(worked.users["collector"], scope="due") == ["何桂兰"]
    tomorrow = queue(worked.users["collector"], TOMORROW, Filters(scope="due"))
    assert [str(one) for one in tomorrow] == ["何桂兰", "周满仓"]


def test_work_due_comes_before_the_rest_of_the_arrears(worked: Bank) -> None:
    Task.objects.filter(household=worked.households[1]).delete()
    collector = worked.users["collector"]
    assert names(collector) == ["周满仓", "何桂兰"], "the second is worth more, but nothing of it is due"
    assert names(collector, scope="due") == ["周满仓"]


def test_a_household_that_owes_nothing_overdue_and_asks_for_nothing_is_not_in_the_queue(bank: Bank) -> None:
    make_state(bank.households[0], overdue_fen=0, dpd=0, stage="current")
    assert names(bank.users["collector"]) == []


def test_a_promise_of_the_day_is_work_until_somebody_turned_to_it(bank: Bank) -> None:
    collector, household = bank.users["collector"], bank.households[0]
    state = make_state(household, promise_due=TODAY, promise_fen=300_000, last_contact_on=YESTERDAY)
    assert names(collector, scope="due") == ["周满仓"]
    state.last_contact_on = TODAY
    state.save()
    assert names(collector, scope="due") == []


@pytest.mark.parametrize("due", [TOMORROW, YESTERDAY])
def test_a_promise_of_another_day_is_not_work_of_this_one(bank: Bank, due: Any) -> None:
    make_state(bank.households[0], promise_due=due, promise_fen=300_000)
    assert names(bank.users["collector"], scope="due") == []


def test_filters_narrow_by_stage_village_step_custodian_and_missing_segment(worked: Bank) -> None:
    manager = worked.users["manager"]
    Household.objects.filter(pk=worked.households[2].pk).update(village="")
    worked.households[0].state.stage = "m2"
    worked.households[0].state.segment_missing = ""
    worked.households[0].state.save()
    Task.objects.filter(household=worked.households[1]).update(source="path", step="day_4")
    assert names(manager, stage="m2") == ["周满仓"]
    assert names(manager, village="柳沟村") == ["何桂兰"] and names(manager, village="-") == ["赵有田"]
    assert names(manager, step="day_4") == ["何桂兰"]
    assert names(manager, custodian=worked.users["collector"].pk) == ["何桂兰", "周满仓"]
    assert names(manager, unclassified=True) == ["何桂兰", "赵有田"]
    offered = survey(manager, TODAY)
    assert offered.stages("queue") == [("middle", 2), ("m2", 1)] and offered.unclassified == 2
    assert [offered.households(Filters(stage=stage)) for stage in ("", "middle", "m2", "m3")] == [3, 2, 1, 0]
    assert sorted(offered.villages("queue")) == [("", 1), ("柳沟村", 1), ("青石村", 1)]
    assert [(step, number) for step, _, number in offered.steps] == [("day_4", 1)]


@pytest.mark.parametrize("query", [
    {"scope": "everything"}, {"stage": "m99"}, {"custodian": "x"}, {"custodian": "9" * 30}, {"custodian": "²"}, {},
])
def test_nonsense_in_the_address_asks_for_nothing(query: dict[str, str]) -> None:
    assert Filters.read(query) == Filters()


def test_a_row_says_what_why_and_since_when(worked: Bank) -> None:
    household = worked.households[0]
    household.state.cause = "turnover"
    household.state.save()
    make_task(household, title="再访经营", channel="visit", due=YESTERDAY)
    row = next(row for row in entries(worked.users["collector"], list(queue(worked.users["collector"], TODAY)), TODAY)
               if row.household == household)
    assert (row.rank, row.next_step, row.channel, row.due) == (2, "上门：再访经营", "visit", YESTERDAY)
    assert [task.title for task in row.tasks] == ["再访经营", "电话提醒"] and "货款" in row.cause


def test_the_number_of_queries_does_not_grow_with_the_queue(bank: Bank, django_assert_max_num_queries: Any) -> None:
    collector = bank.users["collector"]
    for number in range(60):
        household = make_household(collector, bank.first, f"户{number}")
        make_state(household, score=number)
        make_task(household)
    with django_assert_max_num_queries(10):
        counted = survey(collector, TODAY)
        rows = entries(collector, list(queue(collector, TODAY)[:50]), TODAY)
        shown = [(row.household.village, str(row.household.borrower), row.state.score) for row in rows]
    assert [score for _, _, score in shown] == list(range(59, 9, -1))
    assert counted.left == 60


@pytest.mark.parametrize(("channel", "title", "words"), [
    ("visit", "再访经营", "上门：再访经营"), ("visit", "上门了解经营", "上门了解经营"), ("call", "电话催收", "电话催收"),
    ("letter", "送达逾期催收函", "函件：送达逾期催收函"),
])
def test_a_step_names_its_channel_once(channel: str, title: str, words: str) -> None:
    assert titled(channel, title) == words
