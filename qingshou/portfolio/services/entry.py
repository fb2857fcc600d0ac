"""An entry that a person or a machine wants in the ledger, and why it cannot be taken, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from qingshou.portfolio.models import LedgerEvent, Loan

Kind = LedgerEvent.Kind
LARGEST_FEN = 10**13  # a hundred billion yuan: above it an amount is a slip of the pen
LARGEST_RATE_PPM = 1_000_000
LONGEST = {"channel": 20, "note": 200}
# Paying out is the core system's act; it comes by import alone.
BY_HAND = (Kind.REPAYMENT, Kind.REVERSAL, Kind.FEE, Kind.FEE_WAIVER, Kind.INTEREST_WAIVER, Kind.RATE_CHANGE, Kind.WRITE_OFF,
           Kind.RECOVERY)
NEEDS_AMOUNT = (Kind.REPAYMENT, Kind.FEE, Kind.FEE_WAIVER, Kind.INTEREST_WAIVER, Kind.WRITE_OFF, Kind.RECOVERY)


@dataclass(frozen=True)
class Entry:
    """What is to be posted: an event of ``kind`` on a business date; ``amount_fen``, ``rate_ppm`` or ``reverses`` (the id
    of the event undone) as the kind needs."""

    kind: str
    date: date
    amount_fen: int | None = None
    rate_ppm: int | None = None
    reverses: int | None = None
    channel: str = ""
    note: str = ""

    def facts(self) -> dict[str, Any]:
        """The entry as plain values, for the audit and for telling two entries apart."""
        return {"kind": str(self.kind), "date": self.date.isoformat(), "amount_fen": self.amount_fen, "rate_ppm": self.rate_ppm,
                "reverses": self.reverses, "channel": self.channel, "note": self.note}


def check(entry: Entry, loan: Loan, events: list[LedgerEvent], today: date) -> None:
    """Raise ValidationError naming each field that cannot stand, against the loan's *events* so far.

    What depends on balances (a waiver above what is owed, a write-off above the principal) is judged by the preview.
    """
    errors: dict[str, str] = {}
    if entry.kind not in BY_HAND:
        errors["kind"] = _("不能手工登记此类交易。")
    target = _target(entry, events, errors) if entry.kind == Kind.REVERSAL else None
    _check_date(entry, loan, events, target, today, errors)
    _check_amount(entry, errors)
    for name, most in LONGEST.items():
        if len(getattr(entry, name)) > most:
            errors[name] = _("不超过 %(most)d 个字。") % {"most": most}
    if errors:
        raise ValidationError(errors)


def first_day(loan: Loan, events: list[LedgerEvent]) -> date:
    """The day of the first disbursement that was not undone; without any told, the contract's start."""
    undone = {event.reverses_id for event in events if event.reverses_id}
    days = [event.date for event in events if event.kind == Kind.DISBURSEMENT and event.pk not in undone]
    return min(days, default=loan.starts_on)


def _target(entry: Entry, events: list[LedgerEvent], errors: dict[str, str]) -> LedgerEvent | None:
    if entry.reverses is None:
        errors["reverses"] = _("请选择要冲正的交易。")
        return None
    target = next((event for event in events if event.pk == entry.reverses), None)
    if target is None:
        errors["reverses"] = _("本笔贷款没有这条交易。")
    elif target.kind == Kind.REVERSAL:
        errors["reverses"] = _("冲正本身不能再冲正；请重新登记原交易。")
    elif target.kind == Kind.DISBURSEMENT:
        errors["reverses"] = _("放款不能在此冲正，须由核心系统导入。")
    elif any(event.reverses_id == target.pk for event in events):
        errors["reverses"] = _("这条交易已冲正过，不能冲正两次。")
    return target


def _check_date(entry: Entry, loan: Loan, events: list[LedgerEvent], target: LedgerEvent | None, today: date,
                errors: dict[str, str]) -> None:
    first = first_day(loan, events)
    if entry.date > today:
        errors["date"] = _("不能晚于业务日 %(today)s。") % {"today": today}
    elif entry.date < first:
        errors["date"] = _("不能早于放款日 %(first)s。") % {"first": first}
    elif target is not None and entry.date < target.date:
        errors["date"] = _("不能早于被冲正交易的日期 %(day)s。") % {"day": target.date}


def _check_amount(entry: Entry, errors: dict[str, str]) -> None:
    if entry.kind in NEEDS_AMOUNT:
        if entry.amount_fen is None:
            errors["amount"] = _("请填写金额。")
        elif entry.amount_fen <= 0:
            errors["amount"] = _("金额须大于 0。")
        elif entry.amount_fen > LARGEST_FEN:
            errors["amount"] = _("金额过大，最多 %(most)s 元。") % {"most": f"{LARGEST_FEN // 100:,}"}
    elif entry.amount_fen is not None:
        errors["amount"] = _("此类交易没有金额。")
    if entry.kind == Kind.RATE_CHANGE:
        if entry.rate_ppm is None:
            errors["rate"] = _("请填写新的年利率。")
        elif not 0 <= entry.rate_ppm <= LARGEST_RATE_PPM:
            errors["rate"] = _("年利率须在 0% 至 100% 之间。")
    elif entry.rate_ppm is not None:
        errors["rate"] = _("此类交易没有利率。")
    if entry.kind != Kind.REVERSAL and entry.reverses is not None:
        errors["reverses"] = _("只有冲正须选择原交易。")
