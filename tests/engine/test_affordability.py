"""Affordability (V8)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshou.engine.affordability import afford, instalment_fen, largest_principal_fen
from qingshou.engine.money import format_percent, format_yuan, parse_percent, parse_yuan
from tests.engine.policies import rules
from tests.engine.tables import each


@each("affordability")
def test_one_household(case):
    found = afford(monthly_income_fen=parse_yuan(case["income"]), other_debt_service_fen=parse_yuan(case["other"]),
                   living_cost_fen=parse_yuan(case["living"]), principal_fen=parse_yuan(case["principal"]),
                   rate_ppm=parse_percent(case["rate"]), periods=case["periods"], rules=rules())
    assert format_yuan(found.payment_fen) == case["payment"]
    ratio = found.debt_service_ratio_ppm
    assert (format_percent(ratio) if ratio is not None else None) == case.get("ratio")
    assert (format_yuan(found.residual_fen), found.verdict) == (case["residual"], case["verdict"])
    assert [reason["code"] for reason in json.loads(found.reasons)] == case["says"]


MONEY = st.integers(0, 10**9)
RATE, PERIODS = st.integers(0, 240_000), st.integers(1, 360)


def verdict(income, other, living, principal, rate, periods):
    return afford(monthly_income_fen=income, other_debt_service_fen=other, living_cost_fen=living, principal_fen=principal,
                  rate_ppm=rate, periods=periods, rules=rules())


@given(MONEY, MONEY, MONEY, RATE, PERIODS)
def test_the_largest_affordable_principal_can_be_carried_and_a_yuan_a_month_more_cannot(income, other, living, rate, periods):
    largest = verdict(income, other, living, 0, rate, periods).largest_affordable_fen
    assert largest % 100 == 0
    if largest:
        assert verdict(income, other, living, largest, rate, periods).verdict != "beyond"
    assert verdict(income, other, living, largest + periods * 100 + 100, rate, periods).verdict == "beyond"


@given(st.integers(1, 10**9), RATE, PERIODS)
def test_the_largest_principal_of_an_instalment_is_the_last_one_that_fits(payment, rate, periods):
    largest = largest_principal_fen(payment, rate, periods)
    assert instalment_fen(largest, rate, periods) <= payment
    assert instalment_fen(largest + 100, rate, periods) > payment


ORDER = {"comfortable": 0, "tight": 1, "beyond": 2}


@given(MONEY, MONEY, MONEY, MONEY, RATE, PERIODS, st.integers(1, 10**8))
def test_more_debt_is_never_easier_to_carry(income, other, living, principal, rate, periods, more):
    before = verdict(income, other, living, principal, rate, periods).verdict
    assert ORDER[verdict(income, other + more, living, principal, rate, periods).verdict] >= ORDER[before]
    assert ORDER[verdict(income, other, living, principal + more, rate, periods).verdict] >= ORDER[before]


@pytest.mark.parametrize("changed", [{"principal_fen": -1}, {"monthly_income_fen": -1}, {"periods": 0}, {"periods": 601}])
def test_what_cannot_be_is_refused(changed):
    given = {"monthly_income_fen": 1, "other_debt_service_fen": 0, "living_cost_fen": 0, "principal_fen": 1, "rate_ppm": 0,
             "periods": 12, **changed}
    with pytest.raises(ValueError, match=r"negative|periods"):
        afford(**given, rules=rules())
