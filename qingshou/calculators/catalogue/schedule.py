"""schedule: a repayment schedule by one of the four methods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field

from qingshou.calculators.fields import BASIS_LABELS, LATEST, Count, Day, Input, Percent, Yuan, choices
from qingshou.calculators.registry import Calculator
from qingshou.engine import schedule
from qingshou.engine.money import MAX_FACTOR, format_yuan
from qingshou.policy import Policy

METHOD_LABELS = {
    "equal_instalment": gettext_noop("等额本息"), "equal_principal": gettext_noop("等额本金"),
    "interest_only": gettext_noop("先息后本"), "bullet": gettext_noop("利随本清"),
}


class Schedule(Input):
    method: Literal["equal_instalment", "equal_principal", "interest_only", "bullet"] = Field(
        title=gettext_noop("还款方式"), json_schema_extra=choices(**METHOD_LABELS))
    principal: Yuan = Field(title=gettext_noop("本金（元）"))
    annual_rate: Percent = Field(title=gettext_noop("年利率（%）"))
    start: Day = Field(title=gettext_noop("起息日"))
    periods: Annotated[Count, Field(ge=1, le=schedule.MAX_PERIODS)] = Field(title=gettext_noop("期数"))
    months_per_period: Annotated[Count, Field(ge=1, le=120)] = Field(default=1, title=gettext_noop("每期月数"))
    due_day: Annotated[Count, Field(ge=1, le=31)] | None = Field(
        default=None, title=gettext_noop("还款日（默认同起息日）"))
    basis: Literal["actual/360", "actual/365", "30/360"] | None = Field(
        default=None, title=gettext_noop("计息基础（默认按月计）"), json_schema_extra=choices(**BASIS_LABELS))

    judged_on = "start"

    def check(self) -> Iterator[tuple[str, str]]:
        if not self.principal:
            yield "principal", _("须大于 0")
        if self.start.year + (self.start.month + self.periods * self.months_per_period) // 12 > LATEST.year:
            yield "periods", _("最后一期超出 %(latest)s") % {"latest": LATEST}
        longest = self.months_per_period * (self.periods if self.method == "bullet" else 1) * 31
        if self.annual_rate * longest > MAX_FACTOR:
            yield "annual_rate", _("利率与天数之积过大，超出可精确计算的范围")


def plan(given: Schedule) -> pl.DataFrame:
    """The schedule's rows of the engine."""
    return schedule.build(pl.DataFrame({
        "loan_id": [1], "method": [given.method], "principal_fen": [given.principal], "rate_ppm": [given.annual_rate],
        "start": [given.start], "periods": [given.periods], "months_per_period": [given.months_per_period],
        "due_day": [given.due_day], "basis": [given.basis],
    }, schema_overrides={"due_day": pl.Int64, "basis": pl.String}))


def compute(given: Schedule, policy: Policy) -> dict[str, Any]:
    rows = plan(given)
    return {
        "rows": [{
            "number": row["number"], "due": row["due"].isoformat(), "principal": format_yuan(row["principal_fen"]),
            "interest": format_yuan(row["interest_fen"]), "payment": format_yuan(row["payment_fen"]),
            "balance": format_yuan(row["balance_fen"]),
        } for row in rows.iter_rows(named=True)],
        "total_interest": format_yuan(int(rows["interest_fen"].sum())),
    }


CALCULATORS = [
    Calculator(
        "schedule", gettext_lazy("还款计划"),
        gettext_lazy("等额本息、等额本金、先息后本、利随本清；本金合计分毫不差，尾差归末期。"),
        Schedule, compute,
        {"method": "equal_instalment", "principal": "100000.00", "annual_rate": "7.2", "start": "2026-01-15", "periods": 12},
        order=20),
]
