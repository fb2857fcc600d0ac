"""Pages of the calculators: the list, and one form with its result for each."""

from __future__ import annotations

import json
import shlex
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qingshou.calculators import forms, results
from qingshou.calculators.refusals import InputRefused, Reason
from qingshou.calculators.registry import Calculator, calculate, calculators
from qingshou.store.policy import current_policy
from qingshou.web import slots

PERMISSION = "calculators.use"
LONGEST_JSON = 1_000_000


def _require(request: HttpRequest) -> None:
    may = slots.first("shell.may")
    if may is not None and not may(request.user, PERMISSION):
        raise PermissionDenied


@require_http_methods(["GET", "HEAD"])
def index(request: HttpRequest) -> HttpResponse:
    """All calculators with what each is for."""
    _require(request)
    return render(request, "calculators/index.html", {"active": "calculators", "calculators": calculators().values()})


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One calculator: the example at first, then what was filled in, with the result or the reasons beside the fields."""
    _require(request)
    try:
        calculator = calculators()[name]
    except KeyError:
        raise Http404 from None
    context: dict[str, Any] = {"active": "calculators", "calculator": calculator, "json_input": None}
    if request.method == "POST":
        context |= _answer(calculator, request)
    elif "blank" in request.GET:
        context |= _form(calculator, {})
    else:
        context |= _compute(calculator, calculator.example)
    template = "calculators/work.html" if request.headers.get("HX-Request") else "calculators/show.html"
    return render(request, template, context)


def _answer(calculator: Calculator, request: HttpRequest) -> dict[str, Any]:
    schema = calculator.schema()
    if "as_json" in request.POST:
        text = request.POST.get("json", "")[:LONGEST_JSON]
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            reason = Reason("JSON", _("不是有效的 JSON（%(why)s）") % {"why": error})
            return {**_form(calculator, {}, [reason]), "json_input": text}
        return _compute(calculator, values)
    values = forms.read(schema, request.POST, drop=request.POST.get("drop", ""))
    if "drop" in request.POST:
        return _form(calculator, values)
    added = request.POST.get("add", "")
    if added:
        return _form(calculator, _with_row(values, added.split(".")))
    return _compute(calculator, values)


def _with_row(values: dict[str, Any], path: list[str]) -> dict[str, Any]:
    """The values with one more, empty row at the end of the list at *path*."""
    head, *rest = path
    if rest:
        return {**values, head: _with_row(values.get(head) or {}, rest)}
    return {**values, head: [*(values.get(head) or []), {}]}


def _form(calculator: Calculator, values: Any, problems: list[Reason] | None = None) -> dict[str, Any]:
    made, loose = forms.controls(calculator.schema(), values, problems or [])
    return {"controls": made, "loose": loose, "refused": bool(problems),
            "input": json.dumps(values, ensure_ascii=False, indent=1)}


def _compute(calculator: Calculator, values: Any) -> dict[str, Any]:
    try:
        result = calculate(calculator.name, values, current_policy())
    except InputRefused as error:
        return _form(calculator, values, error.problems)
    line = json.dumps(values, ensure_ascii=False)
    return {**_form(calculator, values), "blocks": results.blocks(result),
            "output": json.dumps(result, ensure_ascii=False, indent=1),
            "command": f"echo {shlex.quote(line)} | qingshou calc {calculator.name}"}
