"""The portfolio's entries of the navigation, and what its actions are called in the audit trail."""

from django.utils.translation import gettext_lazy as _

from qingshou.access.audit_names import name_actions
from qingshou.web.nav import Entry, register

register(Entry("households", "work", _("户"), "portfolio:households", "household.view", 20))
register(Entry("loans", "work", _("贷款"), "portfolio:loans", "household.view", 25))
register(Entry("imports", "manage", _("导入与对账"), "portfolio:imports", "portfolio.import", 30))
name_actions({
    "portfolio.import": _("导入核心系统文件"),
    "ledger.post": _("登记交易"),
    "level.lower": _("人工下调分类"),
    "level.raise": _("批准上调分类"),
    "level.lift": _("撤销人工下调"),
    "portfolio.export": _("导出清单"),
    "portfolio.look_up": _("按证件号或手机号查找"),
    "calendar.fill": _("填充工作日历"),
    "calendar.set": _("调整工作日历"),
})
