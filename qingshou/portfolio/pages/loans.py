"""The loan's page, its interest statement, and decisions on its class."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.permissions import may
from qingshou.engine.classification import BAD, LEVELS
from qingshou.portfolio.forms import DateForm, LevelForm
from qingshou.portfolio.models import LedgerEvent, Loan
from qingshou.portfolio.queries.account import AccountPage, account_page
from qingshou.portfolio.queries.scope import loan_for
from qingshou.portfolio.queries.statement import Statement, statement_for
from qingshou.portfolio.services import levels
from qingshou.portfolio.statement_files import movement_rows, notes, statement_pdf, statement_xlsx
from qingshou.web import pdf, xlsx
from qingshou.web.paging import paginate

ENTRIES_A_PAGE = 30


@require_GET
def loan(request: HttpRequest, loan_no: str) -> HttpResponse:
    """A loan at ``?date=`` (default: the business date)."""
    on, refused = asked_date(request)
    try:
        shown = account_page(request.user, loan_no, on)
    except ValidationError as error:
        refused, shown = error.messages[0], account_page(request.user, loan_no)
    except Loan.DoesNotExist:
        raise Http404 from None
    return render(request, "portfolio/loan/page.html", loan_context(request, shown) | {"refused": refused})


def loan_context(request: HttpRequest, shown: AccountPage) -> dict[str, Any]:
    """What the loan's page and the pages of posting share."""
    kind = request.GET.get("kind", "")
    ledger = [entry for entry in shown.ledger if not kind or entry.kind == kind or (kind == "money" and entry.event)]
    user = request.user
    return {
        "active": "loans", "shown": shown, "loan": shown.loan, "household": shown.loan.household, "kind": kind,
        "kinds": LedgerEvent.Kind.choices, "page": paginate(ledger, request, ENTRIES_A_PAGE),
        "dues": shown.dues if request.GET.get("schedule") == "all" else shown.near_dues,
        "may_post": may(user, "ledger.post"),
        "level_forms": _level_forms(shown, user),
    }


def _level_forms(shown: AccountPage, user: Any) -> list[tuple[str, str, LevelForm]]:
    """The decisions on the class that the viewer may take now: title, word on the button, form."""
    if shown.state is None:
        return []
    place = LEVELS.index(shown.state.level)
    made = []
    if may(user, "level.lower") and LEVELS[place + 1:]:
        made.append((_("人工下调"), _("下调"), LevelForm(levels=LEVELS[place + 1:], initial={"decision": "lower"})))
    if may(user, "level.raise") and shown.lowered:
        made.append((_("撤销人工下调"), _("撤销"), LevelForm(levels=(), initial={"decision": "lift"})))
    if may(user, "level.raise") and shown.state.level in BAD:
        made.append((_("批准上调"), _("批准"), LevelForm(levels=LEVELS[:place], initial={"decision": "raise"})))
    return made


@require_GET
def statement(request: HttpRequest, loan_no: str) -> HttpResponse:
    """The itemised interest statement at ``?date=``; ``?kind=`` keeps the lines of one kind."""
    on, refused = asked_date(request)
    try:
        shown = statement_for(request.user, loan_no, on)
    except ValidationError as error:
        refused, shown = error.messages[0], statement_for(request.user, loan_no)
    except Loan.DoesNotExist:
        raise Http404 from None
    kind = request.GET.get("kind", "")
    segments = [line for line in shown.segments if not kind or line.kind == kind]
    return render(request, "portfolio/statement.html", {
        "active": "loans", "shown": shown, "loan": shown.loan, "segments": segments, "kind": kind, "refused": refused,
        "sum_fen": sum(line.amount_fen for line in segments), "notes": notes(shown), "movement_rows": movement_rows(shown)})


@require_GET
def statement_as_pdf(request: HttpRequest, loan_no: str) -> HttpResponse:
    shown = _statement(request, loan_no)
    return pdf.response(statement_pdf(shown), statement_name(shown, "pdf"))


@require_GET
def statement_as_xlsx(request: HttpRequest, loan_no: str) -> HttpResponse:
    shown = _statement(request, loan_no)
    return xlsx.response(statement_xlsx(shown), statement_name(shown, "xlsx"))


def statement_name(shown: Statement, ending: str) -> str:
    return _("本息计算清单-%(loan)s-%(day)s.%(ending)s") % {
        "loan": shown.loan.loan_no, "day": f"{shown.as_of:%Y%m%d}", "ending": ending}


@require_POST
def decide_level(request: HttpRequest, loan_no: str) -> HttpResponse:
    """Lower the class, lift that, or approve a rise."""
    try:
        seen = loan_for(request.user, loan_no)
    except Loan.DoesNotExist:
        raise Http404 from None
    form = LevelForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            if data["decision"] == "lift":
                levels.lift_lowering(user=request.user, loan=seen, reason=data["reason"])
            else:
                decide = levels.lower_level if data["decision"] == "lower" else levels.raise_level
                decide(user=request.user, loan=seen, level=data["level"], reason=data["reason"])
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
        else:
            messages.success(request, _("分类决定已记录。"))
    else:
        for errors in form.errors.values():
            messages.error(request, errors[0])
    return redirect("portfolio:loan", loan_no)


def asked_date(request: HttpRequest) -> tuple[date | None, str]:
    """The date that ``?date=`` asks for (None: none, or not a date), and what is wrong with it."""
    form = DateForm(request.GET)
    if form.is_valid():
        return form.cleaned_data["date"], ""
    return None, _("没有这一天，日期须写成 YYYY-MM-DD。")


def _statement(request: HttpRequest, loan_no: str) -> Statement:
    on, refused = asked_date(request)
    with contextlib.suppress(Loan.DoesNotExist, ValidationError):
        if not refused:
            return statement_for(request.user, loan_no, on)
    raise Http404
