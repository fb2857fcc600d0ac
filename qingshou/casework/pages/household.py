"""What a person records about one household: findings, tasks, holds, handover."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from qingshou.access import permissions
from qingshou.casework import services
from qingshou.casework.forms import END_FORMS, AssignForm, FindingForm, HoldForm, LiftForm, TaskForm
from qingshou.casework.models import Assignment, Hold, Task
from qingshou.casework.pages.sheets import household_or_404, posted, sheet
from qingshou.casework.queries import channels
from qingshou.casework.queries.household import judged, state_of
from qingshou.casework.queries.staff import collectors
from qingshou.portfolio.queries.business import business_date


def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a finding: nothing is preset, so that only what was asked is answered."""
    household, today = household_or_404(request, pk), business_date()

    def save(given: dict[str, Any]) -> str:
        services.record_finding(user=request.user, household_id=pk, **given)
        return _("已记录调查发现：%(name)s") % {"name": household.borrower.name}

    form = FindingForm(posted(request), initial={"found_on": today})
    return sheet(request, "casework/finding.html", form, household, title=_("记录调查发现"), save=save,
                 judged=judged(household, state_of(household), today))


def task(request: HttpRequest, pk: int, state: str = "") -> HttpResponse:
    """End a task: done, on another day, or impossible. A task that reaches out is done by recording the contact."""
    permissions.require(request.user, "household.work")
    try:
        found = Task.objects.get(pk=pk)
    except Task.DoesNotExist:
        raise Http404 from None
    household = household_or_404(request, found.household_id)
    outreach = found.channel in channels.OUTREACH
    chosen = request.POST.get("state") or request.GET.get("state") or (
        Task.State.POSTPONED if outreach else Task.State.DONE)
    if chosen not in END_FORMS or (outreach and chosen == Task.State.DONE):
        chosen = Task.State.POSTPONED

    def save(given: dict[str, Any]) -> str:
        ended = services.end_task(user=request.user, task_id=pk, state=chosen, **given)
        return _("“%(title)s”：%(state)s") % {"title": ended.title, "state": ended.get_state_display()}

    form = END_FORMS[chosen](posted(request))
    ways = [(value, label) for value, label in ((Task.State.DONE, _("办结")), (Task.State.POSTPONED, _("改期")),
                                                (Task.State.IMPOSSIBLE, _("无法办理")))
            if not (outreach and value == Task.State.DONE)]
    return sheet(request, "casework/task.html", form, household, title=_("结束任务"), save=save, task=found, chosen=chosen,
                 ways=ways, outreach=outreach, channel=channels.label(found.channel))


def new_task(request: HttpRequest, pk: int) -> HttpResponse:
    household = household_or_404(request, pk)

    def save(given: dict[str, Any]) -> str:
        made = services.make_task(user=request.user, household_id=pk, **given)
        return _("已安排任务：%(title)s") % {"title": made.title}

    form = TaskForm(posted(request), initial={"due": business_date(), "target": "borrower"})
    return sheet(request, "casework/new_task.html", form, household, title=_("安排任务"), save=save)


def hold(request: HttpRequest, pk: int) -> HttpResponse:
    household = household_or_404(request, pk)

    def save(given: dict[str, Any]) -> str:
        placed = services.place_hold(user=request.user, household_id=pk, **given)
        return _("已暂停催收：%(kind)s") % {"kind": placed.get_kind_display()}

    form = HoldForm(posted(request), initial={"starts_on": business_date()})
    return sheet(request, "casework/hold.html", form, household, title=_("暂停催收"), save=save)


def lift(request: HttpRequest, pk: int) -> HttpResponse:
    permissions.require(request.user, "household.work")
    try:
        found = Hold.objects.get(pk=pk, lifts=None)
    except Hold.DoesNotExist:
        raise Http404 from None
    household = household_or_404(request, found.household_id)

    def save(given: dict[str, Any]) -> str:
        services.lift_hold(user=request.user, hold_id=pk, **given)
        return _("已解除暂停：%(kind)s") % {"kind": found.get_kind_display()}

    return sheet(request, "casework/lift.html", LiftForm(posted(request)), household, title=_("解除暂停"), save=save,
                 hold=found)


def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one household to another collector."""
    household = household_or_404(request, pk, "household.assign")

    def save(given: dict[str, Any]) -> str:
        services.assign(user=request.user, household_ids=[pk], collector_id=given.pop("collector"), **given)
        return _("已移交：%(name)s") % {"name": household.borrower.name}

    form = AssignForm(posted(request), staff=collectors(request.user),
                      initial={"starts_on": business_date(), "why": Assignment.Why.HANDOVER})
    return sheet(request, "casework/hand_over.html", form, household, title=_("移交责任"), save=save)
