"""Lifting a lock-out before its time."""

from __future__ import annotations

from typing import Any

from axes.utils import reset
from django.db import transaction

from qingshou.access import audit
from qingshou.access.models import User
from qingshou.access.permissions import require


@transaction.atomic
def unlock_user(*, by: Any, user: User) -> int:
    """Forget the user's wrong passwords; returns how many records there were."""
    require(by, "users.manage")
    forgotten = reset(username=user.username)
    audit.record(actor=by, action="access.user.unlock", subject=f"user:{user.pk}", after={"attempts_forgotten": forgotten})
    return int(forgotten)
