"""Bad input: refused by the field's name, in the user's language, never by a traceback."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qingshou.calculators.registry import InputRefused, calculate, calculators
from qingshou.policy import Policy
from qingshou.store.policy import current_policy

pytestmark = pytest.mark.django_db
STATEMENT = calculators()["statement"].example


def refused(name: str, values: Any) -> list[str]:
    with pytest.raises(InputRefused) as refusal:
        calculate(name, values, current_policy())
    return [problem.field for problem in refusal.value.problems]


@pytest.mark.parametrize("name", list(calculators()))
def test_a_missing_and_an_unknown_field_are_named(name):
    example = calculators()[name].example
    required = calculators()[name].schema()["required"]
    for field in required:
        assert refused(name, {key: value for key, value in example.items() if key != field}) == [field]
    assert refused(name, example | {"surprise": 1}) == ["surprise"]
    assert refused(name, {}) == required


@pytest.mark.parametrize(
    "value",
    [
        "-1.00",
        "1" * 20,
        "1" * 200,
        "1.001",
        "1,000.00",
        "abc",
        "",
        100,
        1.5,
        True,
        None,
        [],
        {},
        "NaN",
        "１００",
        "1e5",
        "0x1",
    ],
)
def test_an_amount_that_is_none_is_named(value):
    assert refused("interest", calculators()["interest"].example | {"principal": value}) == ["principal"]


@pytest.mark.parametrize(
    "value",
    [
        "2023-02-30",
        "2023-13-01",
        "2023-2-3",
        "20230203",
        "2023-W05-5",
        "03/02/2023",
        "",
        20230203,
        None,
        "1949-09-30",
        "2200-01-01",
        "2023-02-03T00:00",
    ],
)
def test_a_day_that_is_none_is_named(value):
    assert refused("interest", calculators()["interest"].example | {"start": value}) == ["start"]


@pytest.mark.parametrize("value", ["-7.2", "100.0001", "7.23456", "seven", "", 7.2, None])
def test_a_rate_that_is_none_is_named(value):
    assert refused("interest", calculators()["interest"].example | {"annual_rate": value}) == ["annual_rate"]


@pytest.mark.parametrize(
    ("name", "change", "fields"),
    [
        ("interest", {"end": "2025-12-31"}, ["end"]),
        ("interest", {"basis": "actual/366"}, ["basis"]),
        ("interest", {"annual_rate": "100", "start": "1950-01-01", "end": "2199-01-01"}, ["end"]),
        ("schedule", {"periods": 0}, ["periods"]),
        ("schedule", {"periods": 601}, ["periods"]),
        ("schedule", {"periods": "12"}, ["periods"]),
        ("schedule", {"periods": 12.0}, ["periods"]),
        ("schedule", {"periods": True}, ["periods"]),
        ("schedule", {"due_day": 32}, ["due_day"]),
        ("schedule", {"principal": "0.00"}, ["principal"]),
        ("schedule", {"method": "balloon"}, ["method"]),
        ("schedule", {"periods": 600, "months_per_period": 120}, ["periods"]),
        ("allocation", {"order": ["fee", "fee", "interest", "principal"]}, ["order"]),
        ("allocation", {"order": ["fee"]}, ["order", "order"]),
        ("allocation", {"order": []}, ["order"]),
        ("allocation", {"oldest_first": "yes"}, ["oldest_first"]),
        ("delinquency", {"as_of": "2026-11-31"}, ["as_of"]),
        ("segment", {"ability": "plenty"}, ["ability"]),
        ("classification", {"loans": []}, ["loans"]),
        ("schedule", {"method": "bullet", "annual_rate": "100", "periods": 400}, ["annual_rate"]),
        ("affordability", {"periods": 0}, ["periods"]),
        ("affordability", {"monthly_income": "-1.00"}, ["monthly_income"]),
    ],
)
def test_what_does_not_go_together_is_named(name, change, fields):
    assert refused(name, calculators()[name].example | change) == fields


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("loan", "maturity"), "2025-01-01", "loan.maturity"),
        (("loan", "principal"), "0.00", "loan.principal"),
        (("loan", "penalty_surcharge"), "101", "loan.penalty_surcharge"),
        (("loan", "settlement_day"), 0, "loan.settlement_day"),
        (("loan", "compound"), "daily", "loan.compound"),
        (("as_of",), "2024-12-31", "as_of"),
        (("events", 0, "date"), "2024-12-31", "events.0.date"),
        (("events", 0, "kind"), "gift", "events.0.kind"),
        (("events", 0, "amount"), "1" * 20, "events.0.amount"),
        (("events", 0, "rate"), "5", "events.0.rate"),
        (("events", 0, "note"), "x", "events.0.note"),
        (("order",), ["principal", "interest"], "order"),
        (("events",), "none", "events"),
        (("loan",), None, "loan"),
    ],
)
def test_a_fault_inside_a_statement_is_named_by_its_path(path, value, field):
    values = copy.deepcopy(STATEMENT)
    inner: Any = values
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert field in refused("statement", values)


def test_a_day_without_rules_is_refused_by_the_field_that_chooses_them():
    with pytest.raises(InputRefused) as refusal:
        calculate("delinquency", calculators()["delinquency"].example, Policy([]))
    assert [problem.field for problem in refusal.value.problems] == ["as_of"]


def test_an_event_lacks_what_its_kind_needs():
    for event, field in (({"kind": "repayment"}, "amount"), ({"kind": "rate_change"}, "rate")):
        assert refused("statement", STATEMENT | {"events": [{"date": "2026-01-02"} | event]}) == [f"events.0.{field}"]


def test_two_lines_of_one_id_are_refused():
    loans = [{"id": "A", "dpd": 0, "balance": "1.00"}] * 2
    assert refused("classification", {"loans": loans, "as_of": "2026-11-24"}) == ["loans"]


def test_a_refusal_speaks_the_users_language():
    for language, words in (("zh-hans", "金额不能为负"), ("en", "must not be negative")):
        with override(language), pytest.raises(InputRefused) as refusal:
            calculate("interest", calculators()["interest"].example | {"principal": "-1.00"}, current_policy())
        assert refusal.value.reasons[0].startswith("principal: ") and words in refusal.value.reasons[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(list(calculators())), st.data())
def test_whatever_stands_in_a_field_is_answered_or_refused(name, data):
    values = dict(calculators()[name].example)
    values[data.draw(st.sampled_from(sorted(values)))] = data.draw(JSON)
    try:
        assert isinstance(calculate(name, values, current_policy()), dict)
    except InputRefused as refusal:
        assert refusal.reasons
