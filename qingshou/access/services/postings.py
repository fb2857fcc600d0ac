"""Postings 任职: who holds which role where, from when to when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.access.models import Posting, Unit, User
from qingshou.access.permissions import require
from qingshou.access.roles import REACH, Role


@transaction.atomic
def post_user(*, by: Any, user: User, unit: Unit, role: str, starts_on: date, ends_on: date | None = None) -> Posting:
    """The user holds *role* in *unit* from *starts_on* to *ends_on* (exclusive; None: until ended).

    Refused when the same posting already covers some of those days, and when another posting of those days sees another
    field: permissions of all postings add up, so a manager who were also an auditor could work the households of the bank.
    """
    require(by, "users.manage")
    posting = Posting(user=user, unit=unit, role=role, starts_on=starts_on, ends_on=ends_on)
    if ends_on is not None and ends_on <= starts_on:
        raise ValidationError({"ends_on": _("结束日期应晚于开始日期。")})
    if not user.is_active:
        raise ValidationError({"user": _("该用户已停用，请先恢复。")})
    if starts_on < unit.valid_from or (unit.valid_to is not None and (ends_on is None or ends_on > unit.valid_to)):
        raise ValidationError({"unit": _("任职日期超出机构 %(name)s 的存续期间。") % {"name": unit.name}})
    posting.full_clean()
    for other in _overlapping(user, starts_on, ends_on):
        if other.unit_id == unit.pk and other.role == role:
            raise ValidationError({"role": _("该用户在这些日期已有同样的任职。")})
        if REACH[Role(other.role)] != REACH[Role(role)]:
            raise ValidationError({"role": _("%(role)s与同期任职%(other)s属于不相容岗位，不能由一人兼任。") % {
                "role": Role(role).label, "other": Role(other.role).label}})
    posting.save()
    user.__dict__.pop("_viewer", None)  # what the user may do has changed
    audit.record(actor=by, action="access.posting.start", subject=f"user:{user.pk}", after=_facts(posting))
    return posting


@transaction.atomic
def end_posting(*, by: Any, posting: Posting, ends_on: date) -> Posting:
    """The posting ends on *ends_on* (exclusive: that day is the first without it). An ended one is not moved into the past."""
    require(by, "users.manage")
    if posting.ends_on is not None:
        raise ValidationError({"ends_on": _("该任职已于 %(day)s 结束。") % {"day": posting.ends_on}})
    if ends_on <= posting.starts_on:
        raise ValidationError({"ends_on": _("结束日期应晚于开始日期 %(day)s。") % {"day": posting.starts_on}})
    if getattr(by, "pk", None) == posting.user_id and posting.role == Role.ADMIN:
        raise ValidationError(_("不能结束自己的系统管理任职，请由另一名系统管理员办理。"))
    before = _facts(posting)
    posting.ends_on = ends_on
    posting.save(update_fields=["ends_on"])
    posting.user.__dict__.pop("_viewer", None)
    audit.record(actor=by, action="access.posting.end", subject=f"user:{posting.user_id}", before=before,
                 after=_facts(posting))
    return posting


def _overlapping(user: User, starts_on: date, ends_on: date | None) -> list[Posting]:
    others = Posting.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on), user=user)
    return list(others if ends_on is None else others.filter(starts_on__lt=ends_on))


def _facts(posting: Posting) -> dict[str, Any]:
    return {"posting": posting.pk, "unit": posting.unit.code, "role": str(posting.role), "starts_on": posting.starts_on,
            "ends_on": posting.ends_on}
