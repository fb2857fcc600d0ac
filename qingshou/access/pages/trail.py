"""The audit trail and the log of unmaskings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingshou.access.audit_names import action_label
from qingshou.access.forms import AuditFilter
from qingshou.access.permissions import require
from qingshou.access.queries import trail
from qingshou.web.paging import paginate


def entries(request: HttpRequest) -> HttpResponse:
    require(request.user, "audit.view")
    form, asked = _filter(request)
    page = paginate(trail.entries(request.user, **asked), request)
    rows = [(entry, action_label(entry.action), trail.changes(entry)) for entry in page]
    return render(request, "access/audit.html", {
        "active": "audit", "form": form, "page": page, "rows": rows,
        "actions": [(name, action_label(name)) for name in trail.actions(request.user)]})


def unmaskings(request: HttpRequest) -> HttpResponse:
    require(request.user, "audit.view")
    form, asked = _filter(request)
    asked["username"] = asked.pop("actor")
    asked.pop("action")
    page = paginate(trail.unmaskings(request.user, **asked), request)
    return render(request, "access/unmaskings.html", {"active": "unmaskings", "form": form, "page": page})


def _filter(request: HttpRequest) -> tuple[AuditFilter, dict[str, Any]]:
    """The form and what it asks for; a field that cannot be read is shown with its error and does not filter."""
    form = AuditFilter(request.GET)
    form.is_valid()
    data = form.cleaned_data
    return form, {"actor": (data.get("actor") or "").strip(), "action": (data.get("action") or "").strip(),
                  "subject": (data.get("subject") or "").strip(), "first": data.get("first"), "last": data.get("last")}
