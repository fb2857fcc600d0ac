"""The China pack: what the law says, as a reader of the law would check it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest

from qingshou.policy import Policy, load
from qingshou.policy.loader import PACKS

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load()


@pytest.mark.parametrize(("rule_id", "value", "source"), [
    ("interest.penalty_surcharge_range", {"least_ppm": 300_000, "most_ppm": 500_000}, "银发〔2003〕251号"),
    ("interest.misuse_surcharge_range", {"least_ppm": 500_000, "most_ppm": 1_000_000}, "银发〔2003〕251号"),
    ("interest.compound_rate_in_term", "contract", "银发〔1999〕77号"),
    ("interest.compound_on_penalty", False, "审判实践"),
    ("interest.day_count", "actual/360", "银发〔2005〕129号"),
    ("interest.settlement_day", 20, "银发〔1999〕77号"),
    ("interest.charges_cap_ppm", 240_000, "法发〔2017〕22号"),
    ("allocation.order", ["fee", "compound", "penalty", "interest", "principal"], "民法典第561条"),
    ("allocation.non_accrual_after_days", 90, "金融企业会计制度"),
    ("classification.contagion_over_ppm", 100_000, "〔2023〕第1号"),
    ("classification.elsewhere_overdue_over_ppm", 200_000, "〔2023〕第1号"),
    ("classification.observation_months", 12, "〔2023〕第1号"),
    ("classification.restructured_at_least", "special_mention", "〔2023〕第1号"),
    ("classification.restructured_again_at_least", "substandard", "〔2023〕第1号"),
    ("classification.upgrade_paid_up", {"periods": 2, "months": 6}, "〔2023〕第1号"),
    ("provision.special", {"normal": 10_000, "special_mention": 20_000, "substandard": 250_000, "doubtful": 500_000,
                           "loss": 1_000_000}, "银发〔2002〕98号"),
    ("provision.coverage_least_ppm", 1_500_000, "银监会令2011年第4号"),
    ("provision.loan_provision_least_ppm", 25_000, "银监会令2011年第4号"),
    ("provision.npl_ratio_most_ppm", 50_000, "核心指标"),
    ("conduct.hours", {"from": "08:00", "to": "22:00", "channels": ["call", "message", "visit"]}, "GB/T 45251-2025"),
    ("conduct.call_limit", {"channel": "call", "counts": "answered", "per": "party", "most": 3, "days": 1},
     "GB/T 45251-2025"),
    ("conduct.dial_limit", {"channel": "call", "counts": "unanswered", "per": "number", "most": 6, "days": 1}, "银行业协会"),
    ("conduct.contact_after_failed_attempts", 3, "银行业协会"),
    ("conduct.visit_staff_least", 2, "银行做法"),
    ("conduct.recording_years", 5, "消费金融公司管理办法"),
    ("conduct.complaint_answer", {"workdays": 15, "complex_days": 30, "most_days": 60}, "消费投诉处理管理办法"),
    ("conduct.hardship_instalments_most", 60, "第七十条"),
    ("conduct.examination_months", 12, "GB/T 45251-2025"),
])
def test_the_value_in_force_and_its_source(policy, rule_id, value, source):
    rule = policy.at(TODAY).rule(rule_id)
    assert rule.value == value
    assert source in rule.source


def test_levels_by_days_overdue_and_by_expected_loss(policy):
    rules = policy.at(TODAY)
    assert {row["level"]: row["over"] for row in rules["classification.overdue"]} == {
        "special_mention": 7, "substandard": 90, "doubtful": 270, "loss": 360}
    assert {row["level"]: row["loss_at_least_ppm"] for row in rules["classification.impairment"]} == {
        "substandard": 0, "doubtful": 500_000, "loss": 900_000}


@pytest.mark.parametrize(("rule_id", "begins"), [
    ("classification.overdue", date(2023, 7, 1)), ("classification.contagion_over_ppm", date(2023, 7, 1)),
    ("conduct.call_limit", date(2025, 2, 28)), ("conduct.dial_limit", date(2026, 1, 30)),
    ("interest.penalty_surcharge_range", date(2004, 1, 1)), ("interest.day_count", date(2005, 9, 21)),
    ("interest.charges_cap_ppm", date(2017, 8, 4)), ("allocation.order", date(2021, 1, 1)),
])
def test_a_rule_begins_on_the_day_of_its_law(policy, rule_id, begins):
    assert policy.at(begins).rule(rule_id).effective_from == begins
    before = policy.at(begins - timedelta(days=1))
    assert rule_id not in before or before.rule(rule_id).effective_to == begins


@pytest.mark.parametrize("rule_id", [
    "classification.impairment", "classification.restructured_at_least", "interest.charges_cap_ppm", "conduct.visit_hours",
    "conduct.dial_limit", "interest.compound_on_penalty", "allocation.non_accrual_after_days", "priority.contact_lift",
    "segments.table", "paths.small_default", "affordability.debt_service_most_ppm", "delinquency.grace_days"])
def test_what_counsel_has_yet_to_confirm_is_flagged(policy, rule_id):
    assert policy.at(TODAY).rule(rule_id).doubtful


@pytest.mark.parametrize("rule_id", ["classification.overdue", "classification.contagion_over_ppm", "conduct.hours",
                                     "provision.special", "interest.penalty_surcharge_range", "allocation.order"])
def test_what_is_well_established_is_not_flagged(policy, rule_id):
    assert not policy.at(TODAY).rule(rule_id).doubtful


def test_every_rule_has_a_chinese_title_and_a_source(policy):
    for rule in policy.rules:
        assert re.search(r"[\u4e00-\u9fff]", rule.title), rule.id
        assert rule.source.strip() and rule.origin == "china"


# What began with its law, or is only watched: absent before.
SINCE_ITS_LAW = re.compile(
    r"classification\.(contagion|elsewhere|grounds|observation|restructured)"
    r"|conduct\.((call|dial)_limit|never|examination|agency|complaint|hardship)"
    r"|interest\.(penalty_surcharge|misuse_surcharge|charges_cap)|provision\.(coverage|loan_prov|npl)")
OF_TODAY = ("casework", "contact", "reconciliation")  # chapters about work that is done now


def test_old_ledgers_can_be_derived_every_rule_that_is_needed_reaches_back(policy):
    needed = {rule.id for rule in policy.rules if not SINCE_ITS_LAW.match(rule.id) and rule.chapter not in OF_TODAY}
    for day in (date(1949, 10, 1), date(1993, 7, 1), date(2006, 1, 1)):
        assert needed <= {rule.id for rule in policy.at(day)}


def test_no_day_is_left_between_two_values_of_a_rule(policy):
    by_id: dict[str, list] = {}
    for rule in policy.rules:
        by_id.setdefault(rule.id, []).append(rule)
    for rule_id, values in by_id.items():
        for earlier, later in pairwise(values):
            assert earlier.effective_to == later.effective_from, rule_id
        assert values[-1].effective_to is None, rule_id


def test_each_chapter_is_described_in_the_guide():
    guide = (PACKS.parents[1] / "docs" / "policy.md").read_text(encoding="utf-8")
    for path in (PACKS / "china").glob("*.toml"):
        assert f"`{path.stem}`" in guide, path.stem
