"""What an entry would change: balances, how payments after it are divided anew, days overdue, stage, class.

Nothing is written. The fingerprint ties a preview to the ledger it was made on: posting with it is refused when the
ledger, the business date or the entry has changed since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from qingshou.engine.fold import Replay
from qingshou.policy import Rules
from qingshou.portfolio.models import LedgerEvent, Loan
from qingshou.portfolio.queries.entries import Split, splits_by_event
from qingshou.portfolio.queries.ledger import Book, Standing, events_of, fold, read_book, standings
from qingshou.portfolio.queries.levels import classes, family, read_grounds
from qingshou.portfolio.services.entry import Entry, Kind, check, first_day
from qingshou.store.policy import rules_on

NEW_EVENT = 2**53  # the id of an event that is not stored yet: after all others of its day


@dataclass(frozen=True)
class Moved:
    """A stored event that is divided otherwise once the entry stands (``after`` None: it no longer acts)."""

    event: LedgerEvent
    before: Split | None
    after: Split | None


@dataclass(frozen=True)
class OtherLoan:
    """Another loan of the borrower whose class moves with this one."""

    loan: Loan
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One balance in fen before and after."""

    name: str
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Preview:
    """The loan before and after the entry on the business date."""

    loan: Loan
    entry: Entry
    as_of: date
    before: Standing
    after: Standing
    level_before: str
    level_after: str
    split: Split | None
    moved: list[Moved]
    others: list[OtherLoan]
    warnings: list[str]
    fingerprint: str

    @property
    def rows(self) -> list[Change]:
        """The balances that the page shows."""
        names = ("principal_fen", "interest_owed_fen", "penalty_owed_fen", "compound_owed_fen", "fee_owed_fen", "overdue_fen",
                 "total_owed_fen", "unapplied_fen")
        return [Change(name, getattr(self.before, name), getattr(self.after, name)) for name in names]

    def audit(self, side: str) -> dict[str, Any]:
        """``before`` or ``after`` as plain values for the audit."""
        stands: Standing = getattr(self, side)
        return {name: value for name, value in asdict(stands).items() if name not in ("rate_ppm", "disbursed_fen")} | {
            "level": getattr(self, f"level_{side}")}


def make(loan: Loan, entry: Entry, today: date) -> Preview:
    """Judge *entry* against the ledger as it stands and show what it would change on *today*, the business date.

    Raises ValidationError by field.
    """
    loans = family(loan)
    events = events_of([loan])
    check(entry, loan, events, today)
    rules = rules_on(today)
    book = read_book(loans, rules)
    changed = book.with_event(_row(entry, loan))
    run_before, run_after = fold(book, today), fold(changed, today)
    before, after = standings(book, run_before, today, rules), standings(changed, run_after, today, rules)
    _check_balances(entry, loan, events, book, run_before, run_after, rules)
    grounds = read_grounds(loans, today)
    classes_before, classes_after = classes(book, grounds, today, rules), classes(changed, grounds, today, rules)
    splits = splits_by_event(run_after)
    return Preview(
        loan=loan, entry=entry, as_of=today, before=before[loan.pk], after=after[loan.pk],
        level_before=classes_before[loan.pk].level, level_after=classes_after[loan.pk].level,
        split=splits.pop(NEW_EVENT, None), moved=_moved(events, splits_by_event(run_before), splits),
        others=[OtherLoan(other, classes_before[other.pk].level, classes_after[other.pk].level) for other in loans
                if other.pk != loan.pk and classes_before[other.pk].level != classes_after[other.pk].level],
        warnings=_warnings(run_before, run_after, events), fingerprint=fingerprint(loan, events, entry, today))


def fingerprint(loan: Loan, events: Sequence[LedgerEvent], entry: Entry, today: date) -> str:
    """32 hex digits over everything that the preview of *entry* rests on."""
    facts = [loan.pk, loan.schedule_version, loan.source_hash, today.isoformat(), [event.pk for event in events], entry.facts()]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def _row(entry: Entry, loan: Loan) -> dict[str, Any]:
    return {"loan_id": loan.pk, "event_id": NEW_EVENT, "date": entry.date, "seq": NEW_EVENT, "kind": str(entry.kind),
            "amount_fen": entry.amount_fen, "rate_ppm": entry.rate_ppm, "reverses": entry.reverses}


def _check_balances(entry: Entry, loan: Loan, events: list[LedgerEvent], book: Book, run_before: Replay, run_after: Replay,
                    rules: Rules) -> None:
    """Refuse what the balances on the entry's own day do not bear."""
    own = {code for event_id, code in run_after.problems.select("event_id", "code").rows() if event_id == NEW_EVENT}
    if own & {"fee_waiver_above_owed", "interest_waiver_above_owed"}:
        raise ValidationError({"amount": _("减免金额超过当日所欠。")})
    if entry.kind not in (Kind.WRITE_OFF, Kind.RECOVERY, Kind.REPAYMENT):
        return
    day = max(entry.date, first_day(loan, events))
    then = standings(book.of(loan.pk), fold(book.of(loan.pk), day), day, rules)[loan.pk]
    if entry.kind == Kind.WRITE_OFF and (entry.amount_fen or 0) > then.principal_fen - then.written_off_fen:
        raise ValidationError({"amount": _("核销金额超过当日未核销的本金。")})
    if entry.kind == Kind.RECOVERY and not then.written_off_fen:
        raise ValidationError({"kind": _("该日尚未核销，请登记为还款。")})
    if entry.kind == Kind.REPAYMENT and then.written_off_fen:
        raise ValidationError({"kind": _("该日已核销，请登记为核销后收回。")})


def _moved(events: list[LedgerEvent], before: dict[int, Split], after: dict[int, Split]) -> list[Moved]:
    return [Moved(event, before.get(event.pk), after.get(event.pk)) for event in events
            if before.get(event.pk) != after.get(event.pk)]


def _warnings(run_before: Replay, run_after: Replay, events: list[LedgerEvent]) -> list[str]:
    """Stored events that could act before and cannot any more as they stand."""
    numbers = {event.pk: event.event_no for event in events}
    known = set(run_before.problems.select("event_id", "code").rows())
    fresh = [(event_id, code) for event_id, code in run_after.problems.select("event_id", "code").rows()
             if event_id != NEW_EVENT and (event_id, code) not in known]
    texts = {
        "fee_waiver_above_owed": _("交易 %(number)s：费用减免将超过所欠，超出部分不起作用。"),
        "interest_waiver_above_owed": _("交易 %(number)s：利息减免将超过所欠，超出部分不起作用。"),
        "before_disbursement": _("交易 %(number)s：早于放款。"),
    }
    return [texts[code] % {"number": numbers.get(event_id, "")} for event_id, code in fresh if code in texts]
