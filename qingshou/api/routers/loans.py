"""Loans within the caller's field of view: terms, balances, ledger, quote, statement at a date; posting to the ledger."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Header, Router, Schema, Status

from qingshou.access import permissions
from qingshou.access.models import User
from qingshou.api.auth import caller, guarded
from qingshou.api.formats import Errors, Owed, Percent, Yuan, owed
from qingshou.calculators import fields
from qingshou.portfolio.models import LedgerEvent, Loan
from qingshou.portfolio.queries import account, scope, statement
from qingshou.portfolio.queries.entries import PARTS
from qingshou.portfolio.services.ledger import post_event

router = Router(auth=guarded("loans.read"))


class LoanOut(Schema):
    loan_no: str
    household: int
    product: str
    branch: str
    principal: Yuan
    annual_rate: Percent
    penalty_surcharge: Percent
    basis: str
    method: str
    start: date
    maturity: date
    compound: str
    guarantee_kind: str
    level: str
    owed: Owed


class EventOut(Schema):
    event_no: str
    date: date
    kind: str
    amount: Yuan | None
    rate: Percent | None
    reverses: str | None
    channel: str
    note: str


class Quote(Schema):
    loan_no: str
    business_date: date
    owed: Owed
    unapplied: Yuan
    payoff: Yuan


class SegmentOut(Schema):
    start: date
    end: date
    days: int
    kind: str
    base: Yuan
    rate: Percent
    amount: Yuan


class MovementOut(Schema):
    date: date
    event_no: str | None
    kind: str
    fee: Yuan
    compound: Yuan
    penalty: Yuan
    interest: Yuan
    principal: Yuan
    unapplied: Yuan


class StatementOut(Schema):
    loan_no: str
    owed: Owed
    segments: list[SegmentOut]
    payments: list[MovementOut]


class EventIn(fields.Part):
    date: fields.Day
    kind: str
    reason: str
    amount: fields.Yuan | None = None
    rate: fields.Percent | None = None
    reverses: str | None = None
    channel: str = ""
    note: str = ""


REFUSALS = {401: Errors, 403: Errors, 404: Errors, 422: Errors}


@router.get("/{loan_no}", response={200: LoanOut, **REFUSALS})
def detail(request: HttpRequest, loan_no: str, on: date | None = None) -> dict[str, Any]:
    """Terms, and what is owed on a date (``on``; left out: the business date)."""
    _may_view(request)
    loan, standing, _today = account.quote(caller(request), loan_no, on)
    state = getattr(loan, "state", None)
    return {
        "loan_no": loan.loan_no, "household": loan.household_id, "product": loan.product, "branch": loan.branch,
        "principal": loan.principal_fen, "annual_rate": loan.rate_ppm, "penalty_surcharge": loan.penalty_surcharge_ppm,
        "basis": loan.basis, "method": loan.method, "start": loan.starts_on, "maturity": loan.matures_on,
        "compound": loan.compound, "guarantee_kind": loan.guarantee_kind, "level": state.level if state else "",
        "owed": owed(standing),
    }


@router.get("/{loan_no}/quote", response={200: Quote, **REFUSALS})
def quote(request: HttpRequest, loan_no: str, on: date | None = None) -> dict[str, Any]:
    """What clears the loan on a date."""
    _may_view(request)
    loan, standing, today = account.quote(caller(request), loan_no, on)
    return {"loan_no": loan.loan_no, "business_date": today, "owed": owed(standing), "unapplied": standing.unapplied_fen,
            "payoff": standing.payoff_fen}


@router.get("/{loan_no}/statement", response={200: StatementOut, **REFUSALS})
def statement_at(request: HttpRequest, loan_no: str, on: date | None = None) -> dict[str, Any]:
    """The itemised interest statement at a date."""
    _may_view(request)
    made = statement.statement_for(caller(request), loan_no, on)
    return {
        "loan_no": made.loan.loan_no, "owed": owed(made.standing),
        "segments": [{"start": line.start, "end": line.end, "days": line.days, "kind": line.kind, "base": line.base_fen,
                      "rate": line.rate_ppm, "amount": line.amount_fen} for line in made.segments],
        "payments": [{"date": moved.date, "event_no": moved.event.event_no if moved.event else None,
                      "kind": moved.event.kind if moved.event else "held",
                      **{part: getattr(moved.split, f"{part}_fen") for part in PARTS}}
                     for moved in made.movements if moved.split is not None],
    }


@router.get("/{loan_no}/events", response={200: list[EventOut], **REFUSALS})
def events(request: HttpRequest, loan_no: str) -> list[dict[str, Any]]:
    """The ledger as it was recorded, by date."""
    _may_view(request)
    loan = scope.loan_for(caller(request), loan_no)
    return [_event(event) for event in loan.events.select_related("reverses").order_by("date", "id")]


@router.post("/{loan_no}/events", response={200: EventOut, 201: EventOut, **REFUSALS}, auth=guarded("ledger.post"))
def post(request: HttpRequest, loan_no: str, given: EventIn,
         idempotency_key: Header[str]) -> Status:
    """Post an event. The same ``Idempotency-Key`` with the same content again answers the event that stands (200)."""
    user = caller(request)
    permissions.require(user, "ledger.post")
    loan = scope.loan_for(user, loan_no)
    event_no = _event_no(user, idempotency_key)
    known = LedgerEvent.objects.filter(event_no=event_no).exists()
    made = post_event(
        user=user, loan=loan, kind=given.kind, date=given.date, event_no=event_no, reason=given.reason,
        amount_fen=given.amount, rate_ppm=given.rate, reverses=_reversed(loan, given.reverses), channel=given.channel,
        note=given.note, source="api")
    return Status(200 if known else 201, _event(made))


def _may_view(request: HttpRequest) -> None:
    permissions.require(caller(request), "household.view")


def _event_no(user: User, key: str) -> str:
    """The ledger's number for a caller's key: another caller's same key is another event."""
    if not key.strip() or len(key) > 200:
        raise ValidationError({"Idempotency-Key": _("请填写 1 至 200 个字符。")})
    return "A" + hashlib.sha256(f"{user.pk}:{key.strip()}".encode()).hexdigest()[:40]


def _reversed(loan: Loan, event_no: str | None) -> int | None:
    if event_no is None:
        return None
    found = loan.events.filter(event_no=event_no).values_list("pk", flat=True).first()
    if found is None:
        raise ValidationError({"reverses": _("本笔贷款没有这条交易。")})
    return found


def _event(event: LedgerEvent) -> dict[str, Any]:
    return {"event_no": event.event_no, "date": event.date, "kind": event.kind, "amount": event.amount_fen,
            "rate": event.rate_ppm, "reverses": event.reverses.event_no if event.reverses else None,
            "channel": event.channel, "note": event.note}
