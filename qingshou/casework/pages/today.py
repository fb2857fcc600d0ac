"""Today 今日工作台 (C1): the ranked queue, its preview, the next item, the export."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingshou.access import permissions
from qingshou.access.masking import mask_id
from qingshou.casework.pages.sheets import household_or_404
from qingshou.casework.queries.filters import Filters
from qingshou.casework.queries.household import view
from qingshou.casework.queries.money import collected
from qingshou.casework.queries.queue import Entry, entries, queue
from qingshou.casework.queries.staff import collectors
from qingshou.casework.queries.survey import survey
from qingshou.casework.services.export import export_queue
from qingshou.portfolio.models import Stage
from qingshou.portfolio.queries.business import business_date
from qingshou.web import slots
from qingshou.web.paging import Counted, paginate
from qingshou.web.xlsx import response as xlsx

LOOK_AHEAD = 50  # rows among which the next item that may be done now is looked for


def today(request: HttpRequest) -> HttpResponse:
    permissions.require(request.user, "household.view")
    day, filters = business_date(), Filters.read(request.GET)
    who = permissions.viewer(request.user)
    figures = survey(request.user, day)
    found = queue(request.user, day, filters)
    page = paginate(Counted(found, figures.households(filters)), request)
    rows = entries(request.user, list(page.object_list), day, page.start_index())
    wanted = request.GET.get("on", "")
    chosen = next((row for row in rows if str(row.household.pk) == wanted), rows[0] if rows else None)
    return render(request, "casework/today.html", {
        "active": "today", "day": day, "filters": filters, "page": page, "rows": rows, "chosen": chosen, "figures": figures,
        **(preview_context(request, chosen, day) if chosen else {}),
        "scopes": [("queue", _("队列"), None), ("due", _("应办"), figures.left), ("done", _("已办"), figures.done)],
        "stages": [(stage, Stage(stage).label, number) for stage, number in figures.stages(filters.scope)],
        "villages": figures.villages(filters.scope), "collected": collected(request.user, day),
        "staff": collectors(request.user) if who.reach in ("unit", "bank") else [], "query": request.GET.urlencode(),
        "may_work": permissions.may(request.user, "household.work"),
    })


def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel beside the queue; asked for by itself it is the household's page."""
    if not request.headers.get("HX-Request"):
        return redirect("portfolio:household", pk)
    household = household_or_404(request, pk, "household.view")
    day = business_date()
    if getattr(household, "state", None) is None:
        return redirect("portfolio:household", pk)
    row = entries(request.user, [household], day)[0]
    return render(request, "casework/preview.html", preview_context(request, row, day))


def preview_context(request: HttpRequest, row: Entry, day: date) -> dict[str, Any]:
    """What ``casework/preview.html`` shows. ``back`` is the queue as it stands, with this row selected."""
    borrower = row.household.borrower
    here = QueryDict(urlsplit(request.headers.get("HX-Current-URL") or request.get_full_path()).query, mutable=True)
    here["on"] = str(row.household.pk)
    return {"entry": row, "household": row.household, "state": row.state, "view": view(row.household, day), "day": day,
            "may_work": permissions.may(request.user, "household.work"), "masked_subject": f"party:{borrower.pk}",
            "masked_id": mask_id(borrower.id_number), "back": f"{reverse('casework:today')}?{here.urlencode()}"}


def start_next(request: HttpRequest) -> HttpResponse:
    """To the best item that may be done now: what the guard refuses this moment is passed over."""
    permissions.require(request.user, "household.work")
    day, filters = business_date(), Filters.read(request.GET)
    rows = entries(request.user, list(queue(request.user, day, filters)[:LOOK_AHEAD]), day)
    row = next((row for row in rows if row.verdict is None or row.verdict.allowed), None)
    if row is None:
        messages.info(request, _("此刻没有可以办理的事项。") if rows else _("今日事项已全部办完。"))
        return redirect(f"{reverse('casework:today')}?{request.GET.urlencode()}")
    begin = slots.first("today.start")
    url = begin(row.household, row.task, row.channel) if begin is not None else None
    return redirect(url or reverse("portfolio:household", args=[row.household.pk]))


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    day = business_date()
    content = export_queue(user=request.user, day=day, filters=Filters.read(request.GET))
    return xlsx(content, _("今日工作台") + f"-{day:%Y%m%d}.xlsx")


def home(user: Any) -> str | None:
    """Where those who work households begin: the first page after signing in."""
    return reverse("casework:today") if permissions.may(user, "household.work") else None

