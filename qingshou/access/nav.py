"""Access's entries of the navigation."""

from django.utils.translation import gettext_lazy as _

from qingshou.web.nav import Entry, register

register(Entry("policy", "system", _("制度与参数"), "access:policy", "policy.view", 10))
register(Entry("users", "system", _("用户与机构"), "access:users", "users.manage", 20))
register(Entry("audit", "system", _("审计日志"), "access:audit", "audit.view", 30))
register(Entry("unmaskings", "system", _("敏感信息查看"), "access:unmaskings", "audit.view", 40))
register(Entry("jobs", "system", _("后台任务"), "jobs:index", "jobs.view", 50))
