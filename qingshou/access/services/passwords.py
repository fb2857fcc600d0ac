"""Passwords: changed by their owner, set anew by an administrator."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.access.models import User
from qingshou.access.permissions import require


@transaction.atomic
def set_password(*, by: Any, user: User, password: str, temporary: bool | None = None) -> None:
    """Set another's password; open sessions of that user end. A *temporary* one (by default one that another person chose)
    must be changed at the next sign-in.
    """
    require(by, "users.manage")
    if temporary is None:
        temporary = isinstance(by, User) and by.pk != user.pk
    _set(user, password, "password", must_change=temporary)
    audit.record(actor=by, action="access.password.set", subject=f"user:{user.pk}")


@transaction.atomic
def change_own_password(*, user: User, old: str, new: str) -> None:
    """A user changes the own password, knowing the old one."""
    if not user.check_password(old):
        raise ValidationError({"old": _("原密码不正确。")})
    if old == new:
        raise ValidationError({"new": _("新密码不能与原密码相同。")})
    _set(user, new, "new", must_change=False)
    audit.record(actor=user, action="access.password.change", subject=f"user:{user.pk}")


def _set(user: User, password: str, field: str, *, must_change: bool) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from None
    user.set_password(password)
    user.must_change_password = must_change
    user.save(update_fields=["password", "must_change_password"])
