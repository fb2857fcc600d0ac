"""Contacting somebody: first the guard is asked, then what came of it is written down."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access import permissions
from qingshou.casework.models import Task
from qingshou.casework.pages.sheets import household_or_404, onward, posted, sheet
from qingshou.casework.queries.findings import answers
from qingshou.casework.queries.household import view
from qingshou.casework.queries.staff import collectors
from qingshou.contact import clock, services
from qingshou.contact.forms import AskForm, CorrectForm, RecordForm
from qingshou.contact.models import Channel, ContactAttempt, GuardDecision, Outcome
from qingshou.contact.outcomes import BY_CHANNEL
from qingshou.contact.queries.guard import judge, verdict
from qingshou.contact.queries.history import contacts, line
from qingshou.contact.queries.people import reachable
from qingshou.contact.queries.promises import promises_of
from qingshou.contact.services import PromiseTerms
from qingshou.engine.reasons import describe
from qingshou.portfolio.models import Household
from qingshou.portfolio.queries.business import business_date
from qingshou.store.policy import rules_on
from qingshou.web.refusals import refuse

CHANNELS = (Channel.CALL, Channel.VISIT, Channel.LETTER)  # by hand; messages go out from approved templates only
RECENT = 5
NEXT = "next"


def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom to reach over which channel, each with the guard's answer as of now; a post asks in earnest."""
    household = household_or_404(request, pk)
    task = _task(household, request.POST.get("task") or request.GET.get("task") or "")
    channel = request.POST.get("channel") or request.GET.get("channel") or (task.channel if task else "")
    channel = channel if channel in Channel.values else Channel.CALL
    people = reachable(household)
    form = AskForm(posted(request), people=people, staff=_companions(request), channel=channel)
    if request.method == "POST" and form.is_valid():
        try:
            decision = services.guard_household(
                user=request.user, household_id=pk, channel=channel, person=form.cleaned_data["person"],
                companion_id=form.cleaned_data["companion"] if channel == Channel.VISIT else None,
                task_id=task.pk if task else None)
        except ValidationError as error:
            refuse(form, error)
        else:
            if decision.allowed:
                return redirect(f"{reverse('contact:outcome', args=[decision.pk])}?{urlencode({'next': onward(request, pk)})}")
            form.add_error(None, _("合规闸未放行，原因见下；这次询问已留存。"))
    moment = clock.now()
    least = int(rules_on(timezone.localtime(moment).date())["conduct.visit_staff_least"])
    answered = judge(household=household, people=people, channel=channel, at=moment, staff_present=least,
                     willingness=answers([pk])[pk]["willingness"])
    shown = list(CHANNELS) if channel in CHANNELS else [*CHANNELS, Channel(channel)]
    return render(request, "contact/ask.html", {
        "active": "today", "household": household, "task": task, "channel": channel, "form": form, "next": onward(request, pk),
        "channels": [(value, value.label) for value in shown],
        "people": [(one, verdict(answered[one.key], moment)) for one in people], "view": view(household, business_date()),
        "recent": [line(one) for one in contacts(household)[:RECENT]], "promises": promises_of(household)[:RECENT],
    }, status=422 if form.is_bound else 200)


def outcome(request: HttpRequest, guard_id: int) -> HttpResponse:
    """Write down what came of the outreach that the guard let through."""
    permissions.require(request.user, "household.work")
    try:
        guard = GuardDecision.objects.select_related("task", "companion").get(pk=guard_id, asked_by=request.user.pk)
    except GuardDecision.DoesNotExist:
        raise Http404 from None
    household = household_or_404(request, guard.household_id)
    form = RecordForm(posted(request), channel=guard.channel,
                      initial={"at": timezone.localtime(guard.at).time().replace(second=0, microsecond=0)})
    if request.method == "POST" and form.is_valid():
        try:
            contact = services.record_attempt(user=request.user, guard_id=guard_id, **_given(form.cleaned_data, guard))
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("已登记：%(name)s %(outcome)s") % {
                "name": household.borrower.name, "outcome": line(contact).outcome})
            return redirect("casework:next" if request.POST.get("then") == NEXT else onward(request, household.pk))
    rules = rules_on(timezone.localtime(guard.at).date())
    return render(request, "contact/outcome.html", {
        "active": "today", "household": household, "guard": guard, "form": form, "next": onward(request, household.pk),
        "channel": Channel(guard.channel).label, "recorded": ContactAttempt.objects.filter(guard=guard).first(),
        "reasons": describe(guard.reasons, rules, translate=_), "view": view(household, business_date()),
        "recent": [line(one) for one in contacts(household)[:RECENT]], "promises": promises_of(household)[:RECENT],
    }, status=422 if form.is_bound else 200)


def correct(request: HttpRequest, contact_no: str) -> HttpResponse:
    """A new entry in place of a wrong one."""
    permissions.require(request.user, "household.work")
    try:
        old = contacts_named(contact_no)
    except ContactAttempt.DoesNotExist:
        raise Http404 from None
    household = household_or_404(request, old.household_id)

    def save(given: dict[str, Any]) -> str:
        services.correct_attempt(user=request.user, contact_no=contact_no, **given)
        return _("已登记更正，原记录保留")

    known = old.outcome if old.outcome in BY_CHANNEL[old.channel] else ""
    form = CorrectForm(posted(request), channel=old.channel,
                       initial={"outcome": known, "identity_verified": old.identity_verified})
    return sheet(request, "contact/correct.html", form, household, title=_("更正联系记录"), save=save, old=line(old))


def contacts_named(contact_no: str) -> ContactAttempt:
    """The contact by its number, with what its line shows."""
    return ContactAttempt.objects.select_related("party", "guard", "made_by", "corrects__guard").get(contact_no=contact_no)


def begin(household: Household, task: Task | None, channel: str) -> str | None:
    """Where working on an item begins: here, if somebody is to be reached."""
    if channel not in Channel.values:
        return None
    query = {"channel": channel, **({"task": task.pk} if task else {}), "next": reverse("casework:today")}
    return f"{reverse('contact:record', args=[household.pk])}?{urlencode(query)}"


def _given(values: dict[str, Any], guard: GuardDecision) -> dict[str, Any]:
    """The form's values as the service takes them; what is left of a promise without that outcome is not sent."""
    promise = None
    if values["outcome"] == Outcome.PROMISED:
        promise = PromiseTerms(values["amount"], values["due"], values["source_of_money"])
    minutes, at = values.get("minutes"), None
    if values.get("at") is not None:
        at = timezone.make_aware(datetime.combine(timezone.localtime(guard.at).date(), values["at"]))
    return {"outcome": values["outcome"], "identity_verified": values["identity_verified"], "note": values["note"],
            "duration_seconds": None if minutes is None else minutes * 60, "recording": values.get("recording", ""),
            "at": at, "promise": promise}


def _companions(request: HttpRequest) -> list[Any]:
    me = request.user.pk
    return [(person, unit) for person, unit in collectors(request.user, colleagues=True) if person.pk != me]


def _task(household: Household, number: str) -> Task | None:
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    return Task.objects.filter(pk=int(number), household=household, state=Task.State.OPEN).first()

