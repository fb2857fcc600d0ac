"""Responsibility 责任: who works which household, from when, and why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from qingshou.access import audit, permissions
from qingshou.access.models import User
from qingshou.casework.models import Assignment, Task
from qingshou.casework.queries.staff import collectors
from qingshou.casework.services.field import changed
from qingshou.portfolio.models import Household
from qingshou.portfolio.queries.business import business_date
from qingshou.portfolio.queries.scope import visible

BATCH = 2_000  # households handed over at once: one transaction that others do not wait for long


def assign(*, user: Any, household_ids: Collection[int], collector_id: int, why: str, reason: str,
           starts_on: date | None = None) -> int:
    """Hand households to a collector from a day (default: the business date; not to come, not before the present
    assignment). Their open tasks go along. Returns how many changed hands; those the collector holds already do not.

    Raises PermissionDenied, Household.DoesNotExist where one lies outside the user's field of view, or ValidationError by
    field: none or too many households, a collector outside the user's units, no reason, the day.
    """
    permissions.require(user, "household.assign")
    today = business_date()
    starts_on, reason = starts_on or today, reason.strip()
    with transaction.atomic():
        wanted = set(household_ids)
        collector, unit_id = _collector(user, collector_id)
        _check(wanted, why, reason, starts_on, today)
        households = list(visible(user).filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",)))
        if len(households) != len(wanted):
            raise Household.DoesNotExist
        moving = [one for one in households if (one.custodian_id, one.unit_id) != (collector.pk, unit_id)]
        if not moving:
            return 0
        before = {str(one.pk): one.custodian_id for one in moving}
        _move(moving, collector, unit_id, why, starts_on)
        subject = f"household:{moving[0].pk}" if len(moving) == 1 else f"user:{collector.pk}"
        audit.record(actor=user, action="casework.assign", subject=subject, reason=reason,
                     before={"custodians": before},
                     after={"custodian": collector.pk, "unit": unit_id, "starts_on": starts_on, "why": why})
        changed(one.pk for one in moving)
    return len(moving)


def _collector(user: Any, collector_id: int) -> tuple[User, int]:
    for person, unit in collectors(user):
        if person.pk == collector_id:
            return person, unit.pk
    raise ValidationError({"collector": _("请选择本部门在岗的清收员")})


def _check(wanted: set[int], why: str, reason: str, starts_on: date, today: date) -> None:
    if not wanted:
        raise ValidationError({"households": _("请至少选择一户")})
    if len(wanted) > BATCH:
        raise ValidationError({"households": _("一次最多移交 %(most)s 户") % {"most": BATCH}})
    if why not in Assignment.Why.values:
        raise ValidationError({"why": _("请选择移交原因")})
    if not reason:
        raise ValidationError({"reason": _("请写明理由")})
    if starts_on > today:
        raise ValidationError({"starts_on": _("移交日期不能晚于业务日 %(day)s") % {"day": today}})


def _move(moving: list[Household], collector: User, unit_id: int, why: str, starts_on: date) -> None:
    pks = [one.pk for one in moving]
    current = list(Assignment.objects.filter(household_id__in=pks, ends_on=None))
    late = [one for one in current if one.starts_on > starts_on]
    if late:
        raise ValidationError({"starts_on": _("有 %(count)s 户的现责任人自更晚的日期起管户") % {"count": len(late)}})
    Assignment.objects.filter(pk__in=[one.pk for one in current]).update(ends_on=starts_on)
    Assignment.objects.bulk_create(
        Assignment(household=one, unit_id=unit_id, collector=collector, starts_on=starts_on, why=why) for one in moving)
    Household.objects.filter(pk__in=pks).update(unit_id=unit_id, custodian_id=collector.pk)
    Task.objects.filter(household_id__in=pks, state=Task.State.OPEN).update(owner_id=collector.pk)
