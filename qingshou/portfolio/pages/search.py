"""The search page and the suggestions under the box."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from qingshou.access.permissions import require
from qingshou.portfolio.queries.search import exact_kind, search
from qingshou.portfolio.services.lookup import look_up
from qingshou.web import slots

SUGGESTIONS = 8


@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Results for ``?q=``; a single certain one is opened at once."""
    require(request.user, "household.view")
    answer = look_up(user=request.user, text=request.GET.get("q", ""))
    if len(answer.found) == 1 and not answer.more:
        only = answer.found[0]
        if only.loan_no and only.loan_no == answer.text:
            return redirect("portfolio:loan", only.loan_no)
        return redirect("portfolio:household", only.household.pk)
    others = [result for function in slots.provided("search") for result in function(request.user, answer.text)]
    return render(request, "portfolio/search.html", {
        "active": "households", "answer": answer, "others": others, "search_text": answer.text})


@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """The first few results while typing. Whole personal numbers are looked up only when they are sent."""
    require(request.user, "household.view")
    text = request.GET.get("q", "")
    exact = exact_kind(text)
    answer = None if exact else search(request.user, text, limit=SUGGESTIONS)
    return render(request, "portfolio/suggestions.html", {"answer": answer, "exact": exact})
