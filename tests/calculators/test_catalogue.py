"""What the calculators answer: the worked examples of the law, and each rule by a case that shows it."""

from __future__ import annotations

from typing import Any

import pytest

from qingshou.calculators.registry import calculate, calculators
from qingshou.store.policy import current_policy

pytestmark = pytest.mark.django_db

LOAN = {
    "principal": "100000.00",
    "annual_rate": "7.2",
    "penalty_surcharge": "50",
    "basis": "actual/360",
    "start": "2025-01-01",
    "maturity": "2026-01-01",
    "compound": "none",
}


def calc(name: str, values: dict[str, Any]) -> dict[str, Any]:
    return calculate(name, values, current_policy())


def statement(
    events: list[dict[str, Any]] | None = None, as_of: str = "2026-03-02", order: list[str] | None = None, **terms: Any
) -> dict[str, Any]:
    given = {"loan": LOAN | terms, "events": events or [], "as_of": as_of}
    return calc("statement", given if order is None else given | {"order": order})


def lines(made: dict[str, Any], kind: str) -> list[tuple[str, str, int, str, str, str]]:
    return [
        (line["start"], line["end"], line["days"], line["base"], line["rate"], line["amount"])
        for line in made["segments"]
        if line["kind"] == kind
    ]


@pytest.mark.parametrize("name", list(calculators()))
def test_the_example_on_each_page_computes(name):
    assert calc(name, calculators()[name].example)


@pytest.mark.parametrize(
    ("principal", "basis", "start", "end", "days", "interest"),
    [
        ("100000.00", "actual/360", "2026-01-01", "2026-03-02", 60, "1800.00"),
        ("7300.00", "actual/360", "2026-01-01", "2026-03-02", 60, "131.40"),
        ("100000.00", "actual/365", "2026-01-01", "2026-03-02", 60, "1775.34"),
        ("100000.00", "30/360", "2026-01-31", "2026-03-31", 60, "1800.00"),
        ("100000.00", "actual/360", "2024-02-28", "2024-02-28", 0, "0.00"),
        ("100000.00", "actual/360", "2024-02-28", "2024-02-29", 1, "30.00"),
        ("0.01", "actual/360", "2026-01-01", "2027-01-01", 365, "0.00"),
        ("0.05", "actual/360", "2026-01-01", "2027-01-01", 365, "0.01"),
    ],
)
def test_interest_counts_the_first_day_and_not_the_last(principal, basis, start, end, days, interest):
    assert calc(
        "interest", {"principal": principal, "annual_rate": "10.8", "start": start, "end": end, "basis": basis}
    ) == {"days": days, "interest": interest}


def test_a_bullet_loan_bears_contract_interest_to_maturity_and_the_penalty_rate_after_it():
    made = statement()
    assert lines(made, "interest") == [("2025-01-01", "2026-01-01", 365, "100000.00", "7.2", "7300.00")]
    assert lines(made, "penalty") == [("2026-01-01", "2026-03-02", 60, "100000.00", "10.8", "1800.00")]
    assert made["balances"] == {
        "principal": "100000.00",
        "interest": "7300.00",
        "penalty": "1800.00",
        "compound": "0.00",
        "fees": "0.00",
    }
    assert (made["total"], made["unapplied"], made["notes"]) == ("109100.00", "0.00", [])


def test_unpaid_interest_bears_the_contract_rate_to_maturity_and_the_penalty_rate_after_it():
    made = statement(compound="quarterly")
    assert [line[0] for line in lines(made, "interest")] == [
        "2025-01-01",
        "2025-03-21",
        "2025-06-21",
        "2025-09-21",
        "2025-12-21",
    ]
    assert lines(made, "compound") == [
        ("2025-03-21", "2025-06-21", 92, "1580.00", "7.2", "29.07"),
        ("2025-06-21", "2025-09-21", 92, "3420.00", "7.2", "62.93"),
        ("2025-09-21", "2025-12-21", 91, "5260.00", "7.2", "95.73"),
        ("2025-12-21", "2026-01-01", 11, "7080.00", "7.2", "15.58"),
        ("2026-01-01", "2026-03-02", 60, "7300.00", "10.8", "131.40"),
    ]


def test_interest_paid_when_it_falls_due_bears_none():
    made = statement(
        [{"date": "2025-03-21", "kind": "repayment", "amount": "1580.00"}], as_of="2025-06-01", compound="quarterly"
    )
    assert lines(made, "compound") == [] and made["balances"]["interest"] == "1440.00"


