"""What day end did, in words: for the page and the command."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _


def sentences(report: dict[str, Any]) -> list[str]:
    """One sentence a step, from the report of a closed day. Steps that did nothing say so."""
    counts = {name: f"{value:,}" for name, value in report.items() if isinstance(value, int)}
    return [text % counts for text in (
        _("账务：%(loans)s 笔贷款，推进 %(advanced)s 笔，重算 %(folded)s 笔，有问题的交易 %(problems)s 条。"),
        _("逾期：新增 %(became_overdue)s 笔，还清 %(cleared)s 笔，日终逾期 %(overdue)s 笔。"),
        _("五级分类：下调 %(levels_down)s 笔，上调 %(levels_up)s 笔，首次认定为关注及以下 %(levels_first)s 笔。"),
        _("承诺：守约 %(promises_kept)s 个，部分守约 %(promises_partly_kept)s 个，破约 %(promises_broken)s 个。"),
        _("路径任务：生成 %(tasks_made)s 项，取消 %(tasks_ended)s 项。"),
        _("排序：%(households)s 户中 %(ranked)s 户进入队列。"),
    )]
