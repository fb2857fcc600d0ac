"""What day end did, in words: for the page and the command."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _


def sentences(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    """For each step its name, what it did, and which rows are behind it (a tab of the day's page, or ''), from the report
    of a closed day. Steps that did nothing say so."""
    counts = {name: f"{value:,}" for name, value in report.items() if isinstance(value, int)}
    if not counts:
        return []
    return [(name, text % counts, rows) for name, text, rows in (
        (_("账务"), _("%(loans)s 笔贷款：推进 %(advanced)s 笔，重算 %(folded)s 笔，不能入账的交易 %(problems)s 条"), ""),
        (_("逾期"), _("新增 %(became_overdue)s 笔，还清 %(cleared)s 笔，日终仍逾期 %(overdue)s 笔"), ""),
        (_("五级分类"), _("下调 %(levels_down)s 笔，上调 %(levels_up)s 笔，首次认定为关注及以下 %(levels_first)s 笔"),
         "levels"),
        (_("承诺"), _("守约 %(promises_kept)s 个，部分守约 %(promises_partly_kept)s 个，破约 %(promises_broken)s 个"),
         "promises"),
        (_("路径任务"), _("生成 %(tasks_made)s 项，取消 %(tasks_ended)s 项"), "made"),
        (_("排序"), _("%(households)s 户中 %(ranked)s 户进入队列"), ""),
    )]


def phases(report: dict[str, Any]) -> list[tuple[str, str]]:
    """How long each phase took, in words and seconds."""
    names = {"wait": _("等待写入权"), "read": _("读取"), "step": _("计算"), "write": _("写入"), "history": _("写历史"),
             "fingerprint": _("指纹")}
    spent = report.get("seconds", {})
    return [(label, f"{spent[name]:.2f}") for name, label in names.items() if name in spent]
