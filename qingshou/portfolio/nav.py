"""The portfolio's entries of the navigation."""

from django.utils.translation import gettext_lazy as _

from qingshou.web.nav import Entry, register

register(Entry("households", "work", _("户"), "portfolio:households", "household.view", 20))
register(Entry("loans", "work", _("贷款"), "portfolio:loans", "household.view", 25))
