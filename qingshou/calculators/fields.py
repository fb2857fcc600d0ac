"""How calculators read money, rates and dates, and how they say what is wrong with an input.

Money arrives as a string of yuan and becomes int fen; a rate as a string of percent a year and becomes int ppm.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from qingshou.engine import money

EARLIEST, LATEST = date(1949, 10, 1), date(2199, 12, 31)


def _yuan(value: Any) -> int:
    if not isinstance(value, str):
        raise PydanticCustomError("money_text", "money_text")
    try:
        fen = money.parse_yuan(value)
    except ValueError as error:
        raise PydanticCustomError("money", "{why}", {"why": str(error)}) from None
    if fen < 0:
        raise PydanticCustomError("money_negative", "money_negative")
    return fen


def _percent(value: Any) -> int:
    if not isinstance(value, str):
        raise PydanticCustomError("rate_text", "rate_text")
    try:
        ppm = money.parse_percent(value)
    except ValueError as error:
        raise PydanticCustomError("rate", "{why}", {"why": str(error)}) from None
    if ppm < 0:
        raise PydanticCustomError("rate_negative", "rate_negative")
    return ppm


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("date_text", "date_text")
    try:
        day = date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise PydanticCustomError("date_impossible", "date_impossible")
    if not EARLIEST <= day <= LATEST:
        raise PydanticCustomError("date_range", "date_range")
    return day


Yuan = Annotated[int, BeforeValidator(_yuan), PlainSerializer(money.format_yuan),
                 WithJsonSchema({"type": "string", "description": "yuan with two decimals", "examples": ["100000.00"]})]
Percent = Annotated[int, BeforeValidator(_percent), PlainSerializer(money.format_percent),
                    WithJsonSchema({"type": "string", "description": "percent a year", "examples": ["7.2"]})]
Day = Annotated[date, BeforeValidator(_day),
                WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-24"]})]


class Input(BaseModel):
    """Every calculator's input: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=200)


def explain(error: ValidationError) -> list[str]:
    """What is wrong, one reason a line, each beginning with the field's name."""
    reasons = []
    for item in error.errors(include_url=False, include_input=False):
        where = ".".join(str(part) for part in item["loc"] if not str(part).startswith("function-")) or _("输入")
        reasons.append(f"{where}: {_reason(item)}")
    return reasons


def _reason(item: Any) -> str:
    context = item.get("ctx") or {}
    fixed = {
        "missing": _("缺少此项"),
        "extra_forbidden": _("没有这个字段"),
        "money_text": _("金额须写成字符串，例如 \"100000.00\""),
        "money_negative": _("金额不能为负"),
        "rate_text": _("利率须写成字符串，例如 \"7.2\""),
        "rate_negative": _("利率不能为负"),
        "date_text": _("日期须写成 YYYY-MM-DD"),
        "date_impossible": _("没有这一天，日期须写成 YYYY-MM-DD"),
        "date_range": _("日期超出 1949-10-01 至 2199-12-31"),
        "json_invalid": _("不是有效的 JSON"),
        "bool_type": _("须为 true 或 false"), "bool_parsing": _("须为 true 或 false"),
        "list_type": _("须为列表"), "dict_type": _("须为对象"), "model_type": _("须为对象"),
        "string_type": _("须为字符串"), "int_type": _("须为整数"), "int_parsing": _("须为整数"),
        "int_from_float": _("须为整数"),
    }
    kind = item["type"]
    if kind in fixed:
        return fixed[kind]
    if kind in ("money", "rate", "refused"):
        return str(context["why"])
    if kind in ("literal_error", "enum"):
        return _("只能是 %(expected)s 之一") % {"expected": context.get("expected", "")}
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        bound = context.get("ge", context.get("le", context.get("gt", context.get("lt"))))
        sign = {"greater_than_equal": "≥", "less_than_equal": "≤", "greater_than": ">", "less_than": "<"}[kind]
        return _("须 %(sign)s %(bound)s") % {"sign": sign, "bound": bound}
    if kind in ("too_short", "too_long"):
        return _("项数不合要求：%(actual)s") % {"actual": context.get("actual_length", "")}
    return str(item["msg"])


def refuse(why: str) -> PydanticCustomError:
    """An error for model validators: *why* is shown to the user as it is."""
    return PydanticCustomError("refused", "{why}", {"why": why})
