"""interest: the interest of one amount over one period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field

from qingshou.calculators.fields import BASIS_LABELS, Day, Input, Percent, Yuan, choices
from qingshou.calculators.registry import Calculator
from qingshou.engine import daycount, money
from qingshou.policy import Policy


class Interest(Input):
    principal: Yuan = Field(title=gettext_noop("本金（元）"))
    annual_rate: Percent = Field(title=gettext_noop("年利率（%）"))
    start: Day = Field(title=gettext_noop("起息日（算头）"))
    end: Day = Field(title=gettext_noop("止息日（不算尾）"))
    basis: Literal["actual/360", "actual/365", "30/360"] = Field(
        title=gettext_noop("计息基础"), json_schema_extra=choices(**BASIS_LABELS))

    judged_on = "start"

    def check(self) -> Iterator[tuple[str, str]]:
        if self.end < self.start:
            yield "end", _("不能早于 start")
        elif self.annual_rate * (self.end - self.start).days > money.MAX_FACTOR:
            yield "end", _("利率与天数之积过大，超出可精确计算的范围")


def interest(given: Interest, policy: Policy) -> dict[str, Any]:
    days, fen = daycount.interest(given.principal, given.annual_rate, given.start, given.end, given.basis)
    return {"days": days, "interest": money.format_yuan(fen)}


CALCULATORS = [
    Calculator(
        "interest", gettext_lazy("利息"), gettext_lazy("一笔金额在一段时间的利息：算头不算尾，四舍五入到分。"),
        Interest, interest,
        {"principal": "100000.00", "annual_rate": "10.8", "start": "2026-01-01", "end": "2026-03-02", "basis": "actual/360"},
        order=10),
]
