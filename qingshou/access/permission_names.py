"""What a permission is called on the page that shows the matrix."""

from typing import Any

from django.utils.translation import gettext_lazy as _

NAMES: dict[str, Any] = {
    "household.view": _("查看户"),
    "household.work": _("作业（调查、任务、联系）"),
    "household.assign": _("分配责任人"),
    "personal.unmask": _("查看敏感信息"),
    "personal.export": _("导出敏感信息"),
    "list.export": _("导出列表"),
    "ledger.post": _("手工记账"),
    "level.lower": _("下调五级分类"),
    "level.raise": _("上调五级分类"),
    "portfolio.import": _("导入数据"),
    "dayend.run": _("运行日终"),
    "insight.view": _("查看看板"),
    "policy.view": _("查看制度"),
    "policy.change": _("修改制度"),
    "calculators.use": _("使用计算器"),
    "audit.view": _("查看审计日志"),
    "conduct.override": _("越过合规拦截"),
    "users.manage": _("管理用户与机构"),
    "tokens.manage": _("管理接口密钥"),
    "jobs.view": _("查看全部后台任务"),
    "calendar.change": _("调整工作日历"),
}
