"""Seeing a personal datum in plain: only for a stated reason, and logged."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from qingshou.access import audit, unmasking
from qingshou.access.models import Unmasking, User
from qingshou.access.permissions import require

LONGEST_REASON = Unmasking._meta.get_field("reason").max_length or 0


@transaction.atomic
def unmask(*, user: User, subject: str, field: str, reason: str) -> str:
    """The plain value of *field* of *subject* (such as ``party:12``), after writing down who saw it and why.

    Raises PermissionDenied, ValidationError (no reason), LookupError or ObjectDoesNotExist (nothing there for this user).
    """
    require(user, "personal.unmask")
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("请填写查看原因。")})
    if len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": _("查看原因不超过 %(most)d 字。") % {"most": LONGEST_REASON}})
    value = unmasking.fetch(user, subject, field)
    Unmasking.objects.create(user=user, subject=subject, field=field, reason=reason)
    audit.record(actor=user, action="access.unmask", subject=subject, after={"field": field}, reason=reason)
    return value
