"""What the portfolio tells the shell and the unmasking: the bank's date, who may search, the sources of personal data."""

from __future__ import annotations

from typing import Any

from qingshou.access import unmasking
from qingshou.access.permissions import may
from qingshou.portfolio import personal
from qingshou.portfolio.queries.business import business_date
from qingshou.web import slots


def may_find(user: Any) -> bool:
    """Whether the search box has anything to find for a user."""
    return may(user, "household.view")


slots.provide("shell.business_date", business_date)
slots.provide("shell.may_find", may_find)
unmasking.source("party", personal.party_value)
unmasking.source("relation", personal.relation_value)
unmasking.source("contact_point", personal.contact_point_value)
