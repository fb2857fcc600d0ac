"""Whether a policy can be used by the rules: what a loader of dated values cannot know, each fault in words.

Run when policy files are read, so that a bank learns of a fault in its own file then, and not at day end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from qingshou.engine import classification, conduct, delinquency, paths, segments
from qingshou.policy import Policy, Rules

TARGETS = ("borrower", "guarantor", "contact")
Check = Callable[[Rules], Iterator[str]]


def problems(policy: Policy) -> list[str]:
    """The faults of a policy on any date, ``chapter.key: reason``, each once; a chapter that is not there is not asked."""
    found: dict[str, None] = {}
    for date in policy.dates():
        rules = policy.at(date)
        chapters = {rule.chapter for rule in rules}
        for chapter, check in CHECKS.items():
            if chapter in chapters:
                found.update(dict.fromkeys(_told(check, rules)))
    return list(found)


def _told(check: Check, rules: Rules) -> list[str]:
    try:
        return list(check(rules))
    except (KeyError, TypeError, AttributeError) as error:  # a missing rule or field, a value of another shape
        return [f"{check.__name__.lstrip('_')}: {error.args[0] if error.args else error}"]


def _one_of(rules: Rules, rule_id: str, allowed: tuple[str, ...]) -> Iterator[str]:
    if rules[rule_id] not in allowed:
        yield f"{rule_id}: must be one of {', '.join(allowed)}"


def _whole(rules: Rules, rule_id: str, *, least: int = 0, most: int | None = None) -> Iterator[str]:
    value = rules[rule_id]
    if not isinstance(value, int) or isinstance(value, bool) or value < least or (most is not None and value > most):
        yield f"{rule_id}: must be a whole number from {least}" + (f" to {most}" if most is not None else "")


def _delinquency(rules: Rules) -> Iterator[str]:
    yield from _one_of(rules, "delinquency.day_one", ("day_after_due", "due_day"))
    yield from _one_of(rules, "delinquency.grace_counts", ("none", "subtract", "delay"))
    yield from _one_of(rules, "delinquency.bucket", ("oldest", "instalment"))
    yield from _whole(rules, "delinquency.grace_days")
    table = rules["delinquency.stages"]
    if tuple(row["stage"] for row in table) != delinquency.STAGES:
        yield f"delinquency.stages: must list {', '.join(delinquency.STAGES)} in this order"
    days = [row["from"] for row in table]
    if days[:1] != [0] or days != sorted(set(days)):
        yield "delinquency.stages: days must begin at 0 and rise"


def _classification(rules: Rules) -> Iterator[str]:
    for key, bound in (("overdue", "over"), ("impairment", "loss_at_least_ppm")):
        rows = rules[f"classification.{key}"]
        yield from _levels(f"classification.{key}", rows)
        order = sorted(rows, key=lambda row: row[bound])
        ranks = [classification.LEVELS.index(row["level"]) for row in order if row["level"] in classification.LEVELS]
        if ranks != sorted(set(ranks)) or len({row[bound] for row in rows}) != len(rows):
            yield f"classification.{key}: levels must get worse as {bound} rises"
    yield from _levels("classification.grounds", rules.get("classification.grounds", []))
    for key in ("restructured_at_least", "restructured_again_at_least"):
        if f"classification.{key}" in rules:
            yield from _one_of(rules, f"classification.{key}", classification.LEVELS)
    if "classification.contagion_over_ppm" in rules:
        yield from _whole(rules, "classification.contagion_over_ppm", most=1_000_000)


def _levels(rule_id: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        if row["level"] not in classification.LEVELS:
            yield f"{rule_id}: unknown level {row['level']}"


def _provision(rules: Rules) -> Iterator[str]:
    rates = rules["provision.special"]
    if set(rates) != set(classification.LEVELS):
        yield f"provision.special: must give a rate for {', '.join(classification.LEVELS)}"
    if any(not 0 <= rate <= 1_000_000 for rate in rates.values()):
        yield "provision.special: rates must be from 0 to 1000000 ppm"


def _segments(rules: Rules) -> Iterator[str]:
    listed = [row["code"] for row in rules["segments.codes"]]
    table = rules["segments.table"]
    if len(set(listed)) != len(listed) or segments.UNCLASSIFIED not in listed:
        yield f"segments.codes: codes must differ and include {segments.UNCLASSIFIED}"
    for row in table:
        if row["code"] not in listed:
            yield f"segments.table: {row['code']} is not among the codes"
        for name, values in segments.INPUTS.items():
            if row[name] not in (*values, "*"):
                yield f"segments.table: {row['code']}: {name} cannot be {row[name]}"
    for full in product(*segments.INPUTS.values()):
        given = zip(segments.INPUTS, full, strict=True)
        if not any(all(row[name] in ("*", value) for name, value in zip(segments.INPUTS, full, strict=True)) for row in table):
            yield "segments.table: no row for " + ", ".join(f"{name} {value}" for name, value in given)
    known = paths.names(rules)
    for row in rules["segments.codes"]:
        if row["path"] not in known:
            yield f"segments.codes: {row['code']}: no path {row['path']}"
    for row in rules.get("segments.path_variants", []):
        for name in ("path", "becomes"):
            if row[name] not in known:
                yield f"segments.path_variants: no path {row[name]}"


def _paths(rules: Rules) -> Iterator[str]:
    for path in paths.names(rules):
        rule_id = f"paths.{path}"
        if len(path) > 24:
            yield f"{rule_id}: the path's name is longer than 24 characters"
        if rule_id not in rules:
            yield f"paths.paths: {path} has no steps ({rule_id} is missing)"
            continue
        steps = rules[rule_id]
        listed = [step["step"] for step in steps]
        if len(set(listed)) != len(listed):
            yield f"{rule_id}: two steps of the same name"
        for step in steps:
            yield from (f"{rule_id}: {step['step']}: {fault}" for fault in _step(step, listed))


def _step(step: dict[str, Any], listed: list[str]) -> Iterator[str]:
    if len(step["step"]) > 40 or len(step["title"]) > 120:
        yield "name or title is too long (40 and 120 characters)"
    if step["channel"] not in paths.CHANNELS:
        yield f"channel must be one of {', '.join(paths.CHANNELS)}"
    if step["target"] not in TARGETS:
        yield f"target must be one of {', '.join(TARGETS)}"
    if step.get("when", "overdue") not in paths.OCCASIONS:
        yield f"when must be one of {', '.join(paths.OCCASIONS)}"
    if step.get("after", "") and (step["after"] not in listed or step["after"] == step["step"]):
        yield f"after {step['after']}: no such step before it"
    if step["minutes"] <= 0 or step["from_day"] < 0 or step.get("to_day", step["from_day"]) < step["from_day"]:
        yield "minutes and days must not be negative, and to_day not before from_day"
    if unknown := set(step) - set(paths.STEP_FIELDS):
        yield f"unknown field {', '.join(sorted(unknown))}"


def _priority(rules: Rules) -> Iterator[str]:
    for key in ("collectible", "stage", "segment", "minutes"):
        if "other" not in rules[f"priority.{key}"]:
            yield f"priority.{key}: a value for other is missing"
    if min(rules["priority.minutes"].values()) <= 0:
        yield "priority.minutes: must be greater than 0"
    if not any(row["willingness"] == row["ability"] == "*" for row in rules["priority.contact_lift"]):
        yield "priority.contact_lift: a last row for all (*) is missing"


def _conduct(rules: Rules) -> Iterator[str]:
    for key in ("hours", "visit_hours"):
        window = rules.get(f"conduct.{key}")
        if window:
            try:
                good = conduct.clock(window["from"]) < conduct.clock(window["to"])
            except ValueError:
                good = False
            if not good:
                yield f"conduct.{key}: from and to must be times such as 08:00, from before to"
            for channel in set(window["channels"]) - {*conduct.CHANNELS, "*"}:
                yield f"conduct.{key}: unknown channel {channel}"
    for key in ("call_limit", "dial_limit"):
        limit = rules.get(f"conduct.{key}")
        if limit and (limit["counts"] not in ("answered", "unanswered", "all") or limit["per"] not in
                      ("party", "number", "debt") or limit["most"] < 0 or limit["days"] < 1):
            yield f"conduct.{key}: counts answered, unanswered or all; per party, number or debt; most from 0, days from 1"
    for row in rules["conduct.holds"]:
        for name, known in (("channels", conduct.CHANNELS), ("parties", conduct.PARTIES)):
            for value in set(row[name]) - {*known, "*"}:
                yield f"conduct.holds: {row['hold']}: unknown {name} {value}"


def _promises(rules: Rules) -> Iterator[str]:
    yield from _whole(rules, "promises.tolerance_fen")
    yield from _whole(rules, "promises.tolerance_ppm", most=1_000_000)
    yield from _whole(rules, "promises.partly_over_ppm", most=1_000_000)


def _affordability(rules: Rules) -> Iterator[str]:
    for key in ("debt_service_most_ppm", "debt_service_tight_ppm", "reserve_ppm"):
        yield from _whole(rules, f"affordability.{key}", most=1_000_000)


CHECKS: dict[str, Check] = {
    "delinquency": _delinquency, "classification": _classification, "provision": _provision, "segments": _segments,
    "paths": _paths, "priority": _priority, "conduct": _conduct, "promises": _promises, "affordability": _affordability,
}
