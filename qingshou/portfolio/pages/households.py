"""The household's page and the lists of households and loans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.permissions import may, require
from qingshou.access.queries.saved_views import saved_views
from qingshou.engine import segments
from qingshou.portfolio.forms import FilterForm
from qingshou.portfolio.models import Household
from qingshou.portfolio.queries import lists
from qingshou.portfolio.queries.business import business_date
from qingshou.portfolio.queries.household import household_page
from qingshou.portfolio.services import export
from qingshou.store.policy import rules_on
from qingshou.web import xlsx
from qingshou.web.paging import paginate, sort_by

ITEMS_A_PAGE = 30


@require_GET
def household(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about a household on one page; its timeline alone for htmx."""
    try:
        shown = household_page(request.user, pk)
    except Household.DoesNotExist:
        raise Http404 from None
    kinds = sorted({item.kind for item in shown.items}, key=[item.kind for item in shown.items].index)
    kind = request.GET.get("kind", "")
    items = [item for item in shown.items if item.kind == kind] if kind in kinds else shown.items
    context = {"active": "households", "shown": shown, "household": shown.household, "kinds": kinds, "kind": kind,
               "page": paginate(items, request, ITEMS_A_PAGE), "may_post": may(request.user, "ledger.post")}
    if request.headers.get("HX-Target") == "timeline":
        return render(request, "portfolio/household/timeline.html", context)
    return render(request, "portfolio/household/page.html", context)


@require_GET
def households(request: HttpRequest) -> HttpResponse:
    require(request.user, "household.view")
    return _list(request, "households", lists.households, lists.HOUSEHOLD_SORTS, "-overdue")


@require_GET
def loans(request: HttpRequest) -> HttpResponse:
    require(request.user, "household.view")
    return _list(request, "loans", lists.loans, lists.LOAN_SORTS, "-overdue")


@require_POST
def export_households(request: HttpRequest) -> HttpResponse:
    return _export(request, "households", export.export_households, lists.HOUSEHOLD_SORTS, "-overdue")


@require_POST
def export_loans(request: HttpRequest) -> HttpResponse:
    return _export(request, "loans", export.export_loans, lists.LOAN_SORTS, "-overdue")


def _form(request: HttpRequest) -> FilterForm:
    codes = [(code.code, f"{code.code} {_(code.name)}" if code.code != segments.UNCLASSIFIED else _(code.name))
             for code in segments.codes(rules_on(business_date()))]
    form = FilterForm(request.GET, choices=lists.choices(request.user), segments=codes)
    form.is_valid()
    return form


def _list(request: HttpRequest, name: str, query: Any, sorts: Mapping[str, str], default: str) -> HttpResponse:
    form = _form(request)
    rows: QuerySet[Any] = query(request.user, form.wanted())
    sort, sums = request.GET.get("sort", default), lists.sums(rows)
    ordered = rows.order_by(*sort_by(request, sorts, default))
    return render(request, f"portfolio/{name}.html", {
        "active": name, "form": form, "page": paginate(lists.Counted(ordered, sums.count), request),
        "sums": sums, "sort": sort if sort.removeprefix("-") in sorts else default,
        "views": saved_views(request.user, name), "list_name": name,  # type: ignore[arg-type]
        "may_export": may(request.user, "list.export"), "may_export_plain": may(request.user, "personal.export"),
        "most_rows": export.MOST_ROWS, "filtered": bool(form.wanted().told()), "query": request.GET.urlencode()})


def _export(request: HttpRequest, name: str, service: Any, sorts: Mapping[str, str], default: str) -> HttpResponse:
    """The rows that the list with the same address shows; a form posts because it leaves an audit entry."""
    try:
        content = service(user=request.user, wanted=_form(request).wanted(), order=sort_by(request, sorts, default),
                          plain=request.POST.get("plain") == "1", reason=request.POST.get("reason", "").replace("\0", ""))
    except ValidationError as error:
        return render(request, "portfolio/export_refused.html", {"active": name, "messages_": error.messages}, status=422)
    title = {"households": _("户"), "loans": _("贷款")}[name]
    return xlsx.response(content, f"{title}-{business_date():%Y%m%d}.xlsx")