@pytest.mark.parametrize(
    ("day", "first"), [(None, "2025-01-21"), (20, "2025-01-21"), (25, "2025-01-26"), (31, "2025-02-01")]
)
def test_interest_falls_due_the_day_after_the_settlement_day(day, first):
    terms = {"compound": "monthly"} | ({} if day is None else {"settlement_day": day})
    assert lines(statement(as_of="2025-02-10", **terms), "interest")[0][:2] == ("2025-01-01", first)


def test_of_two_surcharges_the_heavier_applies_alone():
    assert lines(statement(misuse_surcharge="100"), "penalty") == [
        ("2026-01-01", "2026-03-02", 60, "100000.00", "14.4", "2400.00")
    ]
    assert lines(statement(misuse_surcharge="50", penalty_surcharge="40"), "penalty")[0][4] == "10.8"


def test_a_rate_change_opens_a_new_line_before_and_after_maturity():
    made = statement(
        [
            {"date": "2025-07-01", "kind": "rate_change", "rate": "6"},
            {"date": "2026-02-01", "kind": "rate_change", "rate": "5"},
        ]
    )
    assert lines(made, "interest") == [
        ("2025-01-01", "2025-07-01", 181, "100000.00", "7.2", "3620.00"),
        ("2025-07-01", "2026-01-01", 184, "100000.00", "6", "3066.67"),
    ]
    assert lines(made, "penalty") == [
        ("2026-01-01", "2026-02-01", 31, "100000.00", "9", "775.00"),
        ("2026-02-01", "2026-03-02", 29, "100000.00", "7.5", "604.17"),
    ]


def test_a_repayment_pays_costs_then_interest_then_principal():
    made = statement(
        [
            {"date": "2026-01-31", "kind": "fee", "amount": "200.00"},
            {"date": "2026-01-31", "kind": "repayment", "amount": "50000.00"},
        ]
    )
    assert made["payments"] == [
        {
            "date": "2026-01-31",
            "kind": "repayment",
            "fee": "200.00",
            "compound": "0.00",
            "penalty": "900.00",
            "interest": "7300.00",
            "principal": "41600.00",
            "unapplied": "0.00",
        }
    ]
    assert lines(made, "penalty")[1] == ("2026-01-31", "2026-03-02", 30, "58400.00", "10.8", "525.60")
    assert made["total"] == "58925.60"


def test_another_order_pays_principal_first():
    made = statement(
        [{"date": "2026-01-31", "kind": "repayment", "amount": "50000.00"}],
        order=["principal", "fee", "compound", "penalty", "interest"],
    )
    assert made["payments"][0]["principal"] == "50000.00" and made["balances"]["interest"] == "7300.00"


def test_a_repayment_before_maturity_pays_accrued_interest_then_principal():
    made = statement([{"date": "2025-07-01", "kind": "repayment", "amount": "23620.00"}], as_of="2026-01-01")
    assert (made["payments"][0]["interest"], made["payments"][0]["principal"]) == ("3620.00", "20000.00")
    assert lines(made, "interest")[1] == ("2025-07-01", "2026-01-01", 184, "80000.00", "7.2", "2944.00")


def test_more_than_is_owed_is_held_and_shown():
    made = statement([{"date": "2026-03-02", "kind": "repayment", "amount": "109200.00"}])
    assert (made["total"], made["unapplied"]) == ("0.00", "100.00")


def test_a_waiver_reaches_no_further_than_the_fee_and_says_so():
    made = statement(
        [
            {"date": "2026-01-05", "kind": "fee", "amount": "30.00"},
            {"date": "2026-01-06", "kind": "fee_waiver", "amount": "50.00"},
        ]
    )
    assert made["balances"]["fees"] == "0.00" and "第 2 项" in made["notes"][0]["text"]


def test_a_surcharge_outside_the_law_is_computed_and_said():
    made = statement(penalty_surcharge="80")
    assert made["notes"][0]["rule"] == "interest.penalty_surcharge_range" and "251" in made["notes"][0]["source"]


def test_events_after_the_date_do_not_count_and_order_of_entry_does_not_matter():
    events = [
        {"date": "2026-02-01", "kind": "repayment", "amount": "5000.00"},
        {"date": "2026-01-31", "kind": "fee", "amount": "10.00"},
        {"date": "2026-04-01", "kind": "repayment", "amount": "1.00"},
    ]
    assert statement(events)["balances"] == statement(events[::-1])["balances"] == statement(events[:2])["balances"]


