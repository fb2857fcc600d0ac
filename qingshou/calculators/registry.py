"""The one registry of calculators: a page, a command and an API call are the same function."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from qingshou.calculators import fields
from qingshou.policy import Policy


class InputRefused(ValueError):
    """The input cannot be computed; ``reasons`` are for the user, each naming its field."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Calculator:
    """A named computation. ``compute`` gets the validated input and the policy; its result is JSON-ready."""

    name: str
    title: Any  # lazy text
    summary: Any
    input: type[fields.Input]
    compute: Callable[[Any, Policy], dict[str, Any]]
    example: dict[str, Any]
    order: int = 50

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the input."""
        return self.input.model_json_schema()


@lru_cache(maxsize=1)
def calculators() -> dict[str, Calculator]:
    """All calculators by name, in the order they are shown."""
    from qingshou.calculators import catalogue

    found = []
    for module in pkgutil.iter_modules(catalogue.__path__):
        found.extend(importlib.import_module(f"{catalogue.__name__}.{module.name}").CALCULATORS)
    return {item.name: item for item in sorted(found, key=lambda item: (item.order, item.name))}


def calculate(name: str, values: Any, policy: Policy) -> dict[str, Any]:
    """Run a calculator on plain JSON values. KeyError for an unknown name, InputRefused for a bad input."""
    calculator = calculators()[name]
    try:
        given = calculator.input.model_validate(values)
        return calculator.compute(given, policy)
    except ValidationError as error:
        raise InputRefused(fields.explain(error)) from None
    except OverflowError:
        raise InputRefused([fields._("数值过大，超出可精确计算的范围")]) from None
