"""Tasks 任务: made by a person, ended once with an outcome, a new date or a reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.casework.models import Task
from qingshou.casework.queries.channels import OUTREACH, PERSONAL, TARGETS
from qingshou.casework.services.field import changed, locked
from qingshou.portfolio.models import Household
from qingshou.portfolio.queries.business import business_date
from qingshou.store.policy import rules_on

State = Task.State


def end_task(*, user: Any, task_id: int, state: str, outcome: str = "", reason: str = "",
             postponed_to: date | None = None, contact_no: str = "") -> Task:
    """End an open task: ``done`` with an *outcome*, ``postponed`` to a date with a *reason*, ``impossible`` with a *reason*.

    A task that reaches out to somebody is done only by the contact that did it (*contact_no*, given by the contact room).
    A postponed task is made again for the new day. Of two people who end the same task one is refused. Raises
    PermissionDenied, Task.DoesNotExist outside the field of view, or ValidationError by field (code ``ended`` for a task
    that has ended already).
    """
    today = business_date()
    with transaction.atomic():
        household_id = Task.objects.values_list("household_id", flat=True).get(pk=task_id)
        try:
            household = locked(user, household_id)
        except Household.DoesNotExist:
            raise Task.DoesNotExist from None  # as if it were not there
        task = Task.objects.select_for_update(of=("self",)).get(pk=task_id)
        if task.state != State.OPEN:
            raise ValidationError(_("这项任务已经结束：%(state)s") % {"state": task.get_state_display()}, code="ended")
        task.state, task.outcome, task.reason = state, outcome.strip(), reason.strip()
        _check_end(task, contact_no, postponed_to, today)
        task.postponed_to = postponed_to
        task.ended_on, task.ended_by, task.ended_at = today, user, timezone.now()
        task.save(update_fields=["state", "outcome", "reason", "postponed_to", "ended_on", "ended_by", "ended_at"])
        if postponed_to is not None:
            _make_again(task, postponed_to, today)
        audit.record(actor=user, action=f"casework.task_{state}", subject=f"household:{household.pk}", reason=task.reason,
                     before={"task": task.pk, "title": task.title, "due": task.due, "state": State.OPEN},
                     after={"state": state, "outcome": task.outcome, "postponed_to": postponed_to, "contact": contact_no})
        changed([household.pk])
    return task


def make_task(*, user: Any, household_id: int, title: str, due: date, channel: str, target: str = "borrower") -> Task:
    """A task that a person sets: for the household's custodian, or for the user where nobody holds it.

    The same open task asked for twice is made once. Raises PermissionDenied, Household.DoesNotExist, or ValidationError by
    field: no title, a day gone by, an unknown channel or target.
    """
    today = business_date()
    with transaction.atomic():
        household = locked(user, household_id)
        task = Task(household=household, source="person", title=title.strip(), channel=channel, target=target, due=due,
                    owner_id=household.custodian_id or user.pk, made_on=today)
        task.clean_fields(exclude=["household", "owner", "ended_by", "episode_on", "postponed_to", "ended_on", "ended_at"])
        if channel not in PERSONAL:
            raise ValidationError({"channel": _("没有这种方式")})
        if target not in TARGETS:
            raise ValidationError({"target": _("没有这种对象")})
        if due < today:
            raise ValidationError({"due": _("日期不能早于业务日 %(day)s") % {"day": today}})
        same = Task.objects.filter(household=household, source="person", title=task.title, channel=channel, target=target,
                                   due=due, state=State.OPEN).first()
        if same is not None:
            return same
        task.save(force_insert=True)
        audit.record(actor=user, action="casework.task_made", subject=f"household:{household.pk}",
                     after={"task": task.pk, "title": task.title, "channel": channel, "target": target, "due": due})
        changed([household.pk])
    return task


def _check_end(task: Task, contact_no: str, postponed_to: date | None, today: date) -> None:
    for name, longest in (("outcome", 40), ("reason", 300)):
        if len(getattr(task, name)) > longest:
            raise ValidationError({name: _("最多 %(longest)s 字") % {"longest": longest}})
    if task.state == State.DONE:
        if not task.outcome:
            raise ValidationError({"outcome": _("请填写办理结果")})
        if task.channel in OUTREACH and not contact_no:
            raise ValidationError(_("联系类任务须登记联系记录，不能直接办结"), code="contact")
    elif task.state in (State.POSTPONED, State.IMPOSSIBLE):
        if not task.reason:
            raise ValidationError({"reason": _("请写明理由")})
    else:
        raise ValidationError({"state": _("任务只能办结、改期或注明无法办理")})
    if task.state != State.POSTPONED:
        if postponed_to is not None:
            raise ValidationError({"postponed_to": _("只有改期才填写新日期")})
        return
    if postponed_to is None:
        raise ValidationError({"postponed_to": _("请选择新的日期")})
    last = today + timedelta(days=rules_on(today)["casework.postpone_days_max"])
    if not max(task.due, today) < postponed_to <= last:
        raise ValidationError({"postponed_to": _("新日期须晚于 %(first)s，且不晚于 %(last)s")
                               % {"first": max(task.due, today), "last": last}})


def _make_again(task: Task, due: date, today: date) -> None:
    """The same work for the new day, unless the path has put this step on that day already."""
    again = Task(household_id=task.household_id, source=task.source, path=task.path, step=task.step,
                 episode_on=task.episode_on, title=task.title, channel=task.channel, target=task.target,
                 owner_id=task.owner_id, due=due, made_on=today)
    if task.source == "path":
        there = Task.objects.filter(household_id=task.household_id, source="path", path=task.path, step=task.step,
                                    episode_on=task.episode_on, due=due).first()
        if there is not None and there.state != State.OPEN:
            raise ValidationError({"postponed_to": _("这一步在该日已有记录，请另选日期")})
        if there is not None:
            return
    again.save(force_insert=True)

