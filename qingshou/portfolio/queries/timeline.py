"""Everything that happened to a household, newest first: its ledger, missed dues, classes, and what upper rooms add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.engine.reasons import describe
from qingshou.policy import Rules
from qingshou.portfolio.models import Household, LedgerEvent, Level, LevelChange, LevelDecision, Loan
from qingshou.portfolio.queries.entries import Entry
from qingshou.portfolio.queries.words import split_words
from qingshou.web import formats, slots
from qingshou.web.timeline import Item, newest_first

Kind = LedgerEvent.Kind
MOST = 1000  # of each source, the newest
_MONEY_IN = (Kind.REPAYMENT, Kind.RECOVERY)
_TONES = {Kind.REPAYMENT: "good", Kind.RECOVERY: "good", Kind.REVERSAL: "warn", Kind.WRITE_OFF: "alarm"}


def timeline(user: Any, household: Household, loans: Sequence[Loan], ledgers: Mapping[int, Sequence[Entry]],
             rules: Rules) -> list[Item]:
    """All items of a household; *ledgers* are the entries of its loans by loan id. Two queries, and the upper rooms'."""
    several = len(loans) > 1
    items: list[Item] = []
    for loan in loans:
        for entry in list(ledgers[loan.pk])[-MOST:]:
            item = _due(loan, entry, several) if entry.kind == "due" else _event(loan, entry, several)
            if item is not None:
                items.append(item)
    by_id = {loan.pk: loan for loan in loans}
    for change in LevelChange.objects.filter(loan__in=loans).order_by("-date", "-id")[:MOST]:
        items.append(_level(by_id[change.loan_id], change, rules, several))
    decisions = LevelDecision.objects.filter(loan__in=loans).select_related("decided_by").order_by("-decided_on", "-id")
    for decision in decisions[:MOST]:
        items.append(_decision(by_id[decision.loan_id], decision, several))
    for function in slots.provided("household.timeline"):
        items.extend(function(user, household))
    return newest_first(items)


def _at(day: date, recorded: datetime | None = None) -> datetime:
    """The moment of a business date: its recorded time when it was recorded that day, else the day's beginning."""
    if recorded is not None and timezone.localtime(recorded).date() == day:
        return recorded
    return timezone.make_aware(datetime.combine(day, time.min))


def _for(loan: Loan, several: bool) -> str:
    return loan.loan_no if several else ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _event(loan: Loan, entry: Entry, several: bool) -> Item | None:
    event = entry.event
    if event is None:  # held money that paid a due: the due tells it
        return None
    label = str(Kind(event.kind).label)
    figure = formats.yuan(event.amount_fen) if event.amount_fen is not None else (
        formats.percent(event.rate_ppm) if event.rate_ppm is not None else "")
    title = " ".join(part for part in (event.channel, figure) if part)
    undone = _("（已冲正）") if entry.reversed_by else ""
    detail = _joined(split_words(entry.split) if entry.split else "", event.note, _for(loan, several))
    tone = "mut" if entry.reversed_by else _TONES.get(Kind(event.kind), "mut")
    kind = _("还款") if event.kind in _MONEY_IN else label
    return Item(_at(event.date, event.recorded_at), kind, tone, (title or event.event_no) + undone, detail,
                reverse("portfolio:loan", args=[loan.loan_no]) + f"#event-{event.pk}")


def _due(loan: Loan, entry: Entry, several: bool) -> Item | None:
    """Only dues that were not met on their day are told."""
    due = entry.due
    if due is None or not due.days_late or not due.payment_fen:
        return None
    title = _("第 %(number)s 期 %(amount)s 到期未足额") % {"number": due.number, "amount": formats.yuan(due.payment_fen)}
    if due.covered_on:
        later = _("%(day)s 还清，迟 %(days)s 天") % {"day": due.covered_on, "days": due.days_late}
    else:
        later = _("尚欠 %(amount)s，已 %(days)s 天") % {"amount": formats.yuan(due.unpaid_fen), "days": due.days_late}
    return Item(_at(due.due), _("逾期"), "warn" if due.covered_on else "alarm", title, _joined(later, _for(loan, several)),
                reverse("portfolio:loan", args=[loan.loan_no]) + "#schedule")


def _level(loan: Loan, change: LevelChange, rules: Rules, several: bool) -> Item:
    before = str(Level(change.before).label) if change.before else _("未分类")
    worse = not change.before or list(Level).index(Level(change.after)) > list(Level).index(Level(change.before))
    why = _("；").join(reason["text"] for reason in describe(change.reasons, rules, translate=_))
    title = _("%(before)s → %(after)s") % {"before": before, "after": Level(change.after).label}
    return Item(_at(change.date), _("分类"), "warn" if worse else "good", title, _joined(why, _for(loan, several)))


def _decision(loan: Loan, decision: LevelDecision, several: bool) -> Item:
    title = f"{LevelDecision.Kind(decision.kind).label}：{Level(decision.level).label}"
    return Item(_at(decision.decided_on), _("分类"), "calm", title,
                _joined(decision.reason, str(decision.decided_by), _for(loan, several)))
