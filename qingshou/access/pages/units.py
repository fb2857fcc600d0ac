"""Units, for the administrator."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingshou.access import forms, services
from qingshou.access.models import Unit
from qingshou.access.permissions import require
from qingshou.access.queries import people


def index(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    rows = people.unit_tree(request.user, day=today)
    form = forms.UnitForm(request.POST or None, units=people.open_units(today), initial={"valid_from": today})
    if request.method == "POST" and form.is_valid():
        try:
            unit = services.create_unit(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已新增机构 %(name)s。") % {"name": unit.name})
            return redirect("access:units")
    return render(request, "access/units.html", {"active": "users", "rows": rows, "form": form},
                  status=400 if form.errors else 200)


def show(request: HttpRequest, pk: int) -> HttpResponse:
    unit = _unit(request, pk)
    return _detail(request, unit)


@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    unit = _unit(request, pk)
    form = forms.RenameUnitForm(request.POST)
    if form.is_valid():
        try:
            services.rename_unit(by=request.user, unit=unit, name=form.cleaned_data["name"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已保存。"))
            return redirect("access:units")
    return _detail(request, unit, status=400, rename=form)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    unit = _unit(request, pk)
    form = forms.DayForm(request.POST)
    if form.is_valid():
        try:
            services.close_unit(by=request.user, unit=unit, valid_to=form.cleaned_data["day"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("机构已撤销。"))
            return redirect("access:units")
    return _detail(request, unit, status=400, close=form)


def _unit(request: HttpRequest, pk: int) -> Unit:
    require(request.user, "users.manage")
    unit = Unit.objects.select_related("parent").filter(pk=pk).first()
    if unit is None:
        raise Http404
    return unit


def _detail(request: HttpRequest, unit: Unit, status: int = 200, **given: forms.forms.Form) -> HttpResponse:
    today = timezone.localdate()
    context = {"active": "users", "unit": unit, "rename": forms.RenameUnitForm(initial={"name": unit.name}),
               "close": forms.DayForm(initial={"day": today}), **given,
               "postings": people.in_force(unit.postings.select_related("user"), today)}
    return render(request, "access/unit.html", context, status=status)
