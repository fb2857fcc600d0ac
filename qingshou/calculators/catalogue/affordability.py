"""affordability: what a household can carry of a loan's equal monthly instalments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field

from qingshou.calculators.fields import Count, Input, Percent, Yuan
from qingshou.calculators.registry import Calculator
from qingshou.engine import affordability
from qingshou.engine.money import format_percent, format_yuan
from qingshou.engine.reasons import describe
from qingshou.engine.schedule import MAX_PERIODS
from qingshou.policy import Policy


class Affordability(Input):
    monthly_income: Yuan = Field(title=gettext_noop("月收入（元）"))
    other_debt_service: Yuan = Field(title=gettext_noop("其他债务月还款（元）"))
    living_cost: Yuan = Field(title=gettext_noop("月生活开支（元）"))
    principal: Yuan = Field(title=gettext_noop("本金（元）"))
    annual_rate: Percent = Field(title=gettext_noop("年利率（%）"))
    periods: Annotated[Count, Field(ge=1, le=MAX_PERIODS)] = Field(title=gettext_noop("期数（月）"))

    judged_on = "monthly_income"

    def check(self) -> Iterator[tuple[str, str]]:
        if not self.principal:
            yield "principal", _("须大于 0")


def compute(given: Affordability, policy: Policy) -> dict[str, Any]:
    rules = policy.at(timezone.localdate())
    found = affordability.afford(
        monthly_income_fen=given.monthly_income, other_debt_service_fen=given.other_debt_service,
        living_cost_fen=given.living_cost, principal_fen=given.principal, rate_ppm=given.annual_rate,
        periods=given.periods, rules=rules)
    ratio = found.debt_service_ratio_ppm
    return {
        "payment": format_yuan(found.payment_fen),
        "debt_service_ratio": None if ratio is None else format_percent(ratio),
        "residual": format_yuan(found.residual_fen),
        "verdict": found.verdict,
        "largest_affordable": format_yuan(found.largest_affordable_fen),
        "reasons": [{"rule": reason["rule"], "text": reason["text"], "source": reason["source"]}
                    for reason in describe(found.reasons, rules, translate=_)],
    }


CALCULATORS = [
    Calculator(
        "affordability", gettext_lazy("偿债能力"),
        gettext_lazy("按等额本息月供测算偿债比、每月剩余，以及同样条件下最多可负担的本金。"),
        Affordability, compute,
        {"monthly_income": "8000.00", "other_debt_service": "1200.00", "living_cost": "2500.00", "principal": "80000.00",
         "annual_rate": "7.2", "periods": 36},
        order=80),
]
