"""The itemised interest statement 本息计算清单 of a loan at a date (V3): what the page, the PDF, XLSX and command show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from qingshou.engine import statement as engine
from qingshou.engine.fold import Replay
from qingshou.portfolio.models import LedgerEvent, Loan
from qingshou.portfolio.queries import scope
from qingshou.portfolio.queries.business import business_date
from qingshou.portfolio.queries.entries import Split, held_splits, splits_by_event
from qingshou.portfolio.queries.ledger import Standing, check_date, events_of, fold, read_book, standings
from qingshou.store.policy import rules_on

WAIVERS = (LedgerEvent.Kind.FEE_WAIVER, LedgerEvent.Kind.INTEREST_WAIVER)
KINDS = ("principal", "interest", "penalty", "compound", "fee")


@dataclass(frozen=True)
class Total:
    """One kind of money: what arose, was paid, was waived, was let go within a grace, and is owed, in fen."""

    kind: str
    arisen_fen: int
    paid_fen: int
    waived_fen: int
    spared_fen: int
    owed_fen: int


@dataclass(frozen=True)
class Movement:
    """What acted on the loan on a date, with its split: an event, or (None) held money that paid a due."""

    date: date
    event: LedgerEvent | None
    split: Split | None


@dataclass(frozen=True)
class Statement:
    """A loan's statement: printed lines, movements, totals by kind, and where they leave the loan."""

    loan: Loan
    as_of: date
    business_date: date
    segments: list[engine.Segment]
    movements: list[Movement]
    totals: list[Total]
    standing: Standing
    problems: list[tuple[int, str]]

    @property
    def projected(self) -> bool:
        """Whether the date lies ahead: then nothing is assumed to be paid until it."""
        return self.as_of > self.business_date

    def total(self, kind: str) -> Total:
        return next(total for total in self.totals if total.kind == kind)


def statement_for(user: Any, loan_no: str, on: date | None = None) -> Statement:
    """The statement of a loan in the user's field of view at *on* (default: the business date).

    Raises Loan.DoesNotExist outside the field of view, ValidationError on ``date`` outside the bounds.
    """
    loan = scope.loan_for(user, loan_no)
    today = business_date()
    on = on or today
    check_date(loan, on, today)
    return make(loan, on, today)


def make(loan: Loan, on: date, today: date) -> Statement:
    """The statement of *loan* at *on*."""
    rules = rules_on(on)
    events = events_of([loan])
    book = read_book([loan], rules, events)
    printed = engine.statement(book.terms, book.dues, book.events, as_of=on)
    run = fold(book, on)
    stands = standings(book, run, on, rules)[loan.pk]
    movements = _movements(events, on, run)
    return Statement(loan=loan, as_of=on, business_date=today, segments=printed.segments, movements=movements,
                     totals=_totals(printed, movements, stands), standing=stands, problems=printed.problems)


def _movements(events: list[LedgerEvent], on: date, run: Replay) -> list[Movement]:
    """What acted up to *on*, oldest first. An event reversed later than *on* counts as reversed: it never was."""
    splits = splits_by_event(run)
    undone = {event.reverses_id for event in events if event.reverses_id}
    acted = [Movement(event.date, event, splits.get(event.pk)) for event in events
             if event.date <= on and event.pk not in undone and event.kind != LedgerEvent.Kind.REVERSAL]
    held = [Movement(day, None, split) for day, split in held_splits(run)]
    return sorted([*held, *acted], key=lambda movement: movement.date)


def _totals(printed: engine.Statement, movements: list[Movement], stands: Standing) -> list[Total]:
    waived = dict.fromkeys(KINDS, 0)
    for movement in movements:
        if movement.event is not None and movement.event.kind in WAIVERS and movement.split is not None:
            for kind in KINDS:
                waived[kind] += getattr(movement.split, f"{kind}_fen")
    lines = dict.fromkeys(KINDS, 0)
    for segment in printed.segments:
        lines[segment.kind] += segment.amount_fen
    lines["principal"] = stands.disbursed_fen
    lines["fee"] = sum(movement.event.amount_fen or 0 for movement in movements
                       if movement.event is not None and movement.event.kind == LedgerEvent.Kind.FEE)
    totals = []
    for kind in KINDS:
        settled = getattr(stands, f"{kind}_paid_fen")
        owed = stands.principal_fen if kind == "principal" else getattr(stands, f"{kind}_owed_fen")
        totals.append(Total(kind, lines[kind], settled - waived[kind], waived[kind], lines[kind] - settled - owed, owed))
    return totals
