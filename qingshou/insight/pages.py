"""The dashboard page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qingshou.access.permissions import require
from qingshou.insight import pictures
from qingshou.insight.queries.dashboard import Line
from qingshou.insight.queries.dashboard import dashboard as look
from qingshou.insight.queries.standing import last_closed


@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """Overdue and bad balances, how they move, where they lie: of the bank, a division or a field."""
    require(request.user, "insight.view")
    shown = look(request.user)
    titles = {"bank": _("全行驾驶舱"), "unit": _("分部驾驶舱"), "own": _("我的驾驶舱")}
    breakdowns = [
        (_("按机构"), _("机构"), _opened(shown.by_unit)),
        (_("按清收员"), _("清收员"), _opened(shown.by_collector)),
        (_("按产品"), _("产品"), _opened(shown.by_product)),
    ]
    return render(request, "insight/dashboard.html", {
        "active": "dashboard", "shown": shown, "as_of": last_closed() or shown.day,
        "title": titles.get(shown.reach, titles["own"]),
        "breakdowns": [item for item in breakdowns if item[2]],
        "urls": {"overdue": pictures.households_url(stage="overdue"), "bad": pictures.loans_url(level="bad")},
        "funnel": pictures.funnel(shown.stages), "levels": pictures.level_bars(shown.levels),
        "migration": pictures.migration(shown.migration) if shown.migration else None,
        "daily": pictures.trend(_("最近 31 天"), shown.daily) if len(shown.daily) > 1 else None,
        "monthly": pictures.trend(_("最近 18 个月末"), shown.monthly) if len(shown.monthly) > 1 else None,
    })


def _opened(lines: list[Line]) -> list[tuple[Line, str, str, str]]:
    """Lines with the addresses of their overdue households, of what these owe, and of their bad loans.

    Of a product only some loans of a household are meant: its overdue amount opens these loans.
    """
    return [(line, pictures.households_url(stage="overdue", **line.filter),
             (pictures.loans_url if "product" in line.filter else pictures.households_url)(stage="overdue", **line.filter),
             pictures.loans_url(level="bad", **line.filter)) for line in lines]
