"""Promises to pay (C5): what falls due, what runs, what became of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qingshou.access import permissions
from qingshou.contact.queries.promises import RATE_DAYS, SCOPES, due_on, kept_by_collector, promises, rows
from qingshou.portfolio.queries.business import business_date
from qingshou.web.paging import paginate


def index(request: HttpRequest) -> HttpResponse:
    permissions.require(request.user, "household.view")
    day = business_date()
    scope = request.GET.get("scope", "")
    scope = scope if scope in SCOPES else "today"
    page = paginate(promises(request.user, scope, day), request)
    return render(request, "contact/promises.html", {
        "active": "promises", "day": day, "scope": scope, "page": page, "rows": rows(page.object_list),
        "due": due_on(request.user, day), "kept": kept_by_collector(request.user, day), "rate_days": RATE_DAYS,
        "scopes": [("today", _("今日到期")), ("running", _("履行中")), ("judged", _("已判定"))],
    })
