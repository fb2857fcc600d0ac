"""A few loans' facts as the fold takes them, and what the fold says they owe at a date (P3).

Balances at any date are folded from the events each time; nothing here reads ``LoanState``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from qingshou.engine import delinquency
from qingshou.engine.fold import Replay, balances, complete_terms, replay, settlement_dues
from qingshou.engine.terms import policy_terms
from qingshou.policy import Rules
from qingshou.portfolio.models import Instalment, LedgerEvent, Loan

HORIZON_DAYS = 3660  # a quote reaches this far past the business date or the maturity, whichever is later

# Column of the fold's terms -> attribute of Loan, where they differ in name.
_RENAMED = {"loan_id": "id", "start": "starts_on", "maturity": "matures_on"}
_TERMS: dict[str, Any] = {
    "loan_id": pl.Int64, "principal_fen": pl.Int64, "rate_ppm": pl.Int64, "start": pl.Date, "maturity": pl.Date,
    "penalty_surcharge_ppm": pl.Int64, "misuse_surcharge_ppm": pl.Int64, "misused": pl.Boolean, "basis": pl.String,
    "compound": pl.String, "compound_rate_in_term": pl.String, "accrual_stops_on": pl.Date,
}
_DUES = {"loan_id": pl.Int64, "number": pl.Int64, "due": pl.Date, "principal_fen": pl.Int64, "interest_fen": pl.Int64}
EVENT_SCHEMA = {"loan_id": pl.Int64, "event_id": pl.Int64, "date": pl.Date, "seq": pl.Int64, "kind": pl.String,
                "amount_fen": pl.Int64, "rate_ppm": pl.Int64, "reverses": pl.Int64}


@dataclass(frozen=True)
class Book:
    """Terms, dues and events of some loans: the arguments of ``engine.fold.replay``."""

    terms: pl.DataFrame
    dues: pl.DataFrame
    events: pl.DataFrame

    def of(self, loan_id: int) -> Book:
        """The same of one of them."""
        one = pl.col("loan_id") == loan_id
        return Book(self.terms.filter(one), self.dues.filter(one), self.events.filter(one))

    def with_event(self, event: dict[str, Any]) -> Book:
        """The same with one more event (values of ``EVENT_SCHEMA``)."""
        return Book(self.terms, self.dues, pl.concat([self.events, pl.DataFrame([event], schema=EVENT_SCHEMA)]))

    def until(self, day: date) -> Book:
        """The same without what happened after *day*. Reversals stay: what they undo never was, on any day."""
        return Book(self.terms, self.dues, self.events.filter((pl.col("date") <= day) | (pl.col("kind") == "reversal")))


@dataclass(frozen=True)
class Standing:
    """What a loan owes of each kind at ``as_of``, in fen, and how late it is."""

    as_of: date
    principal_fen: int
    interest_owed_fen: int
    penalty_owed_fen: int
    compound_owed_fen: int
    fee_owed_fen: int
    principal_overdue_fen: int
    interest_overdue_fen: int
    overdue_fen: int
    total_owed_fen: int
    unapplied_fen: int
    disbursed_fen: int
    written_off_fen: int
    waived_fen: int
    principal_paid_fen: int
    interest_paid_fen: int
    penalty_paid_fen: int
    compound_paid_fen: int
    fee_paid_fen: int
    rate_ppm: int
    oldest_unpaid_due: date | None
    dpd: int
    stage: str

    @property
    def payoff_fen(self) -> int:
        """What clears the loan on this day: all that is owed, less money held for it."""
        return max(self.total_owed_fen - self.unapplied_fen, 0)


def events_of(loans: Sequence[Loan]) -> list[LedgerEvent]:
    """All events of the loans given, in order; one query."""
    return list(LedgerEvent.objects.filter(loan__in=loans).order_by("loan_id", "date", "id"))


def read_book(loans: Sequence[Loan], rules: Rules, events: Sequence[LedgerEvent] | None = None) -> Book:
    """The facts of the loans given: two queries, however many loans; one when their *events* are at hand.

    *rules* decide what contracts leave to policy.
    """
    ids = [loan.pk for loan in loans]
    terms = pl.DataFrame([{name: getattr(loan, _RENAMED.get(name, name)) for name in _TERMS} for loan in loans],
                         schema=_TERMS)
    dues = pl.DataFrame(
        list(Instalment.objects.filter(loan_id__in=ids, version=F("loan__schedule_version")).order_by("loan_id", "number")
             .values_list("loan_id", "number", "due", "principal_fen", "interest_fen")), schema=_DUES, orient="row")
    facts = pl.DataFrame(
        [(event.loan_id, event.pk, event.date, event.pk, event.kind, event.amount_fen, event.rate_ppm, event.reverses_id)
         for event in (events_of(loans) if events is None else events)], schema=EVENT_SCHEMA, orient="row")
    unplanned = terms.join(dues.select("loan_id").unique(), on="loan_id", how="anti")
    if unplanned.height:
        dues = pl.concat([dues, settlement_dues(unplanned, settlement_day=rules["interest.settlement_day"])])
    return Book(complete_terms(terms, **policy_terms(rules)), dues, facts)


def fold(book: Book, as_of: date, *, lines: bool = False) -> Replay:
    """All events of the book up to *as_of*, folded."""
    return replay(book.terms, book.dues, book.events, as_of=as_of, lines=lines)


def of_loan(run: Replay, loan_id: int) -> Replay:
    """What a fold of several loans gave for one of them."""
    one = pl.col("loan_id") == loan_id
    return Replay(run.carry.filter(one), run.splits.filter(one), run.lines.filter(one), run.problems.filter(one))


def standings(book: Book, run: Replay, as_of: date, rules: Rules) -> dict[int, Standing]:
    """What each loan of a folded book owes at *as_of*, by loan id."""
    frame = balances(run.carry, book.terms, as_of=as_of)
    frame = frame.with_columns(dpd=delinquency.dpd(pl.col("oldest_unpaid_due"), pl.lit(as_of), rules))
    frame = frame.with_columns(stage=delinquency.stage(pl.col("dpd"), rules))
    names = list(Standing.__dataclass_fields__)
    return {row["loan_id"]: Standing(**{name: row[name] for name in names}) for row in frame.iter_rows(named=True)}


def standing(book: Book, as_of: date, rules: Rules) -> Standing:
    """What the one loan of *book* owes at *as_of*."""
    (only,) = standings(book, fold(book, as_of), as_of, rules).values()
    return only


def bounds(loan: Loan, today: date) -> tuple[date, date]:
    """The first and last date for which a balance, quote or statement is given."""
    return loan.starts_on, max(today, loan.matures_on) + timedelta(days=HORIZON_DAYS)


def check_date(loan: Loan, day: date, today: date) -> None:
    """Raise ValidationError on ``date`` for a day outside the bounds of :func:`bounds`."""
    first, last = bounds(loan, today)
    if not first <= day <= last:
        raise ValidationError({"date": _("日期须在 %(first)s 至 %(last)s 之间。") % {"first": first, "last": last}})
