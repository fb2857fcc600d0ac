"""The one registry of calculators: a page, a command and an API call are the same function."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from qingshou.calculators.fields import Input
from qingshou.calculators.refusals import InputRefused, Reason, explain
from qingshou.policy import Policy
from qingshou.policy.loader import NotInForce

__all__ = ["Calculator", "InputRefused", "calculate", "calculators"]


@dataclass(frozen=True)
class Calculator:
    """A named computation. ``compute`` gets the validated input and the policy; its result is JSON-ready."""

    name: str
    title: Any  # lazy text
    summary: Any
    input: type[Input]
    compute: Callable[[Any, Policy], dict[str, Any]]
    example: dict[str, Any]
    order: int = 50

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the input; titles and labels in the language of the moment."""
        schema = _translated(self.input.model_json_schema())
        return {**schema, "title": str(self.title), "description": str(self.summary), "examples": [self.example]}


def _translated(node: Any, within: str = "") -> Any:
    if isinstance(node, dict):
        return {key: _(value) if (key == "title" or within == "labels") and isinstance(value, str) and value
                else _translated(value, key) for key, value in node.items() if key != "description"}
    return [_translated(item) for item in node] if isinstance(node, list) else node


@lru_cache(maxsize=1)
def calculators() -> dict[str, Calculator]:
    """All calculators by name, in the order they are shown."""
    from qingshou.calculators import catalogue

    found: list[Calculator] = []
    for module in pkgutil.iter_modules(catalogue.__path__):
        found.extend(importlib.import_module(f"{catalogue.__name__}.{module.name}").CALCULATORS)
    return {item.name: item for item in sorted(found, key=lambda item: (item.order, item.name))}


def calculate(name: str, values: Any, policy: Policy) -> dict[str, Any]:
    """Run a calculator on plain JSON values. KeyError for an unknown name, InputRefused for a bad input."""
    calculator = calculators()[name]
    try:
        given = calculator.input.model_validate(values)
        problems = [Reason(field, why) for field, why in given.check()]
        if problems:
            raise InputRefused(problems)
        return calculator.compute(given, policy)
    except ValidationError as error:
        raise InputRefused(explain(error)) from None
    except NotInForce as error:
        raise InputRefused([Reason(calculator.input.judged_on, _("%(date)s 尚无可适用的规则 %(rule)s")
                                   % {"date": error.date, "rule": error.rule_id})]) from None
    except OverflowError:
        raise InputRefused([Reason("", _("数值过大，超出可精确计算的范围"))]) from None
