"""A payment for several loans of a household: fill in, see how it is divided, confirm."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qingshou.access.permissions import require
from qingshou.portfolio.forms import ConfirmForm, PaymentForm
from qingshou.portfolio.models import Household
from qingshou.portfolio.queries.business import business_date
from qingshou.portfolio.queries.scope import household_for
from qingshou.portfolio.services import payment as service
from qingshou.portfolio.services.ledger import new_event_no
from qingshou.web.refusals import refuse


def payment(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the form. POST: how the payment would be divided, or, when that was confirmed, the posting."""
    require(request.user, "ledger.post")
    try:
        household = household_for(request.user, pk)
    except Household.DoesNotExist:
        raise Http404 from None
    form = PaymentForm(request.POST if request.method == "POST" else None, initial={"date": business_date()})
    division, confirm = None, None
    if request.method == "POST" and form.is_valid():
        given = ConfirmForm(request.POST)
        if "fingerprint" in request.POST and given.is_valid():
            try:
                events = service.post_payment(
                    user=request.user, household_id=pk, event_no=given.cleaned_data["event_no"],
                    reason=given.cleaned_data["reason"], expected=given.cleaned_data["fingerprint"], **form.facts(),
                    channel=form.cleaned_data["channel"], note=form.cleaned_data["note"])
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, _("已登记还款，分入 %(loans)d 笔贷款。") % {"loans": len(events)})
                return redirect("portfolio:household", pk)
        division = _preview(request, pk, form)
        confirm = given if "fingerprint" in request.POST and not given.is_valid() else None
        if division is not None and confirm is None:
            confirm = ConfirmForm(initial={"event_no": new_event_no(division.date), "fingerprint": division.fingerprint,
                                           "reason": request.POST.get("reason", "")})
    refused = request.method == "POST" and (form.errors or (confirm is not None and confirm.errors))
    return render(request, "portfolio/household/payment.html", {
        "active": "households", "household": household, "form": form, "division": division, "confirm": confirm,
        "source": service.SOURCE}, status=422 if refused else 200)


def _preview(request: HttpRequest, pk: int, form: PaymentForm) -> Any:
    try:
        return service.preview_payment(user=request.user, household_id=pk, **form.facts())
    except ValidationError as error:
        if not form.errors:
            refuse(form, error)
        return None
