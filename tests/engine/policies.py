"""Policies for rule tests: the pack as shipped, and the pack with some values changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from qingshou.policy import Policy, Rules, load

TODAY = date(2026, 11, 24)


@lru_cache
def pack(name: str = "china") -> Policy:
    return load(pack=name)


def rules(day: date = TODAY, **changed: Any) -> Rules:
    """The shipped rules on a day, with values changed by id (``delinquency__day_one="due_day"``)."""
    if not changed:
        return pack().at(day)
    by_id = {key.replace("__", "."): value for key, value in changed.items()}
    unknown = set(by_id) - {rule.id for rule in pack().rules}
    assert not unknown, f"no rule {unknown}"
    return Policy([replace(rule, value=by_id[rule.id]) if rule.id in by_id else rule for rule in pack().rules]).at(day)
