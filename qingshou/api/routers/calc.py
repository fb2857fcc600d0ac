"""Calculators over HTTP: open to anyone, since they read nothing but the input and the rules (V8)."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from qingshou.api.formats import Errors
from qingshou.calculators.refusals import InputRefused, Reason
from qingshou.calculators.registry import Calculator, calculate, calculators
from qingshou.store.policy import current_policy

router = Router(auth=None)
LONGEST = 2_000_000  # bytes of an input


@router.get("", response=list[dict[str, str]], url_name="calculators")
def index(request: HttpRequest) -> list[dict[str, str]]:
    """The calculators by name."""
    return [{"name": item.name, "title": str(item.title), "summary": str(item.summary)} for item in calculators().values()]


@router.get("/{name}", response={200: dict[str, Any], 404: Errors}, url_name="calculator_schema")
def schema(request: HttpRequest, name: str) -> dict[str, Any]:
    """JSON Schema of a calculator's input."""
    return _named(name).schema()


@router.post("/{name}", response={200: dict[str, Any], 404: Errors, 422: Errors}, url_name="calculate")
def compute(request: HttpRequest, name: str) -> dict[str, Any]:
    """Compute. The body is the input; answers what ``qingshou calc NAME`` prints."""
    calculator = _named(name)
    if len(request.body) > LONGEST:
        raise InputRefused([Reason("", _("输入超过 %(most)d 字节") % {"most": LONGEST})])
    try:
        values = json.loads(request.body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputRefused([Reason("", _("不是有效的 JSON（%(why)s）") % {"why": error})]) from None
    return calculate(calculator.name, values, current_policy())


def _named(name: str) -> Calculator:
    try:
        return calculators()[name]
    except KeyError:
        raise Http404 from None
