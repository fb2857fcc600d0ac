"""classification: the five-level class of a borrower's loans, with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field

from qingshou.calculators.fields import Count, Day, Flag, Id, Input, Part, Yuan
from qingshou.calculators.registry import Calculator
from qingshou.engine import classification
from qingshou.engine.money import MAX_FEN, PPM
from qingshou.engine.reasons import describe
from qingshou.policy import Policy, Rules


class ClassifiedLoan(Part):
    id: Id = Field(title=gettext_noop("编号"))
    dpd: Annotated[Count, Field(ge=0, le=36500)] = Field(title=gettext_noop("逾期天数"))
    balance: Yuan = Field(title=gettext_noop("余额（元）"))
    credit_impaired: Flag | None = Field(default=None, title=gettext_noop("已发生信用减值"))
    restructured_on: Day | None = Field(default=None, title=gettext_noop("重组后首个还款日"))
    restructure_observation_met: Flag | None = Field(default=None, title=gettext_noop("观察期内按约还款"))
    investment_shortfall: Yuan | None = Field(default=None, title=gettext_noop("预期损失（元）"))


class Classification(Input):
    loans: list[ClassifiedLoan] = Field(title=gettext_noop("同一借款人的贷款"), min_length=1, max_length=5000)
    as_of: Day = Field(title=gettext_noop("截至日"))
    retail: Flag = Field(default=False, title=gettext_noop("零售贷款（逐笔认定，不按借款人归并）"))

    def check(self) -> Iterator[tuple[str, str]]:
        for name, count in Counter(loan.id for loan in self.loans).items():
            if count > 1:
                yield "loans", _("编号 %(id)s 出现 %(count)s 次") % {"id": name, "count": count}
        if sum(loan.balance for loan in self.loans) > MAX_FEN:
            yield "loans", _("合计超出可精确计算的范围")


def compute(given: Classification, policy: Policy) -> dict[str, Any]:
    rules = policy.at(given.as_of)
    losses = [_loss_ppm(loan) for loan in given.loans]
    frame = pl.DataFrame({
        "loan_id": range(len(given.loans)), "borrower_id": [0] * len(given.loans), "retail": [given.retail] * len(given.loans),
        "as_of": [given.as_of] * len(given.loans), "dpd": [loan.dpd for loan in given.loans],
        "balance_fen": [loan.balance for loan in given.loans], "loss_ppm": losses,
        "credit_impaired": [_impaired(loan, loss, rules) for loan, loss in zip(given.loans, losses, strict=True)],
        "restructured_on": [loan.restructured_on for loan in given.loans],
        "observation_met": [loan.restructure_observation_met for loan in given.loans],
    }, schema_overrides={"loan_id": pl.Int64, "loss_ppm": pl.Int64, "credit_impaired": pl.Boolean,
                         "restructured_on": pl.Date, "observation_met": pl.Boolean})
    rows = classification.classify(frame, rules)
    return {"loans": [{
        "id": given.loans[row["loan_id"]].id, "level": row["level"],
        "reasons": [{"rule": reason["rule"], "text": reason["text"], "source": reason["source"]}
                    for reason in describe(row["reasons"], rules, translate=_)],
    } for row in rows.iter_rows(named=True)]}


def _loss_ppm(loan: ClassifiedLoan) -> int | None:
    """The expected loss as a part of the balance, never above the whole."""
    if loan.investment_shortfall is None:
        return None
    if loan.investment_shortfall >= loan.balance:
        return PPM if loan.investment_shortfall else 0
    return loan.investment_shortfall * PPM // loan.balance


def _impaired(loan: ClassifiedLoan, loss_ppm: int | None, rules: Rules) -> bool | None:
    """As stated; where nothing is stated, an expected loss that alone calls for doubtful is an impairment."""
    if loan.credit_impaired is not None or loss_ppm is None:
        return loan.credit_impaired
    bounds = [row["loss_at_least_ppm"] for row in rules["classification.impairment"] if row["loss_at_least_ppm"]]
    return bool(bounds) and loss_ppm >= min(bounds)


CALCULATORS = [
    Calculator(
        "classification", gettext_lazy("五级分类"),
        gettext_lazy("按逾期天数、减值、重组观察期与借款人归并认定五级分类，逐条列出依据。"),
        Classification, compute,
        {"loans": [{"id": "A", "dpd": 120, "balance": "50000.00"}, {"id": "B", "dpd": 0, "balance": "200000.00"}],
         "as_of": "2026-11-24"},
        order=60),
]
