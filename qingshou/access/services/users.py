"""Users: made, described, deactivated and taken back; never deleted, since facts name them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.access.models import Posting, Unit, User
from qingshou.access.permissions import require
from qingshou.access.roles import Role
from qingshou.access.services.postings import post_user


@transaction.atomic
def create_user(*, by: Any, username: str, display_name: str, password: str | None = None, phone_extension: str = "",
                unit: Unit | None = None, role: str = "", starts_on: date | None = None,
                ends_on: date | None = None, temporary: bool | None = None) -> User:
    """A user, with a first posting when *unit*, *role* and *starts_on* are given.

    Without a password nobody can sign in as the user until one is set. A *temporary* password must be changed at the first
    sign-in: by default one that another person chose, while one given at set-up (``by`` is SYSTEM) is the owner's own.
    """
    require(by, "users.manage")
    _check_username(username.strip())
    user = User(username=username.strip(), display_name=display_name.strip(), phone_extension=phone_extension.strip())
    if password is None:
        user.set_unusable_password()
    else:
        _check_password(password, user)
        user.set_password(password)
        user.must_change_password = isinstance(by, User) if temporary is None else temporary
    user.full_clean()
    user.save()
    audit.record(actor=by, action="access.user.create", subject=f"user:{user.pk}", after=_facts(user))
    if unit is not None and starts_on is not None:
        post_user(by=by, user=user, unit=unit, role=role, starts_on=starts_on, ends_on=ends_on)
    return user


@transaction.atomic
def describe_user(*, by: Any, user: User, display_name: str, phone_extension: str) -> User:
    """Another name to show or another extension; the username stays."""
    require(by, "users.manage")
    before = _facts(user)
    user.display_name, user.phone_extension = display_name.strip(), phone_extension.strip()
    user.full_clean(exclude=["password"])
    user.save(update_fields=["display_name", "phone_extension"])
    audit.record(actor=by, action="access.user.describe", subject=f"user:{user.pk}", before=before, after=_facts(user))
    return user


@transaction.atomic
def deactivate_user(*, by: Any, user: User, on: date, reason: str = "") -> User:
    """The user can no longer sign in, at once; postings that are open end on *on*. The last administrator stays."""
    require(by, "users.manage")
    if not user.is_active:
        raise ValidationError(_("该用户已停用。"))
    if getattr(by, "pk", None) == user.pk:
        raise ValidationError(_("不能停用自己的账号，请由另一名系统管理员办理。"))
    if _is_last_administrator(user, on):
        raise ValidationError(_("这是最后一名系统管理员，停用后将无人可以管理用户。"))
    user.is_active = False
    user.save(update_fields=["is_active"])
    ended = []
    for posting in Posting.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), user=user):
        posting.ends_on = max(on, posting.starts_on + timedelta(days=1))
        posting.save(update_fields=["ends_on"])
        ended.append(posting.pk)
    user.__dict__.pop("_viewer", None)
    audit.record(actor=by, action="access.user.deactivate", subject=f"user:{user.pk}", before={"is_active": True},
                 after={"is_active": False, "ended_postings": ended, "ends_on": on}, reason=reason)
    return user


@transaction.atomic
def reactivate_user(*, by: Any, user: User, reason: str = "") -> User:
    """The user may sign in again; needs a new posting to do anything."""
    require(by, "users.manage")
    if user.is_active:
        raise ValidationError(_("该用户没有停用。"))
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record(actor=by, action="access.user.reactivate", subject=f"user:{user.pk}", before={"is_active": False},
                 after={"is_active": True}, reason=reason)
    return user


def _check_username(username: str) -> None:
    validate = UnicodeUsernameValidator(message=_("用户名只能含文字、数字和 @ . + - _，不能有空格。"))
    try:
        validate(username)
    except ValidationError as error:
        raise ValidationError({"username": error.messages}) from None


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from None


def _is_last_administrator(user: User, on: date) -> bool:
    holders = Posting.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), role=Role.ADMIN, starts_on__lte=on,
                                     user__is_active=True)
    return holders.filter(user=user).exists() and not holders.exclude(user=user).exists()


def _facts(user: User) -> dict[str, Any]:
    return {"username": user.username, "display_name": user.display_name, "phone_extension": user.phone_extension}
