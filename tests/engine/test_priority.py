"""Priority (S5): what an hour of work on a household is expected to add."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshou.engine import priority
from qingshou.engine.reasons import describe
from tests.engine.policies import TODAY, rules

SCHEMA: dict[str, Any] = {"household_id": pl.Int64, "as_of": pl.Date, "overdue_fen": pl.Int64, "dpd": pl.Int64,
                          "stage": pl.String, **priority.OPTIONAL}


def rank(*households: dict[str, Any]) -> pl.DataFrame:
    """Ranked households: 10,000.00 yuan overdue for 10 days, nothing known, a call next, unless said otherwise."""
    usual = {"as_of": TODAY, "overdue_fen": 1_000_000, "total_owed_fen": 5_000_000, "dpd": 10, "stage": "middle",
             "next_channel": "call"}
    return priority.rank(pl.DataFrame([{"household_id": number, **usual, **household}
                                       for number, household in enumerate(households)], schema=SCHEMA), rules())


def scores(*households: dict[str, Any]) -> list[int]:
    return rank(*households)["score"].to_list()


def codes(**household: Any) -> list[str]:
    return [reason["code"] for reason in json.loads(rank(household)["reasons"].item())]


def test_the_figure_can_be_reckoned_by_hand():
    """10,000.00 overdue, 40 % collectible, a call lifts payment by 18 %, middle stage 90 %, 12 minutes a call:
    10,000 × 0.4 × 0.18 × 0.9 × 60 ÷ 12 = 3,240.00 an hour."""
    row = rank({"ability": "partial", "willingness": "willing"}).row(0, named=True)
    assert (row["expected_fen_per_hour"], row["minutes"], row["score"]) == (324_000, 12, 324_000)


@pytest.mark.parametrize(("better", "worse"), [
    pytest.param({"overdue_fen": 2_000_000}, {}, id="more overdue"),
    pytest.param({"willingness": "willing", "ability": "partial"}, {"willingness": "willing", "ability": "sufficient"},
                 id="who hesitates before who pays anyway"),
    pytest.param({"willingness": "unwilling", "ability": "sufficient"}, {"willingness": "unwilling", "ability": "none"},
                 id="who can but will not before who cannot"),
    pytest.param({"guarantee": "effective", "ability": "none"}, {"guarantee": "weak", "ability": "none"},
                 id="an effective guarantee"),
    pytest.param({"stage": "early", "dpd": 2}, {"stage": "m3", "dpd": 80}, id="early before old"),
    pytest.param({}, {"last_contact_on": TODAY}, id="not contacted before contacted today"),
    pytest.param({"last_contact_on": TODAY - timedelta(days=3)}, {"last_contact_on": TODAY - timedelta(days=1)},
                 id="contacted longer ago"),
    pytest.param({}, {"segment": "D2"}, id="anybody before suspected fraud"),
    pytest.param({}, {"next_channel": "visit"}, id="a call before a visit that costs more time"),
    pytest.param({"promise_due": TODAY, "promise_fen": 100_000}, {}, id="a promise due today"),
    pytest.param({"promise_due": TODAY, "promise_fen": 900_000}, {"promise_due": TODAY, "promise_fen": 100_000},
                 id="the greater promise"),
    pytest.param({"deadline_on": TODAY + timedelta(days=7)}, {}, id="a legal deadline within a week"),
    pytest.param({"public_servant": True}, {}, id="a steady wage where ability is not known"),
    pytest.param({}, {"held_by": "complaint"}, id="anybody before who is held"),
    pytest.param({}, {"held_by": "promise", "promise_due": TODAY + timedelta(days=9)}, id="who promised for later waits"),
])
def test_what_lifts_a_household_above_another(better, worse):
    above, below = scores(better, worse)
    assert above > below


def test_a_promise_due_today_is_followed_up_although_a_promise_holds_the_path():
    assert scores({"held_by": "promise", "promise_due": TODAY, "promise_fen": 500_000})[0] > 0


def test_a_legal_deadline_lifts_even_who_is_held():
    assert scores({"held_by": "complaint", "deadline_on": TODAY})[0] > 0


def test_a_deadline_that_has_passed_lifts_no_more():
    assert scores({"deadline_on": TODAY - timedelta(days=1)}) == scores({})


def test_who_owes_nothing_now_has_no_score():
    assert scores({"overdue_fen": 0}) == [0]


@pytest.mark.parametrize(("household", "code"), [
    ({}, "value"), ({}, "never_contacted"), ({"last_contact_on": TODAY}, "lately"), ({"held_by": "lawyer"}, "held"),
    ({"promise_due": TODAY, "promise_fen": 1}, "promise_today"),
    ({"promise_due": TODAY + timedelta(days=1), "promise_fen": 1}, "promise_soon"),
    ({"deadline_on": TODAY}, "deadline"), ({"broken_promises": 2}, "broken"), ({"guarantee": "effective"}, "guarantee"),
    ({"ability": "sufficient", "willingness": "unwilling"}, "can_but_will_not"),
    ({"ability": "sufficient", "willingness": "willing"}, "pays_anyway"), ({"public_servant": True}, "public_servant"),
    ({"stage": "early"}, "early_stage")])
def test_the_reason_is_told(household, code):
    assert code in codes(**household)


def test_the_reasons_of_a_promise_due_today_in_words():
    told = describe(rank({"promise_due": TODAY, "promise_fen": 500_000, "stage": "early", "dpd": 3})["reasons"].item(), rules())
    assert [reason["text"] for reason in told] == [
        "今天是承诺还款日，承诺 5,000.00 元",
        "逾期 10,000.00 元，联系一次（约 12 分钟）可提高还款可能 10%，预计每小时增收 8,750.00 元",
        "还没有联系过", "前期（逾期 3 天），越早联系越见效"]


HOUSEHOLD = st.fixed_dictionaries({
    "overdue_fen": st.integers(0, 10**15), "total_owed_fen": st.one_of(st.none(), st.integers(0, 10**15)),
    "stage": st.sampled_from(["early", "late", "m3", "d361_plus"]),
    "segment": st.sampled_from([None, "A1", "D2", "unclassified"]),
    "ability": st.sampled_from([None, "", "sufficient", "partial", "none", "unknown"]),
    "willingness": st.sampled_from([None, "", "willing", "unwilling", "lost_contact"]),
    "guarantee": st.sampled_from([None, "effective", "weak"]),
    "last_contact_on": st.sampled_from([None, TODAY, TODAY - timedelta(days=40)]),
    "promise_due": st.sampled_from([None, TODAY, TODAY + timedelta(days=1)]),
    "promise_fen": st.one_of(st.none(), st.integers(1, 10**12)), "held_by": st.sampled_from([None, "", "promise", "death"]),
    "deadline_on": st.sampled_from([None, TODAY]), "public_servant": st.sampled_from([None, True, False]),
    "next_channel": st.sampled_from([None, "", "call", "visit", "office"]),
})


@given(st.lists(HOUSEHOLD, min_size=1, max_size=6))
def test_many_households_at_once_are_ranked_as_one_by_one(households):
    alone = [rank({"household_id": number, **household}) for number, household in enumerate(households)]
    assert rank(*households).equals(pl.concat(alone))


@given(HOUSEHOLD, st.integers(1, 10**12))
def test_more_overdue_is_never_worth_less(household, more):
    less, greater = rank(household, {**household, "overdue_fen": household["overdue_fen"] + more})[
        "expected_fen_per_hour"].to_list()
    assert 0 <= less <= greater
