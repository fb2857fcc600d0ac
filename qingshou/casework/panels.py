"""What casework shows on other rooms' pages, and where people begin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access import permissions
from qingshou.casework.models import Assignment, Finding, Hold, Task
from qingshou.casework.pages.today import home
from qingshou.casework.queries import channels
from qingshou.casework.queries.household import CHOICES, View, view
from qingshou.casework.queries.outcomes import words
from qingshou.portfolio.models import Household
from qingshou.portfolio.queries.business import business_date
from qingshou.web import slots
from qingshou.web.timeline import Item

MOST_ITEMS = 200  # of each kind; a timeline longer than that is not read


def _card(template: str) -> Callable[..., str]:
    def render(request: HttpRequest, household: Household) -> str:
        day = business_date()
        return render_to_string(f"casework/panels/{template}.html", {
            "household": household, "day": day, "view": _view(request, household),
            "may_work": permissions.may(request.user, "household.work"),
            "may_assign": permissions.may(request.user, "household.assign"),
        }, request)

    render.__name__ = f"{template}_panel"
    return render


def _view(request: HttpRequest, household: Household) -> View:
    """Read once for all panels of a page."""
    kept: dict[int, View] = request.__dict__.setdefault("_casework_views", {})
    if household.pk not in kept:
        kept[household.pk] = view(household, business_date())
    return kept[household.pk]


def timeline(user: Any, household: Household) -> list[Item]:
    """Findings, tasks that ended, holds and handovers of a household within the user's field of view."""
    return [*_findings(household), *_tasks(household), *_holds(household), *_assignments(household)]


def _findings(household: Household) -> list[Item]:
    items = []
    for one in Finding.objects.filter(household=household).select_related("found_by").order_by("-id")[:MOST_ITEMS]:
        said = [str(kind(getattr(one, name)).label) for name, kind in CHOICES.items() if getattr(one, name)]
        items.append(Item(_moment(one.found_on, one.recorded_at), _("发现"), "calm", " · ".join(said),
                          _join(one.evidence, str(one.found_by))))
    return items


def _tasks(household: Household) -> list[Item]:
    tones = {Task.State.DONE: "good", Task.State.POSTPONED: "mut", Task.State.IMPOSSIBLE: "warn"}
    ended = (Task.objects.filter(household=household, state__in=tones).select_related("ended_by")
             .order_by("-ended_at", "-id")[:MOST_ITEMS])
    return [Item(_moment(one.ended_on, one.ended_at), _("任务"), tones[Task.State(one.state)],
                 channels.titled(one.channel, one.title),
                 _join(one.get_state_display(), words(one.channel, one.outcome), one.reason,
                       one.postponed_to and _("改到 %(day)s") % {"day": one.postponed_to}, str(one.ended_by or "")))
            for one in ended]


def _holds(household: Household) -> list[Item]:
    items = []
    for one in Hold.objects.filter(household=household).select_related("made_by").order_by("-id")[:MOST_ITEMS]:
        lifted = one.lifts_id is not None
        title = (_("解除暂停：%(kind)s") if lifted else _("暂停催收：%(kind)s")) % {"kind": one.get_kind_display()}
        items.append(Item(_moment(one.ends_on if lifted else one.starts_on, one.recorded_at),
                          _("暂停"), "good" if lifted else "mut", title,
                          _join(one.reason, str(one.made_by))))
    return items


def _assignments(household: Household) -> list[Item]:
    rows = Assignment.objects.filter(household=household).select_related("collector", "unit").order_by("-id")[:MOST_ITEMS]
    return [Item(_moment(one.starts_on, None), _("责任"), "mut",
                 _("%(unit)s %(who)s 管户") % {"unit": one.unit, "who": one.collector}, one.get_why_display())
            for one in rows]


def _moment(day: Any, recorded: datetime | None) -> datetime:
    """When it was so: the day it is about, at the time it was written down if that was the same day."""
    local = timezone.localtime(recorded) if recorded else None
    if local is not None and local.date() == day:
        return local
    return timezone.make_aware(datetime.combine(day, time(9 if local is not None else 0)))


def _join(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


slots.provide("home", home, order=10)
slots.provide("household.chips", _card("chips"), order=30)
slots.provide("household.actions", _card("actions"), order=30)
slots.provide("household.side", _card("judged"), order=20)
slots.provide("household.side", _card("path"), order=30)
slots.provide("household.side", _card("holds"), order=40)
slots.provide("household.main", _card("tasks"), order=10)
slots.provide("household.timeline", timeline, order=30)
