"""Day end's entry of the navigation, and what its action is called in the audit trail."""

from django.utils.translation import gettext_lazy as _

from qingshou.access.audit_names import name_actions
from qingshou.web.nav import Entry, register

register(Entry("dayend", "system", _("日终"), "dayend:index", "dayend.run", 5))
name_actions({"dayend.run": _("日终")})
