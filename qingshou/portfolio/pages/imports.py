"""Import: choose a profile, drop files, watch; what was taken, what was not and why; reconciliation by cause."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from qingshou.access.permissions import require
from qingshou.portfolio.imports import profiles, uploads
from qingshou.portfolio.imports.canonical import TABLES
from qingshou.portfolio.imports.rejects import FILE_COLUMNS, harmless
from qingshou.portfolio.imports.template import standard_workbook
from qingshou.portfolio.models import ImportBatch, Reconciliation
from qingshou.portfolio.queries import imports as queries
from qingshou.portfolio.services import imports as services
from qingshou.web import xlsx
from qingshou.web.paging import paginate

LISTED = ("file", *FILE_COLUMNS)
TITLES = {name: table.title for name, table in TABLES.items()}


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given]


class ImportForm(forms.Form):
    """What to import and how."""

    profile = forms.ChoiceField(label=gettext_lazy("导入方案"))
    files = FilesField(label=gettext_lazy("文件"),
                       help_text=gettext_lazy("CSV（UTF-8 或 GB18030，可用 gz 压缩）或 XLSX，可一次选多个，也可拖到这里"))
    dry_run = forms.BooleanField(label=gettext_lazy("只试导入：检查并列出结果，不写入"), required=False)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["profile"].choices = [(item.name, item.title) for item in profiles.listed()]  # type: ignore[attr-defined]


def index(request: HttpRequest) -> HttpResponse:
    """GET: the form and the imports so far. POST: keep the files and queue the import."""
    require(request.user, "portfolio.import")
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            job = services.ask_import(user=request.user, profile=profiles.find(data["profile"]), uploaded=data["files"],
                                      dry_run=data["dry_run"])
            return redirect("jobs:show", job.pk)
        except ValidationError as error:
            form.add_error("files", error)
    page = paginate(queries.batches(request.user), request)
    known = profiles.listed()
    titles = {item.name: item.title for item in known}
    rows = [{"batch": one, "profile": titles.get(one.profile, one.profile), "totals": queries.totals(json.loads(one.counts)),
             "files": queries.files(one)} for one in page]
    return render(request, "portfolio/imports/index.html", {
        "active": "imports", "form": form, "page": page, "rows": rows, "profiles": known})


def template(request: HttpRequest) -> HttpResponse:
    """The empty workbook of the standard profile."""
    require(request.user, "portfolio.import")
    return xlsx.response(standard_workbook(), _("清收导入模板") + ".xlsx")


def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of an import."""
    found = _batch(request, pk)
    counts = json.loads(found.counts)
    cause = request.GET.get("cause", "")
    showing = request.GET.get("show") or ("reconciliation" if found.reconciliations.exists() else "rejects")
    causes = queries.causes(found)
    rows = queries.reconciliations(found, cause if cause in Reconciliation.Cause.values else "") \
        if showing == "reconciliation" else queries.rejects(found)
    return render(request, "portfolio/imports/batch.html", {
        "active": "imports", "batch": found, "profile": _title(found.profile), "lines": queries.lines(counts),
        "totals": queries.totals(counts), "files": queries.files(found), "showing": showing, "causes": causes, "cause": cause,
        "page": paginate(rows, request), "titles": TITLES})


def batch_rejects(request: HttpRequest, pk: int) -> HttpResponse:
    """The rejects of an import as CSV."""
    found = _batch(request, pk)
    rows = queries.rejects(found).values_list(*LISTED).iterator(chunk_size=2000)
    return _csv(rows, _("导入%(number)s拒绝明细") % {"number": pk})


@require_POST
def _again(request: HttpRequest, token: str) -> HttpResponse:
    try:
        return redirect("jobs:show", services.ask_again(user=request.user, token=token).pk)
    except FileNotFoundError:
        raise Http404 from None


def run(request: HttpRequest, token: str) -> HttpResponse:
    """GET: what a dry run found. POST: import the same files for good."""
    require(request.user, "portfolio.import")
    if request.method == "POST":
        return _again(request, token)
    told, rejects = _outcome(token)
    causes = [{"cause": cause.value, "label": cause.label, **told["reconciliation"][cause.value]}
              for cause in Reconciliation.Cause if cause.value in told["reconciliation"]]
    return render(request, "portfolio/imports/run.html", {
        "active": "imports", "token": token, "told": told, "profile": _title(told["profile"]),
        "lines": queries.lines(told["tables"]),
        "totals": queries.totals(told["tables"]), "causes": causes, "page": paginate(rejects.to_dicts(), request),
        "titles": TITLES})


def run_rejects(request: HttpRequest, token: str) -> HttpResponse:
    """The rejects of a dry run as CSV."""
    require(request.user, "portfolio.import")
    _told, rejects = _outcome(token)
    return _csv(rejects.select(LISTED).iter_rows(), _("试导入拒绝明细"))


def _title(name: str) -> str:
    """What a profile is called; its name if it is no longer there."""
    return next((str(item.title) for item in profiles.listed() if item.name == name), name)


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    try:
        return queries.batch_for(request.user, pk)
    except ImportBatch.DoesNotExist:
        raise Http404 from None


def _outcome(token: str) -> tuple[dict[str, Any], Any]:
    try:
        return uploads.outcome_of(token)
    except FileNotFoundError:
        raise Http404 from None


class _Line:
    """What csv.writer writes to: gives each line back."""

    def write(self, line: str) -> str:
        return line


def _csv(rows: Iterable[tuple[Any, ...]], name: str) -> StreamingHttpResponse:
    writer = csv.writer(_Line())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(LISTED)  # the mark, so that a spreadsheet reads the Chinese
        for row in rows:
            yield writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    return response
