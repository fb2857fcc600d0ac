"""A calculator's result as blocks that a page shows: pairs of name and value, and tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

NAMES = {
    "days": gettext_noop("天数"), "interest": gettext_noop("利息"), "rows": gettext_noop("还款计划"),
    "number": gettext_noop("期次"), "due": gettext_noop("应还日"), "principal": gettext_noop("本金"),
    "payment": gettext_noop("还款额"), "balance": gettext_noop("余额"), "total_interest": gettext_noop("利息合计"),
    "paid": gettext_noop("冲抵"), "id": gettext_noop("编号"), "amount": gettext_noop("金额"),
    "unapplied": gettext_noop("未冲抵"), "segments": gettext_noop("计息分段"), "start": gettext_noop("起"),
    "end": gettext_noop("止（不含）"), "kind": gettext_noop("种类"), "base": gettext_noop("计息基数"),
    "rate": gettext_noop("年利率（%）"), "balances": gettext_noop("余额"), "penalty": gettext_noop("罚息"),
    "compound": gettext_noop("复利"), "fees": gettext_noop("费用"), "fee": gettext_noop("费用"),
    "total": gettext_noop("合计"), "payments": gettext_noop("还款与减免的冲抵"), "notes": gettext_noop("提示"),
    "date": gettext_noop("日期"), "dpd": gettext_noop("逾期天数"), "stage": gettext_noop("逾期阶段"),
    "loans": gettext_noop("贷款"), "level": gettext_noop("五级分类"), "reasons": gettext_noop("依据"),
    "rule": gettext_noop("规则"), "text": gettext_noop("说明"), "source": gettext_noop("出处"),
    "code": gettext_noop("小类"), "name": gettext_noop("名称"), "missing": gettext_noop("还缺"),
    "path": gettext_noop("策略路径"), "debt_service_ratio": gettext_noop("偿债比（%）"),
    "residual": gettext_noop("每月剩余"), "verdict": gettext_noop("结论"),
    "largest_affordable": gettext_noop("最多可负担本金"),
}
VALUES = {
    "repayment": gettext_noop("还款"), "fee_waiver": gettext_noop("费用减免"),
    "current": gettext_noop("未逾期"), "early": gettext_noop("前期"), "middle": gettext_noop("中期"),
    "late": gettext_noop("后期"), "m2": "M2", "m3": "M3", "d91_180": "91–180", "d181_270": "181–270",
    "d271_360": "271–360", "d361_plus": gettext_noop("360 天以上"),
    "normal": gettext_noop("正常"), "special_mention": gettext_noop("关注"), "substandard": gettext_noop("次级"),
    "doubtful": gettext_noop("可疑"), "loss": gettext_noop("损失"),
    "comfortable": gettext_noop("宽裕"), "tight": gettext_noop("偏紧"), "beyond": gettext_noop("超出承受"),
    "business_state": gettext_noop("经营状态"), "ability": gettext_noop("还款能力"),
    "willingness": gettext_noop("还款意愿"), "guarantee": gettext_noop("担保条件"),
}
CODED = ("kind", "stage", "level", "verdict", "missing")  # columns whose values are codes of ours
_MONEY = re.compile(r"-?\d+\.\d\d")


@dataclass
class Cell:
    text: str
    number: bool = False
    lines: list[str] = field(default_factory=list)  # several texts in one cell


@dataclass
class Block:
    """Either ``pairs`` of (name, cell), or a table of ``columns`` (name, number) and ``rows``."""

    title: str = ""
    pairs: list[tuple[str, Cell]] = field(default_factory=list)
    columns: list[tuple[str, bool]] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)


def blocks(result: dict[str, Any]) -> list[Block]:
    """What a page shows of a result: single values, then groups of values, then tables."""
    single = Block()
    groups, tables = [], []
    for name, value in result.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            tables.append(_table(name, value))
        elif isinstance(value, dict):
            groups.append(Block(_name(name), pairs=[(_name(key), _cell(key, inner)) for key, inner in value.items()]))
        elif value not in ([], ""):
            single.pairs.append((_name(name), _cell(name, value)))
    return [*([single] if single.pairs else []), *groups, *tables]


def _table(name: str, rows: list[dict[str, Any]]) -> Block:
    keys = list(rows[0])
    cells = [[_cell(key, row[key]) for key in keys] for row in rows]
    return Block(_name(name), columns=[(_name(key), cells[0][place].number) for place, key in enumerate(keys)], rows=cells)


def _cell(name: str, value: Any) -> Cell:
    if isinstance(value, list):
        lines = [f"{item['text']}（{item['source']}）" if item.get("source") else item["text"] if isinstance(item, dict)
                 else str(_cell(name, item).text) for item in value]
        return Cell("", lines=lines)
    if value is None:
        return Cell("—")
    text = str(value)
    if name in CODED:
        return Cell(_(VALUES.get(text, NAMES.get(text, text))) if text else "")
    if _MONEY.fullmatch(text) and name != "rate":
        whole, _dot, part = text.partition(".")
        return Cell(f"{int(whole):,}.{part}" if whole != "-0" else f"-0.{part}", number=True)
    return Cell(text, number=isinstance(value, int) or name in ("rate", "debt_service_ratio"))


def _name(name: str) -> str:
    return _(NAMES[name]) if name in NAMES else name
