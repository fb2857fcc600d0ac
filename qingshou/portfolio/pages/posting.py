"""Posting to a loan's ledger: fill in, see what changes, confirm."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingshou.access.permissions import require
from qingshou.portfolio.forms import ConfirmForm, EntryForm, ReversalForm
from qingshou.portfolio.models import LedgerEvent, Loan
from qingshou.portfolio.queries.business import business_date
from qingshou.portfolio.queries.scope import loan_for
from qingshou.portfolio.services import ledger
from qingshou.web.refusals import refuse


def enter(request: HttpRequest, loan_no: str) -> HttpResponse:
    """GET: the form. POST: what the entry would change; nothing is written yet."""
    seen = _loan(request, loan_no)
    form = _form(request)
    preview = None
    if request.method == "POST" and form.is_valid():
        try:
            preview = ledger.preview_event(user=request.user, loan=seen, **form.facts())
        except ValidationError as error:
            refuse(form, error)
    confirm = None
    if preview is not None:
        confirm = ConfirmForm(initial={"event_no": ledger.new_event_no(preview.as_of), "fingerprint": preview.fingerprint})
    return _show(request, seen, form, preview, confirm)


@require_POST
def confirm(request: HttpRequest, loan_no: str) -> HttpResponse:
    """Post what was previewed; a stale preview comes back as a new one."""
    seen = _loan(request, loan_no)
    form, confirmed = _form(request), ConfirmForm(request.POST)
    if not form.is_valid():
        return _show(request, seen, form, None, None)
    if confirmed.is_valid():
        data = confirmed.cleaned_data
        try:
            event = ledger.post_event(user=request.user, loan=seen, event_no=data["event_no"], reason=data["reason"],
                                      expected=data["fingerprint"], **form.facts())
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("已登记：%(kind)s %(number)s，其后各笔已重新计算。") % {
                "kind": event.get_kind_display(), "number": event.event_no})
            return redirect("portfolio:loan", loan_no)
    # Show what it would change as things stand now, with what was refused above it.
    try:
        preview = ledger.preview_event(user=request.user, loan=seen, **form.facts())
    except ValidationError as error:
        if not form.errors:
            refuse(form, error)
        return _show(request, seen, form, None, None)
    if not form.errors:
        return _show(request, seen, form, preview, confirmed)
    again = ConfirmForm(initial={"event_no": ledger.new_event_no(preview.as_of), "fingerprint": preview.fingerprint,
                                 "reason": request.POST.get("reason", "")})
    return _show(request, seen, form, preview, again)


def _loan(request: HttpRequest, loan_no: str) -> Loan:
    require(request.user, "ledger.post")
    try:
        return loan_for(request.user, loan_no)
    except Loan.DoesNotExist:
        raise Http404 from None


def _form(request: HttpRequest) -> EntryForm | ReversalForm:
    """The form of a reversal when an event to undo is named, else of a new event."""
    asked = request.POST if request.method == "POST" else request.GET
    kind = ReversalForm if asked.get("reverses") else EntryForm
    if request.method == "POST":
        return kind(request.POST)
    today = business_date()
    return kind(initial={"date": today, "reverses": asked.get("reverses"), "kind": LedgerEvent.Kind.REPAYMENT})


def _show(request: HttpRequest, seen: Loan, form: Any, preview: Any, confirm_form: Any) -> HttpResponse:
    target = None
    if isinstance(form, ReversalForm):
        number = str(form["reverses"].value() or "")
        target = LedgerEvent.objects.filter(loan=seen, pk=int(number)).first() if number.isdecimal() else None
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "portfolio/loan/enter.html", {
        "active": "loans", "loan": seen, "household": seen.household, "form": form, "preview": preview,
        "confirm": confirm_form, "target": target}, status=status)
