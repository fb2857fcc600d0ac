"""The gate before every outreach: ask the conduct guard, and keep what it said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.access.models import User
from qingshou.casework.models import Task
from qingshou.casework.queries.findings import answers
from qingshou.casework.queries.staff import collectors
from qingshou.casework.services.field import locked
from qingshou.contact import clock
from qingshou.contact.models import Channel, GuardDecision, PartyRole
from qingshou.contact.queries.guard import judge
from qingshou.contact.queries.people import Person, find, reachable
from qingshou.portfolio.models import Household

SLACK = timedelta(minutes=5)  # how far the asker's clock may stand behind ours


def guard_household(*, user: Any, household_id: int, channel: str, person: str = PartyRole.BORROWER,
                    at: datetime | None = None, companion_id: int | None = None,
                    task_id: int | None = None) -> GuardDecision:
    """Ask whether *person* (a key of ``queries.people.reachable``) may be reached over *channel* at *at* (default: now), and
    keep the answer with its reasons.

    A refusal is an answer, not an error. Raises PermissionDenied, Household.DoesNotExist, or ValidationError by field: an
    unknown channel or person, a moment gone by, a companion who is no collector or the user, a task of another household.
    """
    moment = clock.now()
    at = at or moment
    with transaction.atomic():
        household = locked(user, household_id)
        whom = _person(household, person)
        companion = _companion(user, companion_id)
        task = _task(household, task_id)
        if channel not in Channel.values:
            raise ValidationError({"channel": _("没有这种方式")})
        if timezone.is_naive(at):
            raise ValidationError({"at": _("时间须带时区")})
        if at < moment - SLACK:
            raise ValidationError({"at": _("合规闸须在联系之前询问，时间不能早于现在")})
        decision = judge(household=household, people=[whom], channel=channel, at=at,
                         staff_present=1 if companion is None else 2,
                         willingness=answers([household.pk])[household.pk]["willingness"])[whom.key]
        kept = GuardDecision.objects.create(
            household=household, channel=channel, party_role=whom.role, party_id=whom.party_id, person=whom.name, at=at,
            companion=companion, task=task, allowed=decision.allowed, reasons=decision.reasons, asked_by=user,
            asked_at=timezone.now())
        audit.record(actor=user, action="contact.guard", subject=f"household:{household.pk}",
                     after={"decision": kept.pk, "channel": channel, "role": whom.role, "at": at, "allowed": kept.allowed,
                            "reasons": kept.reasons})
    return kept


def _person(household: Household, key: str) -> Person:
    """A stranger to the debt is nobody's name: he reaches the guard as such, and it refuses."""
    if key == PartyRole.STRANGER:
        return Person(key, PartyRole.STRANGER, None, "", str(PartyRole.STRANGER.label))
    found = find(reachable(household), key)
    if found is None:
        raise ValidationError({"person": _("请选择借款人、保证人或登记在册的联系人")})
    return found


def _companion(user: Any, companion_id: int | None) -> User | None:
    """A colleague on duty: for a collector anyone of the unit, for others of the units they see."""
    if companion_id is None:
        return None
    if companion_id == user.pk:
        raise ValidationError({"companion": _("同行人不能是本人")})
    for person, _unit in collectors(user, colleagues=True):
        if person.pk == companion_id:
            return person
    raise ValidationError({"companion": _("请选择在岗的同事")})


def _task(household: Household, task_id: int | None) -> Task | None:
    if task_id is None:
        return None
    task = Task.objects.filter(pk=task_id, household=household).first()
    if task is None:
        raise ValidationError({"task": _("这项任务不属于该户")})
    if task.state != Task.State.OPEN:
        raise ValidationError({"task": _("这项任务已经结束：%(state)s") % {"state": task.get_state_display()}}, code="ended")
    return task
