"""The five-level class of a few loans as their ledger stands, by the same steps as day end (V5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from qingshou.engine.day import ledger as day_ledger
from qingshou.engine.day import levels as day_levels
from qingshou.engine.day.book import Book as DayBook
from qingshou.policy import Rules
from qingshou.portfolio.models import LevelChange, LevelDecision, Loan, Party
from qingshou.portfolio.queries.ledger import Book

_ABOUT = {"loan_id": pl.Int64, "household_id": pl.Int64, "borrower_id": pl.Int64, "retail": pl.Boolean,
          "schedule_version": pl.Int64, "credit_impaired": pl.Boolean, "restructured_on": pl.Date}
_OPENING = {"loan_id": pl.Int64, "level": pl.String, "bad_since": pl.Date}
_DECISIONS = {"decision_id": pl.Int64, "loan_id": pl.Int64, "kind": pl.String, "level": pl.String, "decided_on": pl.Date}


@dataclass(frozen=True)
class Grounds:
    """What a class depends on besides the ledger: about each loan, decisions by people, the class of the day before."""

    about: pl.DataFrame
    decisions: pl.DataFrame
    opening: pl.DataFrame

    def with_decision(self, loan_id: int, kind: str, level: str, day: date) -> Grounds:
        """The same with one more decision, newer than all others."""
        row = pl.DataFrame([(2**53, loan_id, kind, level, day)], schema=_DECISIONS, orient="row")
        return Grounds(self.about, pl.concat([self.decisions, row]), self.opening)


@dataclass(frozen=True)
class Class:
    """A class with its reasons (JSON, see ``engine.reasons``)."""

    level: str
    reasons: str


def family(loan: Loan) -> list[Loan]:
    """All loans of the loan's borrower, itself included: they are classed together."""
    return list(Loan.objects.filter(borrower_id=loan.borrower_id).select_related("borrower", "state").order_by("loan_no"))


def read_grounds(loans: Sequence[Loan], today: date) -> Grounds:
    """The grounds of all loans of a borrower (with ``borrower`` and ``state`` fetched): two queries."""
    about = pl.DataFrame(
        [(loan.pk, loan.household_id, loan.borrower_id, loan.borrower.kind == Party.Kind.PERSON, loan.schedule_version,
          loan.credit_impaired, loan.restructured_on) for loan in loans], schema=_ABOUT, orient="row")
    decisions = pl.DataFrame(
        list(LevelDecision.objects.filter(loan__in=loans).order_by("id")
             .values_list("id", "loan_id", "kind", "level", "decided_on")), schema=_DECISIONS, orient="row")
    # A class that has moved today already: the day before's is what it moved from first.
    moved: dict[int, str] = {}
    for change in LevelChange.objects.filter(loan__in=loans, date=today).order_by("id"):
        moved.setdefault(change.loan_id, change.before)
    opening = pl.DataFrame(
        [(loan.pk, moved.get(loan.pk, loan.state.level) or None, loan.state.bad_since) for loan in loans
         if hasattr(loan, "state")], schema=_OPENING, orient="row")
    return Grounds(about, decisions, opening)


def classes(book: Book, grounds: Grounds, today: date, rules: Rules) -> dict[int, Class]:
    """The class of each loan of *book* on *today*; all loans of the borrower must be in it."""
    day_book = DayBook.of(
        loans=book.terms.join(grounds.about, on="loan_id", how="left", maintain_order="left"), dues=book.dues,
        events=book.events, changed=book.terms.select("loan_id"), decisions=grounds.decisions, opening=grounds.opening)
    owed = day_ledger.owed(day_ledger.fold_day(day_book, rules, today), rules, today)
    judged, _changes = day_levels.classify(owed, day_book, rules, today)
    return {row["loan_id"]: Class(row["level"], row["level_reasons"]) for row in judged.iter_rows(named=True)}
