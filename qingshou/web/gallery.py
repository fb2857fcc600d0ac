"""The page that shows every component in every state, each with the markup that made it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template, render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from qingshou.web import samples

SECTIONS = ("tiles", "chips", "buttons", "table", "form", "tabs", "path", "money", "states", "progress", "dialogs", "charts")


@require_http_methods(["GET", "POST"])
def components(request: HttpRequest) -> HttpResponse:
    """The gallery; its POST shows a message."""
    if request.method == "POST":
        getattr(messages, {"warning": "warning", "error": "error"}.get(request.POST.get("kind", ""), "success"))(
            request, _("已记录。"))
        return redirect("components")
    context, sections = samples.context(request), []
    for name in SECTIONS:
        template = f"web/gallery/{name}.html"
        origin = get_template(template).origin  # type: ignore[attr-defined]
        source = Path(origin.name).read_text(encoding="utf-8")
        sections.append({"name": name, "html": render_to_string(template, context, request), "source": source})
    return render(request, "web/gallery.html", {"sections": sections, "count": len(sections)})


@require_GET
def preview(request: HttpRequest, number: int) -> HttpResponse:
    """What stands beside a list for its selected row."""
    person = next((person for person in samples.people() if person["number"] == number), None)
    return render(request, "web/gallery_preview.html", {"person": person, "owed": samples.owed()})


@require_GET
def advance(request: HttpRequest) -> HttpResponse:
    """A progress bar that comes a fifth further each time it asks."""
    at = request.GET.get("at", "0")
    permille = min(1000, (int(at) if at.isdigit() and len(at) < 5 else 0) + 200)
    job = SimpleNamespace(permille=permille, at=str(permille), note=_("第 %(step)d 步，共 5 步") % {"step": permille // 200})
    return render(request, "web/gallery_progress.html", {"job": job})
