"""Five-level classification (V5)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshou.engine import classification, delinquency
from qingshou.engine.classification import BAD, LEVELS, classify
from qingshou.engine.reasons import describe
from tests.engine.policies import TODAY, rules
from tests.engine.tables import cases, each

GROUNDS = {row["ground"]: pl.Boolean for row in rules()["classification.grounds"]}
SCHEMA: dict[str, Any] = {
    "loan_id": pl.Int64, "borrower_id": pl.Int64, "as_of": pl.Date, "oldest": pl.Date, "dpd": pl.Int64,
    "balance_fen": pl.Int64, **classification.OPTIONAL, **GROUNDS}


def rows(case: dict[str, Any], first_id: int = 0, borrower_id: int = 0) -> list[dict[str, Any]]:
    return [{"loan_id": first_id + place, "borrower_id": borrower_id, "as_of": case.get("as_of", TODAY),
             "balance_fen": 10_000, **loan} for place, loan in enumerate(case["loans"])]


def frame(loans: list[dict[str, Any]]) -> pl.DataFrame:
    made = pl.DataFrame(loans, schema=SCHEMA)
    return made.with_columns(dpd=pl.coalesce("dpd", delinquency.dpd(pl.col("oldest"), pl.col("as_of"), rules())))


def judge(loans: list[dict[str, Any]], day: date = TODAY) -> pl.DataFrame:
    return classify(frame(loans), rules(day))


@each("classification")
def test_one_borrower(case):
    judged = judge(rows(case), case.get("as_of", TODAY))
    assert judged["level"].to_list() == case["levels"]
    assert case["says"] in [reason["code"] for reason in json.loads(judged["reasons"][0])]


@pytest.mark.parametrize("day", sorted({case.get("as_of", TODAY) for case in cases("classification")}))
def test_many_borrowers_at_once_are_judged_as_one_by_one(day):
    table = [case for case in cases("classification") if case.get("as_of", TODAY) == day]
    loans, levels = [], []
    for number, case in enumerate(table):
        loans += rows(case, first_id=len(loans), borrower_id=number)
        levels += case["levels"]
    judged = judge(loans, day)
    assert judged["loan_id"].to_list() == list(range(len(loans)))
    assert judged["level"].to_list() == levels
    alone = pl.concat([judge([loan for loan in loans if loan["borrower_id"] == number], day)
                       for number in range(len(table))])
    assert alone.equals(judged)


def test_each_reason_names_a_rule_in_force_and_has_words():
    for case in cases("classification"):
        day = case.get("as_of", TODAY)
        for text in judge(rows(case), day)["reasons"]:
            assert json.loads(text), "a level without a reason"
            for told in describe(text, rules(day)):
                assert told["rule"] in rules(day) and told["source"]
                assert "%(" not in told["text"] and told["text"] != told["code"]


def test_columns_that_are_not_given_count_as_not_known():
    bare = pl.DataFrame({"loan_id": [1], "borrower_id": [1], "as_of": [TODAY], "dpd": [100], "balance_fen": [1]})
    assert classify(bare, rules())["level"].to_list() == ["substandard"]


def test_no_loans_have_no_levels():
    assert classify(frame([]), rules()).is_empty()


LOAN = st.fixed_dictionaries({
    "dpd": st.integers(0, 500), "balance_fen": st.integers(0, 10**15 // 8), "retail": st.booleans(),
    "credit_impaired": st.booleans(), "loss_ppm": st.integers(0, 1_000_000), "enhanced": st.booleans(),
    "previous_level": st.sampled_from([None, *LEVELS]), "lowered_to": st.sampled_from([None, *LEVELS]),
    "raised_to": st.sampled_from([None, *LEVELS]),
    "paid_up_since": st.sampled_from([None, TODAY - timedelta(days=400), TODAY - timedelta(days=3)]),
    "restructured_on": st.sampled_from([None, TODAY - timedelta(days=30), TODAY - timedelta(days=800)]),
    "observation_met": st.sampled_from([None, True, False]), "evading": st.booleans(), "borrower_id": st.integers(0, 2),
})


def with_ids(loans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**loan, "loan_id": place, "as_of": TODAY} for place, loan in enumerate(loans)]


def ranks(judged: pl.DataFrame) -> list[int]:
    return [LEVELS.index(level) for level in judged["level"]]


@given(st.lists(LOAN, min_size=1, max_size=8), st.integers(1, 400), st.data())
def test_no_level_of_any_loan_gets_better_when_one_gets_later(loans, more, data):
    loans = with_ids(loans)
    place = data.draw(st.integers(0, len(loans) - 1))
    later = [{**loan, "dpd": loan["dpd"] + more} if loan["loan_id"] == place else loan for loan in loans]
    assert all(after >= before for before, after in zip(ranks(judge(loans)), ranks(judge(later)), strict=True))


@given(st.lists(LOAN, min_size=2, max_size=8), st.data())
def test_contagion_only_grows_with_what_is_bad(loans, data):
    """Lowering one loan by hand never betters another."""
    loans = with_ids(loans)
    place = data.draw(st.integers(0, len(loans) - 1))
    worse = [{**loan, "lowered_to": "loss"} if loan["loan_id"] == place else loan for loan in loans]
    assert all(after >= before for before, after in zip(ranks(judge(loans)), ranks(judge(worse)), strict=True))


@given(st.lists(LOAN, min_size=1, max_size=8))
def test_a_non_retail_debtor_is_never_left_with_more_than_a_tenth_bad_and_a_loan_that_is_not(loans):
    loans = with_ids(loans)
    judged = judge(loans)["level"].to_list()
    for borrower in {loan["borrower_id"] for loan in loans}:
        mine = [(loan, level) for loan, level in zip(loans, judged, strict=True) if loan["borrower_id"] == borrower]
        total = sum(loan["balance_fen"] for loan, _ in mine)
        own = sum(loan["balance_fen"] for loan, level in mine if level in BAD)
        free = [loan for loan, level in mine if level not in BAD and not loan["retail"] and not loan["enhanced"]]
        assert not free or own * 10 <= total


@given(st.lists(LOAN, min_size=1, max_size=8), st.randoms())
def test_the_order_of_loans_does_not_matter(loans, random):
    loans = with_ids(loans)
    shuffled = random.sample(loans, len(loans))
    assert judge(shuffled).sort("loan_id").equals(judge(loans))


@given(st.lists(LOAN, min_size=1, max_size=6))
def test_a_bad_loan_rises_above_bad_only_with_approval_and_proof(loans):
    loans = with_ids(loans)
    judged = judge(loans)["level"].to_list()
    for loan, level in zip(loans, judged, strict=True):
        if loan["previous_level"] in BAD and level not in BAD:
            assert loan["raised_to"] is not None and loan["dpd"] == 0
            assert loan["paid_up_since"] == TODAY - timedelta(days=400)
            assert not any(other["credit_impaired"] for other in loans if other["borrower_id"] == loan["borrower_id"])


def test_day_by_day_a_bad_loan_rises_on_the_day_that_approval_and_six_months_have_come():
    """Pays all on 2026-03-10 at substandard; approved on 2026-08-20; rises six months after it paid."""
    paid_on, approved_on, level, first = date(2026, 3, 10), date(2026, 8, 20), "normal", None
    for number in range(400):
        day = date(2025, 11, 1) + timedelta(days=number)
        late = day < paid_on
        loan = {"loan_id": 1, "borrower_id": 1, "as_of": day, "balance_fen": 1, "previous_level": level,
                "dpd": (day - date(2025, 11, 1)).days if late else 0, "paid_up_since": None if late else paid_on,
                "raised_to": "normal" if day >= approved_on else None}
        level = judge([loan], day)["level"].item()
        if first is None and day >= paid_on and level not in BAD:
            first = day
    assert (first, level) == (date(2026, 9, 10), "normal")


def test_day_by_day_without_approval_it_stays_bad_for_ever():
    level = "substandard"
    for number in range(0, 2000, 50):
        day = TODAY + timedelta(days=number)
        loan = {"loan_id": 1, "borrower_id": 1, "as_of": day, "balance_fen": 1, "previous_level": level, "dpd": 0,
                "paid_up_since": TODAY}
        level = judge([loan], day)["level"].item()
    assert level == "substandard"
