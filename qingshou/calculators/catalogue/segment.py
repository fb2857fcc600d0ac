"""segment: the segment that a finding leads to, and what is missing for one."""

from __future__ import annotations

from typing import Any, Literal

import polars as pl
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field

from qingshou.calculators.fields import Input, choices
from qingshou.calculators.registry import Calculator
from qingshou.engine import segments
from qingshou.policy import Policy


class Segment(Input):
    business_state: Literal["normal", "difficulty", "ceased", "fraud", "write_off"] = Field(
        title=gettext_noop("经营状态"), json_schema_extra=choices(
            normal=gettext_noop("正常经营"), difficulty=gettext_noop("经营困难"), ceased=gettext_noop("停止经营"),
            fraud=gettext_noop("涉嫌骗贷"), write_off=gettext_noop("需要报损")))
    ability: Literal["sufficient", "partial", "none", "unknown"] = Field(
        title=gettext_noop("还款能力"), json_schema_extra=choices(
            sufficient=gettext_noop("足够"), partial=gettext_noop("部分"), none=gettext_noop("没有"),
            unknown=gettext_noop("不明")))
    willingness: Literal["willing", "unwilling", "lost_contact", "unknown"] = Field(
        title=gettext_noop("还款意愿"), json_schema_extra=choices(
            willing=gettext_noop("愿还"), unwilling=gettext_noop("不愿"), lost_contact=gettext_noop("失联"),
            unknown=gettext_noop("不明")))
    guarantee: Literal["effective", "weak"] = Field(
        title=gettext_noop("担保条件"), json_schema_extra=choices(
            effective=gettext_noop("有效"), weak=gettext_noop("薄弱")))

    judged_on = "business_state"


def compute(given: Segment, policy: Policy) -> dict[str, Any]:
    rules = policy.at(timezone.localdate())
    row = segments.segment(pl.DataFrame([given.model_dump()]), rules).row(0, named=True)
    names = {code.code: code.name for code in segments.codes(rules)}
    return {
        "code": row["segment"], "name": _(names.get(row["segment"], row["segment"])),
        "missing": row["segment_missing"].split(",") if row["segment_missing"] else [], "path": row["path"],
    }


CALCULATORS = [
    Calculator(
        "segment", gettext_lazy("贷户细分"),
        gettext_lazy("由经营状态、还款能力、还款意愿、担保条件定出 22 个小类之一，或指出还缺什么。"),
        Segment, compute,
        {"business_state": "difficulty", "ability": "partial", "willingness": "willing", "guarantee": "effective"},
        order=70),
]
