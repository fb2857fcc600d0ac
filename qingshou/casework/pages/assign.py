"""Responsibility fields 责任田: who holds what, and handing households over, some or all of a selection."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qingshou.access import permissions
from qingshou.casework.forms import AssignForm
from qingshou.casework.models import Assignment
from qingshou.casework.pages.sheets import posted
from qingshou.casework.queries.assignments import Wanted, held, households, villages
from qingshou.casework.queries.staff import collectors
from qingshou.casework.services import assign
from qingshou.casework.services.assignment import BATCH
from qingshou.portfolio.models import Household
from qingshou.portfolio.queries.business import business_date
from qingshou.web.paging import paginate
from qingshou.web.refusals import refuse

MOST_VILLAGES = 300


def assignments(request: HttpRequest) -> HttpResponse:
    permissions.require(request.user, "household.assign")
    wanted, staff = Wanted.read(request.GET), collectors(request.user)
    form = AssignForm(posted(request), staff=staff,
                      initial={"starts_on": business_date(), "why": Assignment.Why.FIELD})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            moved = assign(user=request.user, household_ids=_chosen(request, wanted), collector_id=given.pop("collector"),
                           **given)
        except ValidationError as error:
            refuse(form, error)
        except Household.DoesNotExist:
            raise Http404 from None
        else:
            messages.success(request, _("已移交 %(count)s 户") % {"count": moved})
            return redirect(request.get_full_path())
    people = {person.pk: (person, unit) for person, unit in staff}
    page = paginate(households(request.user, wanted), request, per_page=100)
    return render(request, "casework/assignments.html", {
        "active": "assignments", "wanted": wanted, "form": form, "page": page, "staff": staff,
        "held": [(row, people.get(row.custodian_id or 0)) for row in held(request.user)],
        "villages": villages(request.user)[:MOST_VILLAGES], "batch": BATCH,
    }, status=422 if form.is_bound else 200)


def _chosen(request: HttpRequest, wanted: Wanted) -> list[int]:
    """The households ticked, or all that the filters show; one more than a batch is refused by the service."""
    if request.POST.get("all") == "1":
        return list(households(request.user, wanted).values_list("pk", flat=True)[:BATCH + 1])
    return [int(value) for value in request.POST.getlist("household") if value.isascii() and value.isdigit()][:BATCH + 1]
