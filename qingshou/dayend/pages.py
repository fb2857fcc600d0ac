"""Day end's pages: the open day and its button, the closed days, and what each of them changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from qingshou.access.permissions import may
from qingshou.dayend import queries
from qingshou.dayend.services import ask_day_end
from qingshou.dayend.wording import phases, sentences
from qingshou.engine.classification import LEVELS
from qingshou.engine.reasons import describe
from qingshou.portfolio.models import BusinessDay
from qingshou.store.policy import rules_on
from qingshou.web.paging import paginate

TABS = {"": gettext_lazy("步骤"), "levels": gettext_lazy("分类变动"), "made": gettext_lazy("生成的任务"),
        "ended": gettext_lazy("取消的任务"), "promises": gettext_lazy("承诺判定")}
LISTS: dict[str, Any] = {"levels": queries.level_changes, "made": queries.made_tasks, "ended": queries.ended_tasks,
                         "promises": queries.judgements}


class RunForm(forms.Form):
    """How far to run."""

    through = forms.DateField(label=gettext_lazy("运行到"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                              help_text=gettext_lazy("含当日；缺的日期逐日补齐"))


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The open day, the run, the closed days."""
    queries.check(request.user)
    opened = queries.open_day()
    form = RunForm(request.POST or None, initial={"through": opened.date if opened else None})
    if request.method == "POST" and form.is_valid():
        try:
            job = ask_day_end(user=request.user, through=form.cleaned_data["through"])
        except ValidationError as error:
            form.add_error("through", error.messages[0])
        else:
            return redirect("jobs:show", job.pk)
    page = paginate(queries.closed_days(request.user), request, 31)
    return render(request, "dayend/index.html", {
        "active": "dayend", "opened": opened, "form": form, "page": page, "job": queries.waiting_job(),
        "days": [queries.with_report(day) for day in page], "may_run": may(request.user, "dayend.run"),
    }, status=422 if form.is_bound and form.errors else 200)


@require_GET
def day(request: HttpRequest, on: date) -> HttpResponse:
    """What the end of one day did, step by step, and the rows behind it (``?show=``)."""
    try:
        closed = queries.closed_day(request.user, on)
    except BusinessDay.DoesNotExist:
        raise Http404 from None
    shown = request.GET.get("show", "")
    if shown not in TABS:
        raise Http404
    page = paginate(LISTS[shown](request.user, on), request) if shown else None
    rules = rules_on(on)
    rows = list(page or [])
    if shown == "levels":
        rows = [{"change": change, "worse": not change.before or LEVELS.index(change.after) > LEVELS.index(change.before),
                 "reasons": describe(change.reasons, rules, translate=_)} for change in rows]
    return render(request, f"dayend/{shown or 'steps'}.html", {
        "active": "dayend", "closed": closed, "day": closed.day, "tabs": TABS.items(), "shown": shown, "page": page,
        "rows": rows, "sentences": sentences(closed.report), "phases": phases(closed.report)})
