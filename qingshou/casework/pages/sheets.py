"""Small forms about one household: a page of their own, and over another page as a sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from qingshou.access import permissions
from qingshou.portfolio.models import Household
from qingshou.portfolio.queries.scope import household_for
from qingshou.web.refusals import refuse


def household_or_404(request: HttpRequest, pk: int, permission: str = "household.work") -> Household:
    """The household in the user's field; what lies outside it is as if it were not there."""
    permissions.require(request.user, permission)
    try:
        return household_for(request.user, pk)
    except Household.DoesNotExist:
        raise Http404 from None


def posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, for a form: also an empty post is one, and gets its answer."""
    return request.POST if request.method == "POST" else None


def onward(request: HttpRequest, household_id: int) -> str:
    """Where to go afterwards: the address on this site that the form named, else the household's page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("portfolio:household", args=[household_id])


def leave(request: HttpRequest, url: str) -> HttpResponse:
    """On to *url*: by the sheet's script, or as browsers do."""
    return HttpResponseClientRedirect(url) if _sheet(request) else redirect(url)


def sheet(request: HttpRequest, template: str, form: forms.Form, household: Household, *, title: str,
          save: Callable[[dict[str, Any]], str], **context: Any) -> HttpResponse:
    """Show *form*, or with what was posted call *save*, which changes something and says so in a sentence.

    A refusal of the service stands in the form; nothing else is lost.
    """
    if request.method == "POST" and form.is_valid():
        try:
            told = save(form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, told)
            return leave(request, onward(request, household.pk))
    context |= {"form": form, "household": household, "title": title, "next": onward(request, household.pk),
                "layout": "casework/sheet_bare.html" if _sheet(request) else "casework/sheet_page.html",
                "active": "today"}
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)


def _sheet(request: HttpRequest) -> bool:
    return request.headers.get("X-Sheet") == "1"
