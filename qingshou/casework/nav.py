"""Casework's entries of the navigation."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingshou.access import permissions
from qingshou.casework.queries.survey import left
from qingshou.portfolio.queries.business import business_date
from qingshou.web.nav import Entry, register


def waiting(user: Any) -> int | None:
    """Households with work left today; not counted for those who see the whole bank and work none of it."""
    return left(user, business_date()) if permissions.may(user, "household.work") else None


register(Entry("today", "work", _("今日工作台"), "casework:today", "household.view", 10, badge=waiting))
register(Entry("assignments", "manage", _("责任田"), "casework:assignments", "household.assign", 30))
