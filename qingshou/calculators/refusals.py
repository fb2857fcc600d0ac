"""How calculators say what is wrong with an input: by the field's name, in the user's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from pydantic import ValidationError


class Reason(NamedTuple):
    """What is wrong with a field; ``field`` is a path such as ``events.0.amount``, '' for the whole input."""

    field: str
    why: str

    def __str__(self) -> str:
        return f"{self.field or _('输入')}: {self.why}"


class InputRefused(ValueError):
    """The input cannot be computed; ``reasons`` are for the user, each naming its field."""

    def __init__(self, problems: list[Reason]) -> None:
        self.problems = problems
        self.reasons = [str(problem) for problem in problems]
        super().__init__("\n".join(self.reasons))


def explain(error: ValidationError) -> list[Reason]:
    """What is wrong with each field."""
    return explain_items(error.errors(include_url=False, include_input=False))


def explain_items(items: Sequence[Any], *, skip: int = 0) -> list[Reason]:
    """The same of pydantic's list of errors; *skip* leading parts of a path are not the user's (``body``, a parameter)."""
    return [Reason(".".join(str(part) for part in item["loc"][skip:] or item["loc"][-1:]), _why(item)) for item in items]


def _texts() -> dict[str, str]:
    return {
        "missing": _("缺少此项"),
        "extra_forbidden": _("没有这个字段"),
        "money_text": _("金额须写成字符串，例如 \"100000.00\""),
        "money_empty": _("金额为空"),
        "money_not_a_number": _("不是金额，须写成元、至多两位小数，例如 \"100000.00\""),
        "money_decimals": _("金额至多两位小数"),
        "money_too_large": _("金额过大，不得超过 10000000000000.00 元"),
        "money_negative": _("金额不能为负"),
        "rate_text": _("比率须写成字符串，例如 \"7.2\" 表示 7.2%"),
        "rate_empty": _("比率为空"),
        "rate_not_a_number": _("不是比率，须写成百分数、至多四位小数，例如 \"7.2\""),
        "rate_decimals": _("百分数至多四位小数"),
        "rate_too_large": _("不得超过 100%"),
        "rate_negative": _("比率不能为负"),
        "date_text": _("日期须写成字符串，例如 \"2026-11-24\""),
        "date_impossible": _("没有这一天，日期须写成 YYYY-MM-DD"),
        "date_range": _("日期超出 1949-10-01 至 2199-12-31"),
        "bool_type": _("须为 true 或 false"),
        "list_type": _("须为列表"),
        "dict_type": _("须为对象"), "model_type": _("须为对象"), "model_attributes_type": _("须为对象"),
        "string_type": _("须为字符串"),
        "int_type": _("须为整数"), "int_from_float": _("须为整数"), "int_parsing": _("须为整数"),
    }


def _why(item: Any) -> str:
    kind, context = item["type"], item.get("ctx") or {}
    texts = _texts()
    if kind in texts:
        return texts[kind]
    if kind in ("literal_error", "enum"):
        expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        return _("只能是 %(expected)s 之一") % {"expected": expected}
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        bound = context.get("ge", context.get("le", context.get("gt", context.get("lt"))))
        sign = {"greater_than_equal": "≥", "less_than_equal": "≤", "greater_than": ">", "less_than": "<"}[kind]
        return _("须 %(sign)s %(bound)s") % {"sign": sign, "bound": bound}
    if kind.startswith("date_"):
        return texts["date_impossible"]
    if kind == "too_short":
        return _("至少 %(count)s 项") % {"count": context.get("min_length", "")}
    if kind == "too_long":
        return _("至多 %(count)s 项") % {"count": context.get("max_length", "")}
    if kind == "string_too_short":
        return _("不能为空")
    if kind == "string_too_long":
        return _("至多 %(count)s 个字") % {"count": context.get("max_length", "")}
    return str(item["msg"])
