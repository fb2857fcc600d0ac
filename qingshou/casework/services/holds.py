"""Holds 暂停: what stops collection. A hold and its end are facts; nothing is changed afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.casework.models import Hold
from qingshou.casework.queries.holds import in_force
from qingshou.casework.services.field import changed, locked
from qingshou.portfolio.queries.business import business_date


def place_hold(*, user: Any, household_id: int, kind: str, reason: str, starts_on: date | None = None,
               ends_on: date | None = None) -> Hold:
    """Stop collection of a household from *starts_on* (default: the business date) until *ends_on* (exclusive; None: until
    it is lifted).

    The same hold sent twice is taken once. Raises PermissionDenied, Household.DoesNotExist, or ValidationError by field:
    no reason, dates out of order, a hold of this kind already in force.
    """
    today = business_date()
    with transaction.atomic():
        household = locked(user, household_id)
        hold = Hold(household=household, kind=kind, reason=reason.strip(), starts_on=starts_on or today, ends_on=ends_on,
                    made_by=user, recorded_at=timezone.now())
        hold.clean_fields(exclude=["household", "made_by", "lifts", "ends_on"])
        if hold.starts_on > today:
            raise ValidationError({"starts_on": _("暂停从业务日 %(day)s 或更早开始") % {"day": today}})
        if ends_on is not None and ends_on <= max(hold.starts_on, today):
            raise ValidationError({"ends_on": _("结束日期须晚于开始日期和业务日")})
        for known in in_force([household.pk], hold.starts_on).get(household.pk, []):
            if known.kind != kind:
                continue
            if (known.reason, known.ends_on, known.made_by_id) == (hold.reason, hold.ends_on, user.pk):
                return known
            raise ValidationError({"kind": _("已有一项“%(kind)s”暂停，自 %(day)s 起")
                                   % {"kind": known.get_kind_display(), "day": known.starts_on}})
        hold.save(force_insert=True)
        audit.record(actor=user, action="casework.hold", subject=f"household:{household.pk}", reason=hold.reason,
                     after={"hold": hold.pk, "kind": kind, "starts_on": hold.starts_on, "ends_on": ends_on})
        changed([household.pk])
    return hold


def lift_hold(*, user: Any, hold_id: int, reason: str) -> Hold:
    """End a hold as of the business date, by a new fact that names it. Returns the new fact.

    Raises PermissionDenied, Hold.DoesNotExist outside the field of view, or ValidationError: no reason, not in force.
    """
    today = business_date()
    with transaction.atomic():
        household_id = Hold.objects.values_list("household_id", flat=True).get(pk=hold_id, lifts=None)
        household = locked(user, household_id)
        hold = next((held for held in in_force([household.pk], today).get(household.pk, []) if held.pk == hold_id), None)
        if hold is None:
            raise ValidationError(_("这项暂停已经结束"), code="ended")
        lift = Hold(household=household, kind=hold.kind, starts_on=hold.starts_on, ends_on=today, reason=reason.strip(),
                    made_by=user, lifts=hold, recorded_at=timezone.now())
        lift.clean_fields(exclude=["household", "made_by", "lifts"])
        lift.save(force_insert=True)
        audit.record(actor=user, action="casework.hold_lifted", subject=f"household:{household.pk}", reason=lift.reason,
                     before={"hold": hold.pk, "kind": hold.kind, "ends_on": hold.ends_on}, after={"ends_on": today})
        changed([household.pk])
    return lift