def test_balances_are_the_lines_less_the_payments():
    made = statement([{"date": "2026-02-01", "kind": "repayment", "amount": "5000.00"}], compound="monthly")
    for kind in ("interest", "penalty", "compound"):
        fen = [round(float(line["amount"]) * 100) for line in made["segments"] if line["kind"] == kind]
        paid = round(float(made["payments"][0][kind]) * 100)
        assert round(float(made["balances"][kind]) * 100) == sum(fen) - paid


@pytest.mark.parametrize(
    ("method", "payments", "interest"),
    [
        ("equal_instalment", ["33734.13", "33734.13", "33734.14"], "1202.40"),
        ("equal_principal", ["33933.33", "33733.33", "33533.34"], "1200.00"),
        ("interest_only", ["600.00", "600.00", "100600.00"], "1800.00"),
        ("bullet", ["101800.00"], "1800.00"),
    ],
)
def test_schedules_of_the_four_methods(method, payments, interest):
    made = calc(
        "schedule", {"method": method, "principal": "100000.00", "annual_rate": "7.2", "start": "2026-01-31", "periods": 3}
    )
    assert [row["payment"] for row in made["rows"]] == payments and made["total_interest"] == interest
    assert made["rows"][-1]["due"] == "2026-04-30" and made["rows"][-1]["balance"] == "0.00"


def test_a_schedule_by_days_and_due_day():
    made = calc(
        "schedule",
        {
            "method": "interest_only",
            "principal": "100000.00",
            "annual_rate": "7.2",
            "start": "2026-01-10",
            "periods": 2,
            "months_per_period": 3,
            "due_day": 20,
            "basis": "actual/360",
        },
    )
    assert [(row["due"], row["interest"]) for row in made["rows"]] == [("2026-04-20", "2000.00"), ("2026-07-20", "1820.00")]


DUES = [
    {"id": "p1", "kind": "principal", "due": "2026-01-21", "amount": "1000.00"},
    {"id": "i2", "kind": "interest", "due": "2026-02-21", "amount": "30.00"},
    {"id": "i1", "kind": "interest", "due": "2026-01-21", "amount": "20.00"},
    {"id": "c1", "kind": "compound", "due": "2026-02-21", "amount": "1.00"},
    {"id": "n1", "kind": "penalty", "due": "2026-02-21", "amount": "5.00"},
    {"id": "f1", "kind": "fee", "due": "2026-03-01", "amount": "50.00"},
]


@pytest.mark.parametrize(
    ("amount", "fields", "paid", "unapplied"),
    [
        (
            "1200.00",
            {},
            [("f1", "50.00"), ("c1", "1.00"), ("n1", "5.00"), ("i1", "20.00"), ("i2", "30.00"), ("p1", "1000.00")],
            "94.00",
        ),
        ("70.00", {}, [("f1", "50.00"), ("c1", "1.00"), ("n1", "5.00"), ("i1", "14.00")], "0.00"),
        ("70.00", {"oldest_first": False}, [("f1", "50.00"), ("c1", "1.00"), ("n1", "5.00"), ("i2", "14.00")], "0.00"),
        ("70.00", {"order": ["principal", "interest", "fee", "compound", "penalty"]}, [("p1", "70.00")], "0.00"),
        ("0.00", {}, [], "0.00"),
    ],
)
def test_allocation_goes_by_kind_then_by_age(amount, fields, paid, unapplied):
    made = calc("allocation", {"amount": amount, "dues": DUES} | fields)
    assert [(line["id"], line["amount"]) for line in made["paid"]] == paid and made["unapplied"] == unapplied


@pytest.mark.parametrize(
    ("days", "stage"),
    [
        (0, "current"),
        (1, "early"),
        (5, "early"),
        (6, "middle"),
        (18, "middle"),
        (19, "late"),
        (28, "late"),
        (29, "m2"),
        (60, "m2"),
        (61, "m3"),
        (90, "m3"),
        (91, "d91_180"),
        (180, "d91_180"),
        (181, "d181_270"),
        (270, "d181_270"),
        (271, "d271_360"),
        (360, "d271_360"),
        (361, "d361_plus"),
    ],
)
def test_the_due_date_is_day_zero(days, stage):
    from datetime import date, timedelta

    due = date(2026, 11, 24) - timedelta(days=days)
    assert calc("delinquency", {"oldest_unpaid_due": due.isoformat(), "as_of": "2026-11-24"}) == {
        "dpd": days,
        "stage": stage,
    }


