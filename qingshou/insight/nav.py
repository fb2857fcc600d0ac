"""What insight adds to the navigation."""

from django.utils.translation import gettext_lazy as _

from qingshou.web.nav import Entry, register

register(Entry("dashboard", "manage", _("驾驶舱"), "insight:dashboard", "insight.view", 10))
