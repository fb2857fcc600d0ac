"""Casework's entries of the navigation, and what its actions are called in the audit trail."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingshou.access import permissions
from qingshou.access.audit_names import name_actions
from qingshou.casework.queries.survey import left
from qingshou.portfolio.queries.business import business_date
from qingshou.web.nav import Entry, register


def waiting(user: Any) -> int | None:
    """Households with work left today; not counted for those who see the whole bank and work none of it."""
    return left(user, business_date()) if permissions.may(user, "household.work") else None


register(Entry("today", "work", _("今日工作台"), "casework:today", "household.view", 10, badge=waiting))
register(Entry("assignments", "manage", _("责任田"), "casework:assignments", "household.assign", 30))
name_actions({
    "casework.finding": _("记录调查发现"),
    "casework.hold": _("暂停催收"),
    "casework.hold_lifted": _("解除暂停"),
    "casework.task_made": _("安排任务"),
    "casework.task_done": _("办结任务"),
    "casework.task_postponed": _("任务改期"),
    "casework.task_impossible": _("任务无法办理"),
    "casework.assign": _("移交责任"),
    "casework.export": _("导出队列"),
})
