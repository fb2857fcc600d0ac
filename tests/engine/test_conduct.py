"""The conduct guard's judgement (C3)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshou.engine import conduct
from qingshou.engine.conduct import Outreach
from qingshou.engine.reasons import describe
from tests.engine.policies import pack, rules
from tests.engine.tables import cases, each, oracle

BEIJING = timezone(timedelta(hours=8))


def ask(case: dict[str, Any]) -> conduct.Decision:
    given = {name: value for name, value in case.items() if name not in ("name", "allowed", "says", "next", "history")}
    history = [Outreach(channel, at, party, answered) for at, channel, party, answered in case.get("history", [])]
    return conduct.judge(**{"party": "borrower", **given}, history=history, rules=rules(case["at"].date()))


@each("conduct")
def test_one_outreach(case):
    decision = ask(case)
    assert decision.allowed is case["allowed"]
    assert [reason["code"] for reason in json.loads(decision.reasons)] == case["says"]
    if case["allowed"]:
        assert decision.next_allowed_at == case["at"]
    else:
        assert decision.next_allowed_at == case.get("next")


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in oracle("conduct.json")["cases"]])
def test_the_rules_of_three_countries(case):
    history = [Outreach("call", datetime.fromisoformat(at), party, answered, debt)
               for at, party, answered, debt in case["history"]]
    at = datetime.fromisoformat(case["at"])
    decision = conduct.judge(
        channel="call", at=at, party=case["party"], history=history, debt=case.get("debt", "A"),
        debtor_unreachable=case.get("unreachable", False), party_refused=case.get("refused", False),
        rules=pack(case["pack"]).at(at.date()))
    assert decision.allowed is case["allow"]


def test_every_refusal_and_condition_names_a_rule_with_its_source_and_has_words():
    for case in cases("conduct"):
        decision, in_force = ask(case), rules(case["at"].date())
        for told in describe(decision.reasons, in_force) + describe(decision.conditions, in_force):
            assert told["source"] and "%(" not in told["text"] and told["text"] != told["code"]


def test_whoever_calls_says_who_he_is_and_a_contact_is_only_asked_where_the_debtor_is():
    call = json.loads(ask({"channel": "call", "at": datetime(2026, 11, 24, 9, tzinfo=BEIJING), "party": "contact",
                           "debtor_unreachable": True}).conditions)
    assert [item["code"] for item in call] == ["identify", "record", "trace_only"]


@pytest.mark.parametrize(("changed", "complaint"), [
    ({"at": datetime(2026, 11, 24, 9)}, "zone"), ({"channel": "telex"}, "channel"), ({"party": "uncle"}, "party")])  # noqa: DTZ001
def test_what_cannot_be_judged_is_refused(changed, complaint):
    given = {"channel": "call", "at": datetime(2026, 11, 24, 9, tzinfo=BEIJING), "party": "borrower", **changed}
    with pytest.raises(ValueError, match=complaint):
        conduct.judge(**given, rules=rules())


MOMENT = st.integers(0, 60 * 24 * 4).map(lambda minutes: datetime(2026, 11, 22, tzinfo=BEIJING) + timedelta(minutes=minutes))
CHANNEL, PARTY = st.sampled_from(conduct.CHANNELS), st.sampled_from(conduct.PARTIES)
HISTORY = st.lists(st.builds(Outreach, CHANNEL, MOMENT, PARTY, st.booleans()), max_size=14)
HOLDS = st.lists(st.sampled_from(["complaint", "death", "lawyer", "consent"]), max_size=2)


@given(CHANNEL, MOMENT, PARTY, HISTORY, HOLDS, st.booleans(), st.randoms())
def test_the_order_of_history_and_holds_does_not_matter(channel, at, party, history, holds, lost, random):
    def decide(known, held):
        return conduct.judge(channel=channel, at=at, party=party, history=known, holds=held, staff_present=2,
                             debtor_unreachable=lost, rules=rules())
    assert decide(history, holds) == decide(random.sample(history, len(history)), holds[::-1])


@given(CHANNEL, MOMENT, PARTY, HISTORY, HOLDS, st.booleans())
def test_the_next_moment_named_is_allowed_and_reasons_agree_with_the_answer(channel, at, party, history, holds, lost):
    history = [item for item in history if item.at <= at]

    def decide(moment):
        return conduct.judge(channel=channel, at=moment, party=party, history=history, holds=holds, staff_present=2,
                             debtor_unreachable=lost, rules=rules())
    decision = decide(at)
    assert decision.allowed is (json.loads(decision.reasons) == [])
    if decision.next_allowed_at is not None:
        assert decision.next_allowed_at >= at
        assert decide(decision.next_allowed_at).allowed


@given(MOMENT, HISTORY, st.sampled_from(["borrower", "guarantor"]))
def test_another_call_that_was_answered_never_makes_a_call_allowed(at, history, party):
    def decide(known):
        return conduct.judge(channel="call", at=at, party=party, history=known, rules=rules()).allowed
    more = [*history, Outreach("call", at - timedelta(minutes=1), party, True)]
    assert decide(more) <= decide(history)


@given(CHANNEL, MOMENT, PARTY, HISTORY, HOLDS, st.sampled_from(["complaint", "death", "lawyer", "consent", "bankruptcy"]))
def test_another_hold_never_makes_an_obligor_reachable(channel, at, party, history, holds, more):
    def decide(held):
        return conduct.judge(channel=channel, at=at, party=party, history=history, holds=held, staff_present=2,
                             rules=rules()).allowed
    if party != "contact":  # death opens the way to a contact, to find the heirs
        assert decide([*holds, more]) <= decide(holds)
