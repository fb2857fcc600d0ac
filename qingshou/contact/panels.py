"""What contact shows on other rooms' pages: the guard's answers, contacts, promises."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access import permissions
from qingshou.casework.models import Task
from qingshou.casework.queries import channels
from qingshou.casework.queries.verdict import POINT, Verdict
from qingshou.contact.models import Channel, ContactAttempt, Promise, PromiseJudgement
from qingshou.contact.outcomes import label
from qingshou.contact.pages.record import begin
from qingshou.contact.queries.guard import verdicts
from qingshou.contact.queries.history import contacts, line
from qingshou.contact.queries.promises import due_on, promises_of, record_of
from qingshou.portfolio.models import Household
from qingshou.portfolio.queries.business import business_date
from qingshou.web import slots
from qingshou.web.formats import yuan
from qingshou.web.timeline import Item

MOST_ITEMS = 500  # of each kind
RECENT = 8
DAY_END = time(23, 59)  # a promise is judged at the end of its day
TONES = {PromiseJudgement.State.KEPT: "good", PromiseJudgement.State.PARTLY_KEPT: "warn",
         PromiseJudgement.State.BROKEN: "alarm"}


def today_tile(request: HttpRequest, day: date) -> str:
    return render_to_string("contact/panels/today_tile.html", {"due": due_on(request.user, day)}, request)


def today_actions(request: HttpRequest, household: Household, task: Task | None, channel: str,
                  verdict: Verdict | None) -> str:
    """Reach out over the channel of the item (a call where it has none); filled where the guard lets it happen now."""
    way = channel if channel in Channel.values else str(Channel.CALL)
    return render_to_string("contact/panels/today_actions.html", {
        "url": begin(household, task, way), "way": channels.label(way),
        "main": way == channel and (verdict is None or verdict.allowed)}, request)


def household_actions(request: HttpRequest, household: Household) -> str:
    if not permissions.may(request.user, "household.work"):
        return ""
    return render_to_string("contact/panels/household_actions.html", {"household": household}, request)


def task_actions(request: HttpRequest, task: Task) -> str:
    """A task that reaches out is done by recording the contact."""
    if task.channel not in Channel.values:
        return ""
    return render_to_string("contact/panels/task_actions.html", {"task": task}, request)


def household_tile(request: HttpRequest, household: Household) -> str:
    return render_to_string("contact/panels/household_tile.html", {"kept": record_of(household)}, request)


def household_main(request: HttpRequest, household: Household) -> str:
    return render_to_string("contact/panels/household_main.html", {
        "household": household, "day": business_date(), "lines": [line(one) for one in contacts(household)[:RECENT]],
        "promises": [(one, _newest(one)) for one in promises_of(household)[:RECENT]], "tones": TONES,
        "may_work": permissions.may(request.user, "household.work")}, request)


def timeline(user: Any, household: Household) -> list[Item]:
    """Contacts, promises and what became of them, of a household within the user's field of view."""
    items = [_contact_item(one) for one in contacts(household)[:MOST_ITEMS]]
    for promise in promises_of(household)[:MOST_ITEMS]:
        title = _("%(day)s 还 %(fen)s 元") % {"day": promise.due, "fen": yuan(promise.amount_fen)}
        items.append(Item(_taken_at(promise), _("承诺"), "calm", title,
                          _join(promise.source_of_money, str(promise.taken_by))))
        for judgement in promise.judgements.all():
            said = _("%(state)s：%(title)s") % {"state": judgement.get_state_display(), "title": title}
            items.append(Item(_at(judgement.judged_on, DAY_END), _("承诺"), TONES[PromiseJudgement.State(judgement.state)],
                              said, _("已还 %(fen)s 元") % {"fen": yuan(judgement.paid_fen)}))
    return items


def _contact_item(contact: ContactAttempt) -> Item:
    said = line(contact)
    length = contact.duration_seconds and _("%(minutes)s 分 %(seconds)s 秒") % {
        "minutes": contact.duration_seconds // 60, "seconds": contact.duration_seconds % 60}
    corrected = contact.corrects_id and _("更正")
    return Item(contact.at, _("联系"), said.tone, f"{channels.label(contact.channel)} {said.who}：{said.outcome}",
                _join(corrected, contact.note, length,
                      contact.recording and _("录音 %(number)s") % {"number": contact.recording},
                      str(contact.made_by), contact.companion and _("同行 %(who)s") % {"who": contact.companion}))


def _taken_at(promise: Promise) -> datetime:
    """In its contact; one that came from elsewhere, on the day it was made."""
    return promise.contact.at if promise.contact is not None else _at(promise.made_on, time(9))


def _at(day: date, moment: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, moment))


def _newest(promise: Promise) -> PromiseJudgement | None:
    return next(iter(promise.judgements.all()), None)


def _join(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)



slots.provide(POINT, verdicts, order=10)
slots.provide("casework.outcome", label, order=10)
slots.provide("today.start", begin, order=10)
slots.provide("today.tiles", today_tile, order=10)
slots.provide("today.actions", today_actions, order=10)
slots.provide("task.actions", task_actions, order=10)
slots.provide("household.actions", household_actions, order=10)
slots.provide("household.tiles", household_tile, order=20)
slots.provide("household.main", household_main, order=30)
slots.provide("household.timeline", timeline, order=40)