@pytest.mark.parametrize("due", [None, "2026-12-01"])
def test_what_is_not_yet_due_is_not_late(due):
    assert calc("delinquency", {"oldest_unpaid_due": due, "as_of": "2026-11-24"}) == {"dpd": 0, "stage": "current"}


def levels(*loans: dict[str, Any], as_of: str = "2026-11-24", **fields: Any) -> list[str]:
    numbered = [{"id": str(place), "dpd": 0, "balance": "100000.00"} | loan for place, loan in enumerate(loans)]
    return [loan["level"] for loan in calc("classification", {"loans": numbered, "as_of": as_of} | fields)["loans"]]


@pytest.mark.parametrize(
    ("loan", "level"),
    [
        ({"dpd": 0}, "normal"),
        ({"dpd": 7}, "normal"),
        ({"dpd": 8}, "special_mention"),
        ({"dpd": 90}, "special_mention"),
        ({"dpd": 91}, "substandard"),
        ({"dpd": 271}, "doubtful"),
        ({"dpd": 361}, "loss"),
        ({"credit_impaired": True}, "substandard"),
        ({"credit_impaired": True, "investment_shortfall": "50000.00"}, "doubtful"),
        ({"credit_impaired": True, "investment_shortfall": "90000.00"}, "loss"),
        ({"investment_shortfall": "60000.00"}, "doubtful"),
        ({"credit_impaired": False, "investment_shortfall": "60000.00"}, "normal"),
        ({"investment_shortfall": "1000.00"}, "normal"),
        ({"restructured_on": "2026-06-01"}, "special_mention"),
        ({"restructured_on": "2025-06-01", "restructure_observation_met": True}, "normal"),
        ({"restructured_on": "2025-06-01", "restructure_observation_met": False}, "special_mention"),
    ],
)
def test_a_level_and_what_calls_for_it(loan, level):
    assert levels(loan) == [level]


def test_over_ten_percent_bad_drags_the_rest_along_unless_retail():
    bad, rest = {"dpd": 100, "balance": "10000.00"}, {"balance": "90000.00"}
    assert levels(bad, rest) == ["substandard", "normal"]  # 10.0 % is not over
    assert levels(bad | {"balance": "10000.01"}, rest) == ["substandard", "substandard"]
    assert levels(bad | {"balance": "50000.00"}, rest, retail=True) == ["substandard", "normal"]


def test_each_level_has_its_reasons_with_their_source():
    (loan,) = calc("classification", {"loans": [{"id": "A", "dpd": 100, "balance": "1.00"}], "as_of": "2026-11-24"})[
        "loans"
    ]
    assert loan["reasons"][0]["rule"] == "classification.overdue" and "风险分类办法" in loan["reasons"][0]["source"]


def test_all_findings_lead_to_a_segment_or_say_what_is_missing():
    from itertools import product

    found = set()
    for state, ability, willingness, guarantee in product(
        ("normal", "difficulty", "ceased", "fraud", "write_off"),
        ("sufficient", "partial", "none", "unknown"),
        ("willing", "unwilling", "lost_contact", "unknown"),
        ("effective", "weak"),
    ):
        made = calc(
            "segment", {"business_state": state, "ability": ability, "willingness": willingness, "guarantee": guarantee}
        )
        found.add(made["code"])
        assert (made["code"] == "unclassified") == bool(made["missing"])
        assert set(made["missing"]) <= {
            name for name, value in (("ability", ability), ("willingness", willingness)) if value == "unknown"
        }
    assert len(found - {"unclassified"}) == 22


def test_affordability_tells_the_instalment_the_ratio_and_the_most():
    made = calc(
        "affordability",
        {
            "monthly_income": "8000.00",
            "other_debt_service": "1200.00",
            "living_cost": "2500.00",
            "principal": "80000.00",
            "annual_rate": "7.2",
            "periods": 36,
        },
    )
    assert made["payment"] == "2477.49" and made["residual"] == "1822.51"
    most = calc(
        "affordability",
        {
            "monthly_income": "8000.00",
            "other_debt_service": "1200.00",
            "living_cost": "2500.00",
            "principal": made["largest_affordable"],
            "annual_rate": "7.2",
            "periods": 36,
        },
    )
    assert most["verdict"] != "beyond"
