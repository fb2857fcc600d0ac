"""The household that a change is about: seen by the user, locked for the length of the change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qingshou.access import permissions
from qingshou.casework.signals import casework_changed
from qingshou.portfolio.models import Household
from qingshou.portfolio.queries.scope import visible


def locked(user: Any, household_id: int, permission: str = "household.work") -> Household:
    """The household, its row locked until the transaction ends: two changes of one household follow each other.

    Raises PermissionDenied without *permission* and Household.DoesNotExist outside the user's field of view.
    """
    permissions.require(user, permission)
    return visible(user).select_for_update().get(pk=household_id)


def changed(household_ids: Iterable[int]) -> None:
    """Tell whoever derives states from casework (inside the transaction of the change)."""
    casework_changed.send(sender=Household, household_ids=sorted(household_ids))
