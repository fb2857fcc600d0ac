"""Treatment paths (S1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.engine import paths
from tests.engine.policies import TODAY, rules
from tests.engine.tables import oracle

DUE = date(2026, 9, 20)
DONE = {"household_id": pl.Int64, "path": pl.String, "step": pl.String, "episode_on": pl.Date, "due": pl.Date,
        "state": pl.String, "ended_on": pl.Date}


def late(day: date, **fields: Any) -> dict[str, Any]:
    """A household on the default path that is late since DUE."""
    return {"household_id": 1, "path": "small_default", "as_of": day, "episode_on": DUE, "dpd": (day - DUE).days,
            "has_guarantor": True, "held_by": "", **fields}


def due(households: list[dict[str, Any]], done: list[dict[str, Any]] = (), in_force=None) -> pl.DataFrame:
    frame = pl.DataFrame(households, schema_overrides={"episode_on": pl.Date, "as_of": pl.Date})
    return paths.steps_due(frame, pl.DataFrame(list(done), schema=DONE), in_force or rules())


def walk(days: int, *, finish: bool = True, **fields: Any) -> list[tuple[int, str]]:
    """The default path from the day after the due date, each task done on its day: (day, step)."""
    made: list[dict[str, Any]] = []
    for number in range(1, days + 1):
        day = DUE + timedelta(days=number)
        for task in due([late(day, **fields)], made).iter_rows(named=True):
            made.append({name: task[name] for name in DONE if name in task}
                        | ({"state": "done", "ended_on": day} if finish else {"state": "open", "ended_on": None}))
    return [((task["due"] - DUE).days, task["step"]) for task in made]


def test_the_default_path_is_the_essays():
    """A visit at once; a call a day on days 1–3; day 4 a visit and the guarantor; day 7 the notice; then a call a day,
    demand on the guarantor; then the courts."""
    steps = walk(70)
    assert [step for step in steps if step[0] <= 8] == [
        (1, "first_visit"), (1, "early_call"), (2, "early_call"), (3, "early_call"), (4, "second_visit"),
        (4, "guarantor_call"), (7, "notice"), (8, "daily_call"), (8, "guarantor_demand")]
    assert [day for day, step in steps if step == "daily_call"] == list(range(8, 61))
    assert [day for day, step in steps if step == "legal_referral"] == [61]


def test_the_preview_shows_the_steps_in_order_with_days_channel_and_target():
    steps = paths.preview("small_default", rules())
    told = [(step["from_day"], step["to_day"], step["every_days"], step["channel"], step["target"]) for step in steps]
    assert told[:7] == [(0, None, 0, "visit", "borrower"), (1, 3, 1, "call", "borrower"), (4, None, 0, "visit", "borrower"),
                        (4, None, 0, "call", "guarantor"), (7, None, 0, "letter", "borrower"),
                        (8, 60, 1, "call", "borrower"), (8, None, 0, "letter", "guarantor")]
    assert all(step["title"] and step["minutes"] > 0 for step in steps)


def test_on_the_due_date_itself_the_visit_is_made_where_it_is_unpaid():
    assert due([late(DUE)])["step"].to_list() == ["first_visit"]


def test_without_a_guarantor_no_step_is_aimed_at_one():
    assert not any("guarantor" in step for _, step in walk(70, has_guarantor=False))


def test_a_household_that_is_paid_up_has_no_steps():
    assert due([late(TODAY, episode_on=None, dpd=0)]).is_empty()


def test_asking_twice_on_a_day_makes_nothing_twice():
    first = due([late(TODAY)])
    made = [{**{name: task[name] for name in ("household_id", "path", "step", "episode_on", "due")}, "state": "open"}
            for task in first.iter_rows(named=True)]
    assert due([late(TODAY)], made).is_empty()


def test_a_repeated_step_does_not_pile_up_while_the_last_one_is_open():
    calls = [step for step in walk(70, finish=False) if step[1] in ("early_call", "daily_call")]
    assert calls == [(1, "early_call"), (8, "daily_call")]


def test_no_step_is_jumped_over_however_old_the_debt():
    """First seen a year late: the visit and the notice come first, demand on the guarantor and the courts after."""
    day = DUE + timedelta(days=400)
    assert due([late(day)])["step"].to_list() == ["first_visit", "guarantor_call", "notice"]
    notice = {"household_id": 1, "path": "small_default", "step": "notice", "episode_on": DUE, "due": day}
    assert "guarantor_demand" not in due([late(day + timedelta(days=5))], [{**notice, "state": "open"}])["step"].to_list()
    done = [{**notice, "state": "done", "ended_on": day}]
    assert {"guarantor_demand", "legal_referral"} <= set(due([late(day + timedelta(days=1))], done)["step"])


def test_a_step_that_was_impossible_lets_the_next_one_come():
    notice = {"household_id": 1, "path": "small_default", "step": "notice", "episode_on": DUE, "due": DUE,
              "state": "impossible", "ended_on": DUE + timedelta(days=9)}
    assert "guarantor_demand" in due([late(DUE + timedelta(days=10))], [notice])["step"].to_list()


def test_a_cancelled_step_is_made_again_on_a_later_day_only():
    day = DUE + timedelta(days=7)
    gone = {"household_id": 1, "path": "small_default", "step": "notice", "episode_on": DUE, "due": day,
            "state": "cancelled", "ended_on": day}
    assert "notice" not in due([late(day)], [gone])["step"].to_list()
    assert "notice" in due([late(day + timedelta(days=1))], [gone])["step"].to_list()


def test_a_new_delay_begins_the_path_anew():
    made = [{"household_id": 1, "path": "small_default", "step": "first_visit", "episode_on": date(2025, 1, 1),
             "due": date(2025, 1, 2), "state": "done", "ended_on": date(2025, 1, 2)}]
    assert "first_visit" in due([late(DUE + timedelta(days=1))], made)["step"].to_list()


@pytest.mark.parametrize(("held_by", "steps"), [
    ("", ["first_visit", "guarantor_call", "notice", "daily_call"]),
    ("promise", []), ("complaint", []), ("death", []), ("bankruptcy", []),
    ("lawyer", ["notice"]), ("consent", ["first_visit", "notice"]),
    ("consent,promise", []), ("something_new", []), ("paid", [])])
def test_what_holds_a_household_stops_the_channels_that_the_policy_says(held_by, steps):
    assert due([late(DUE + timedelta(days=30), held_by=held_by)])["step"].to_list() == steps


def test_a_promise_that_was_not_kept_is_answered_the_next_morning_each_time():
    day = DUE + timedelta(days=20)
    first = due([late(day, promise_broken=True)])
    assert "broken_promise" in first["step"].to_list()
    assert "broken_promise" not in due([late(day, promise_broken=False)])["step"].to_list()
    answered = {"household_id": 1, "path": "small_default", "step": "broken_promise", "episode_on": DUE, "due": day,
                "state": "done", "ended_on": day}
    again = due([late(day + timedelta(days=3), promise_broken=True)], [answered])
    assert "broken_promise" in again["step"].to_list()


def test_work_in_the_office_goes_on_while_a_promise_runs():
    notice = {"household_id": 1, "path": "small_default", "step": "notice", "episode_on": DUE, "due": DUE, "state": "done",
              "ended_on": DUE}
    assert due([late(DUE + timedelta(days=61), held_by="promise")], [notice])["step"].to_list() == ["legal_referral"]


@pytest.mark.parametrize(("lasted", "steps"), [(60, []), (61, ["blacklist_review"]), (400, ["blacklist_review"])])
def test_after_payoff_the_long_overdue_are_put_up_for_the_blacklist(lasted, steps):
    paid = late(TODAY, episode_on=None, dpd=0, ended_episode_on=DUE, ended_dpd=lasted, held_by="paid")
    tasks = due([paid])
    assert tasks["step"].to_list() == steps
    assert tasks["episode_on"].to_list() == [DUE] * len(steps)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 500), st.sampled_from(sorted(paths.names(rules()))), st.booleans(),
                          st.sampled_from(["", "promise", "lawyer", "complaint,consent"])), min_size=1, max_size=12))
def test_many_households_at_once_are_judged_as_one_by_one(chosen):
    households = [late(TODAY, household_id=number, path=path, episode_on=TODAY - timedelta(days=dpd), dpd=dpd,
                       has_guarantor=guarantor, held_by=held) for number, (dpd, path, guarantor, held) in enumerate(chosen)]
    alone = [row for household in households for row in due([household]).rows()]
    assert due(households).rows() == alone


def test_every_path_can_be_walked_from_the_first_day_and_every_step_is_reached():
    names = dict(enumerate(paths.names(rules())))
    reached: dict[int, set[str]] = {number: set() for number in names}
    made: list[dict[str, Any]] = []
    for number in [*range(1, 100), *range(100, 420, 20)]:
        day = DUE + timedelta(days=number)
        for task in due([late(day, household_id=pk, path=path) for pk, path in names.items()], made).iter_rows(named=True):
            made.append({name: task[name] for name in DONE if name in task} | {"state": "done", "ended_on": day})
            reached[task["household_id"]].add(task["step"])
    for pk, path in names.items():
        assert reached[pk] == {step["step"] for step in paths.preview(path, rules()) if step["when"] == "overdue"}, path


def test_no_channel_of_any_path_is_aimed_at_anybody_but_obligors_save_to_trace_a_lost_debtor():
    aimed = {(path, step["step"]) for path in paths.names(rules()) for step in paths.preview(path, rules())
             if step["target"] not in ("borrower", "guarantor")}
    assert aimed == {("trace", "contact_call")}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in oracle("dunning.json")["cases"]])
def test_levels_of_other_systems_letters_are_paths_too(case):
    """Each level as a step after the one before it; what they expect is what the path makes."""
    steps = [{"step": f"level{number}", "title": "函", "from_day": days, "channel": "letter", "target": "borrower",
              "minutes": 1, "after": f"level{number - 1}" if number > 1 else "", "after_days": max(gap, 1)}
             for number, (days, gap) in enumerate(case["levels"], 1)]
    in_force = rules(paths__small_default=steps)
    day = DUE + timedelta(days=case["days_after_due"])
    made = [{"household_id": 1, "path": "small_default", "step": f"level{level}", "episode_on": DUE,
             "due": day - timedelta(days=ago), "state": state,
             "ended_on": None if state == "open" else day - timedelta(days=ago)} for level, ago, state in case["made"]]
    household = late(day, episode_on=None, dpd=0) if case.get("paid") else late(day)
    expected = [] if case["expect"] is None else [f"level{case['expect']}"]
    assert due([household], made, in_force)["step"].to_list() == expected
