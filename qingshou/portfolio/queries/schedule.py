"""A loan's schedule with what has been paid of each due: the oldest due first, as the fold covers them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

import polars as pl

from qingshou.engine.fold import Replay
from qingshou.portfolio.queries.ledger import Book, fold

PAID, PARTLY, OVERDUE, TODAY, COMING = "paid", "partly", "overdue", "today", "coming"


@dataclass(frozen=True)
class DueRow:
    """One due: what falls due, what of it is paid (or waived), in fen; when it was covered; how late it was or is."""

    number: int
    due: date
    principal_fen: int
    interest_fen: int
    principal_paid_fen: int
    interest_paid_fen: int
    covered_on: date | None
    state: str  # paid, partly (overdue and partly paid), overdue, today, coming
    days_late: int  # days from the due to its cover, or to the date looked at; never negative

    @property
    def payment_fen(self) -> int:
        return self.principal_fen + self.interest_fen

    @property
    def paid_fen(self) -> int:
        return self.principal_paid_fen + self.interest_paid_fen

    @property
    def unpaid_fen(self) -> int:
        return self.payment_fen - self.paid_fen


def schedule(book: Book, run: Replay, on: date) -> list[DueRow]:
    """The dues of the one loan of *book* as of *on*; *run* is its fold at *on*.

    Interest of coming dues is what will accrue if the principal is paid as planned and the rate stays.
    """
    dues = book.dues.sort("due", "number")
    if dues.is_empty():
        return []
    known = book.until(on)
    horizon = max(on, dues["due"].max())  # type: ignore[type-var]
    lines = fold(known, horizon, lines=True).lines.filter(pl.col("kind") == "interest").sort("end")
    interest_sums = list(_interest_due(dues["due"].to_list(), lines))
    principal_sums = list(_principal_due(dues, known, book.terms["principal_fen"][0]))
    carry = run.carry.row(0, named=True)
    covers = _covers(run, principal_sums, interest_sums)
    rows = []
    before_principal = before_interest = 0
    for due, principal_sum, interest_sum, covered in zip(dues.iter_rows(named=True), principal_sums, interest_sums, covers,
                                                         strict=True):
        principal, interest = principal_sum - before_principal, interest_sum - before_interest
        principal_paid = min(max(carry["principal_paid_fen"] - before_principal, 0), principal)
        interest_paid = min(max(carry["interest_paid_fen"] - before_interest, 0), interest)
        # A due is covered on its own day at the earliest: what was paid ahead waits for it.
        covered_on = None if covered is None else max(covered, due["due"]) if due["due"] <= on else covered
        late = max(((covered_on or on) - due["due"]).days, 0)
        state = _state(due["due"], on, covered_on, principal_paid + interest_paid)
        rows.append(DueRow(due["number"], due["due"], principal, interest, principal_paid, interest_paid, covered_on, state,
                           late))
        before_principal, before_interest = principal_sum, interest_sum
    return rows


def _state(due: date, on: date, covered_on: date | None, paid_fen: int) -> str:
    if covered_on is not None:
        return PAID
    if due > on:
        return COMING
    if due == on:
        return TODAY
    return PARTLY if paid_fen else OVERDUE


def _interest_due(days: list[date], lines: pl.DataFrame) -> Iterator[int]:
    """Interest fallen due in all at each due: the lines that have ended by then (a line ends at each due)."""
    ends, amounts = lines["end"].to_list(), list(accumulate(lines["amount_fen"].to_list(), initial=0))
    place = 0
    for day in days:
        while place < len(ends) and ends[place] <= day:
            place += 1
        yield amounts[place]


def _principal_due(dues: pl.DataFrame, book: Book, contract_fen: int) -> Iterator[int]:
    """Principal fallen due in all at each due: never more than was paid out by then, all of it at the last."""
    undone = set(book.events.filter(pl.col("kind") == "reversal")["reverses"].to_list())
    paid_out = [(row["date"], row["amount_fen"]) for row in book.events.filter(pl.col("kind") == "disbursement")
                .sort("date").iter_rows(named=True) if row["event_id"] not in undone]
    total = 0
    for number, due in enumerate(dues.iter_rows(named=True), 1):
        disbursed = sum(amount for day, amount in paid_out if day <= due["due"]) if paid_out else contract_fen
        total = disbursed if number == dues.height else min(total + due["principal_fen"], disbursed)
        yield total


def _covers(run: Replay, principal_sums: list[int], interest_sums: list[int]) -> Iterator[date | None]:
    """The day on which each due's principal and interest were both covered, from the splits in order of days."""
    days, principal, interest = [], [0], [0]
    for row in run.splits.sort("date", maintain_order=True).iter_rows(named=True):
        days.append(row["date"])
        principal.append(principal[-1] + row["principal_fen"])
        interest.append(interest[-1] + row["interest_fen"])
    place = 0
    for principal_sum, interest_sum in zip(principal_sums, interest_sums, strict=True):
        while place < len(days) and (principal[place] < principal_sum or interest[place] < interest_sum):
            place += 1
        if principal[place] < principal_sum or interest[place] < interest_sum:
            yield None
        else:
            yield days[place - 1] if place else date.min
