"""delinquency: days past due and the stage they make."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field

from qingshou.calculators.fields import Day, Input
from qingshou.calculators.registry import Calculator
from qingshou.engine import delinquency
from qingshou.policy import Policy


class Delinquency(Input):
    oldest_unpaid_due: Day | None = Field(title=gettext_noop("最早未还的应还日（无欠款为空）"))
    as_of: Day = Field(title=gettext_noop("截至日"))


def compute(given: Delinquency, policy: Policy) -> dict[str, Any]:
    rules = policy.at(given.as_of)
    frame = pl.DataFrame({"oldest": [given.oldest_unpaid_due]}, schema={"oldest": pl.Date}).select(
        dpd=delinquency.dpd(pl.col("oldest"), given.as_of, rules))
    row = frame.with_columns(stage=delinquency.stage(pl.col("dpd"), rules)).row(0, named=True)
    return {"dpd": row["dpd"], "stage": row["stage"]}


CALCULATORS = [
    Calculator(
        "delinquency", gettext_lazy("逾期天数与阶段"), gettext_lazy("应还日当日为第 0 天，次日为第 1 天；给出逾期阶段。"),
        Delinquency, compute, {"oldest_unpaid_due": "2026-10-21", "as_of": "2026-11-24"}, order=50),
]
