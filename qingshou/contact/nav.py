"""Contact's entries of the navigation, and what its actions are called in the audit trail."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingshou.access import permissions
from qingshou.access.audit_names import name_actions
from qingshou.contact.queries.promises import due_count
from qingshou.portfolio.queries.business import business_date
from qingshou.web.nav import Entry, register


def due(user: Any) -> int | None:
    """Households whose promise falls due today; not counted for those who see the whole bank and work none of it."""
    return due_count(user, business_date()) if permissions.may(user, "household.work") else None


register(Entry("promises", "work", _("承诺"), "contact:promises", "household.view", 60, badge=due))
name_actions({
    "contact.guard": _("联系前合规核查"),
    "contact.record": _("登记联系"),
    "contact.correct": _("更正联系记录"),
})
