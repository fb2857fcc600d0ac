"""The calculators' entry of the navigation."""

from django.utils.translation import gettext_lazy as _

from qingshou.web.nav import Entry, register

register(Entry("calculators", "work", _("计算器"), "calculators:index", "calculators.use", 80))
