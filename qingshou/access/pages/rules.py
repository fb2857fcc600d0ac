"""The rules in force, each with its source and its history."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access.permissions import require
from qingshou.access.queries import rules
from qingshou.access.rule_texts import chapter_name
from qingshou.store.policy import policy_error
from qingshou.web import slots


def _today() -> date:
    """The day the bank stands on."""
    stands = slots.first("shell.business_date")
    return stands() if stands is not None else timezone.localdate()


def policy(request: HttpRequest) -> HttpResponse:
    require(request.user, "policy.view")
    asked = request.GET.get("day", "")
    try:
        day, wrong = date.fromisoformat(asked) if asked else _today(), ""
    except ValueError:
        day, wrong = _today(), _("日期 %(text)s 无效，已按今天显示。") % {"text": asked}
    text, only_doubtful = request.GET.get("text", "").strip(), request.GET.get("doubtful") == "1"
    found = rules.chapters(request.user, day, text=text, only_doubtful=only_doubtful)
    chapters = [(chapter, chapter_name(chapter), lines) for chapter, lines in found.items()]
    count = sum(len(lines) for lines in found.values())
    return render(request, "access/policy.html", {
        "active": "policy", "day": day, "chapters": chapters, "count": count, "text": text, "only_doubtful": only_doubtful,
        "wrong": wrong, "broken": policy_error()})
