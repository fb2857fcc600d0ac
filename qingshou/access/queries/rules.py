"""The rules in force on a day, by chapter, each with its history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from qingshou.access.permissions import require
from qingshou.access.rule_texts import value_text
from qingshou.policy import Policy, Rule
from qingshou.store.policy import current_policy

INLINE_CHARACTERS = 60  # a longer value opens below its line


@dataclass(frozen=True)
class RuleLine:
    """A rule as shown: its value as text, and all values that the key has or had, newest first."""

    rule: Rule
    value: str
    long: bool
    history: list[tuple[Rule, str, bool]]  # (rule, value, in force on the day)


def chapters(viewer: Any, day: date, *, text: str = "", only_doubtful: bool = False) -> dict[str, list[RuleLine]]:
    """Rules in force on *day* by chapter; *text* searches id, title, source and note."""
    require(viewer, "policy.view")
    policy = current_policy()
    found: dict[str, list[RuleLine]] = {}
    for rule in policy.rows(day):
        if only_doubtful and not rule.doubtful:
            continue
        if text and text.lower() not in " ".join((rule.id, rule.title, rule.source, rule.note)).lower():
            continue
        shown = value_text(rule.value, rule.key)
        found.setdefault(rule.chapter, []).append(
            RuleLine(rule, shown, len(shown) > INLINE_CHARACTERS or "\n" in shown, list(_history(policy, rule))))
    return found


def as_dict(rule: Rule) -> dict[str, Any]:
    """A rule for machines."""
    return {"id": rule.id, "title": rule.title, "value": rule.value, "effective_from": rule.effective_from.isoformat(),
            "effective_to": rule.effective_to.isoformat() if rule.effective_to else None, "source": rule.source,
            "confidence": rule.confidence, "to_be_confirmed": rule.doubtful, "note": rule.note, "origin": rule.origin}


def _history(policy: Policy, current: Rule) -> Iterator[tuple[Rule, str, bool]]:
    same = [rule for rule in policy.rules if rule.id == current.id]
    for rule in sorted(same, key=lambda rule: (rule.effective_from, rule.origin == "bank"), reverse=True):
        yield rule, value_text(rule.value, rule.key), rule is current
