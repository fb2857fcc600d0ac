"""Units 机构: made, renamed, closed; never deleted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.access.models import Posting, Unit
from qingshou.access.permissions import require


@transaction.atomic
def create_unit(*, by: Any, code: str, name: str, kind: str, valid_from: date, parent: Unit | None = None) -> Unit:
    """A new unit from a date on, under *parent* (none: a root). The code is unique."""
    require(by, "users.manage")
    unit = Unit(code=code.strip(), name=name.strip(), kind=kind, parent=parent, valid_from=valid_from)
    if parent is not None and parent.valid_to is not None:
        raise ValidationError({"parent": _("上级机构 %(name)s 已撤销。") % {"name": parent.name}})
    unit.full_clean()
    unit.save()
    audit.record(actor=by, action="access.unit.create", subject=f"unit:{unit.pk}", after=_facts(unit))
    return unit


@transaction.atomic
def rename_unit(*, by: Any, unit: Unit, name: str) -> Unit:
    """Another name for the same unit."""
    require(by, "users.manage")
    before = _facts(unit)
    unit.name = name.strip()
    unit.full_clean()
    unit.save(update_fields=["name"])
    audit.record(actor=by, action="access.unit.rename", subject=f"unit:{unit.pk}", before=before, after=_facts(unit))
    return unit


@transaction.atomic
def close_unit(*, by: Any, unit: Unit, valid_to: date) -> Unit:
    """Close a unit from *valid_to* on (exclusive). Refused while people are posted to it or open units lie below it."""
    require(by, "users.manage")
    if unit.valid_to is not None:
        raise ValidationError({"valid_to": _("该机构已于 %(day)s 撤销。") % {"day": unit.valid_to}})
    if valid_to <= unit.valid_from:
        raise ValidationError({"valid_to": _("撤销日期应晚于设立日期 %(day)s。") % {"day": unit.valid_from}})
    if Posting.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=valid_to), unit=unit).exists():
        raise ValidationError({"valid_to": _("该机构在撤销日期之后仍有人任职，请先结束任职。")})
    if unit.children.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=valid_to)).exists():
        raise ValidationError({"valid_to": _("该机构下还有未撤销的机构。")})
    before = _facts(unit)
    unit.valid_to = valid_to
    unit.save(update_fields=["valid_to"])
    audit.record(actor=by, action="access.unit.close", subject=f"unit:{unit.pk}", before=before, after=_facts(unit))
    return unit


def _facts(unit: Unit) -> dict[str, Any]:
    return {"code": unit.code, "name": unit.name, "kind": str(unit.kind), "parent": unit.parent_id,
            "valid_from": unit.valid_from, "valid_to": unit.valid_to}
