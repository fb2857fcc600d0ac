"""Whether a policy can be used: a bank learns of a fault in its own file when it is read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from qingshou.engine.policy_check import problems
from qingshou.policy import Policy
from tests.engine.policies import pack, rules


def changed(rule_id: str, value: Any) -> Policy:
    return Policy([replace(rule, value=value) if rule.id == rule_id else rule for rule in pack().rules])


def table(rule_id: str, place: int, **fields: Any) -> Policy:
    """The pack with fields of one row of a table changed."""
    value = [{**row, **fields} if number == place else row for number, row in enumerate(rules()[rule_id])]
    return changed(rule_id, value)


@pytest.mark.parametrize("name", ["china", "united_states", "india"])
def test_the_packs_that_are_shipped_have_no_fault(name):
    assert problems(pack(name)) == []


@pytest.mark.parametrize(("policy", "told"), [
    (changed("delinquency.day_one", "yesterday"), "delinquency.day_one: must be one of day_after_due, due_day"),
    (changed("delinquency.grace_days", -1), "delinquency.grace_days: must be a whole number"),
    (changed("delinquency.grace_days", True), "delinquency.grace_days: must be a whole number"),
    (table("delinquency.stages", 2, **{"from": 1}), "delinquency.stages: days must begin at 0 and rise"),
    (table("delinquency.stages", 2, stage="soon"), "delinquency.stages: must list current"),
    (table("classification.overdue", 1, over=7), "classification.overdue: levels must get worse"),
    (table("classification.overdue", 1, level="bad"), "classification.overdue: unknown level bad"),
    (changed("classification.contagion_over_ppm", 1_000_001), "classification.contagion_over_ppm: must be a whole number"),
    (changed("provision.special", {"normal": 1}), "provision.special: must give a rate for"),
    (changed("segments.table", rules()["segments.table"][:-1]), "segments.table: no row for business_state write_off, "
     "ability none, willingness lost_contact, guarantee weak"),
    (table("segments.table", 0, code="Z9"), "segments.table: Z9 is not among the codes"),
    (table("segments.table", 0, ability="rich"), "segments.table: A1: ability cannot be rich"),
    (table("segments.codes", 0, path="nowhere"), "segments.codes: A1: no path nowhere"),
    (table("segments.path_variants", 0, becomes="nowhere"), "segments.path_variants: no path nowhere"),
    (changed("paths.paths", [*rules()["paths.paths"], {"path": "shop", "title": "店"}]), "shop has no steps"),
    (table("paths.small_default", 0, channel="fax"), "paths.small_default: first_visit: channel must be one of"),
    (table("paths.small_default", 0, target="neighbour"), "paths.small_default: first_visit: target must be one of"),
    (table("paths.small_default", 0, after="never"), "paths.small_default: first_visit: after never: no such step"),
    (table("paths.small_default", 1, to_day=0), "paths.small_default: early_call: minutes and days"),
    (table("paths.small_default", 1, everyday=1), "paths.small_default: early_call: unknown field everyday"),
    (table("paths.small_default", 1, step="first_visit"), "paths.small_default: two steps of the same name"),
    (changed("priority.minutes", {"other": 0}), "priority.minutes: must be greater than 0"),
    (changed("priority.collectible", {"none": 0}), "priority.collectible: a value for other is missing"),
    (changed("priority.contact_lift", []), "priority.contact_lift: a last row for all"),
    (changed("conduct.hours", {"from": "8 am", "to": "22:00", "channels": ["call"]}), "conduct.hours: from and to"),
    (changed("conduct.hours", {"from": "22:00", "to": "08:00", "channels": ["call"]}), "conduct.hours: from and to"),
    (changed("conduct.hours", {"from": "08:00", "to": "22:00", "channels": ["fax"]}), "conduct.hours: unknown channel fax"),
    (changed("conduct.call_limit", {"channel": "call", "counts": "some", "per": "party", "most": 3, "days": 1}),
     "conduct.call_limit: counts answered"),
    (table("conduct.holds", 0, parties=["uncle"]), "conduct.holds: complaint: unknown parties uncle"),
    (changed("promises.tolerance_fen", "1.00"), "promises.tolerance_fen: must be a whole number"),
    (changed("affordability.reserve_ppm", 2_000_000), "affordability.reserve_ppm: must be a whole number from 0 to 1000000"),
    (changed("classification.overdue", 90), "classification: "),  # another shape altogether
])
def test_a_fault_is_told_with_its_rule(policy, told):
    assert any(told in problem for problem in problems(policy)), problems(policy)


def test_a_fault_on_many_dates_is_told_once():
    found = problems(changed("delinquency.day_one", "yesterday"))
    assert len(found) == len(set(found)) == 1
