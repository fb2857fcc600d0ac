"""From the store to the engine's book: what one day's step of some households looks at, and no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from qingshou.casework import frames as casework
from qingshou.contact import frames as contact
from qingshou.dayend.marks import Marks
from qingshou.engine.day import Book, stale
from qingshou.engine.day.book import CHANGED, empty, fit
from qingshou.policy import Policy
from qingshou.portfolio import frames as portfolio
from qingshou.portfolio.frames import Scope
from qingshou.store.bulk import Session


@dataclass(frozen=True)
class Extract:
    """The book, and the columns that only the history asks for: ``loan_id, product, branch``; ``household_id, unit_id``."""

    book: Book
    products: pl.DataFrame
    units: pl.DataFrame


def read(session: Session, scope: Scope, policy: Policy, day: date, *, closed: date, marks: Marks) -> Extract:
    """The book of *scope* for the step of *day*, when *closed* is the day closed last and *marks* what was known then.

    Loans that only let time pass bring their state and what falls due; the whole history is read for the stale ones.
    """
    rules = policy.at(day)
    loans = portfolio.read_loans(session, scope)
    states = portfolio.read_loan_states(session, scope)
    changed = portfolio.read_changed(session, scope, day, closed=closed, event_id=marks.event_id,
                                     instalment_id=marks.instalment_id) if states.height else empty(CHANGED)
    anew = stale(fit("loans", loans), states, changed, rules, day)
    events, dues = portfolio.read_history(session, anew, day)
    oldest = _oldest(states, anew)
    if oldest is not None:
        falling = portfolio.read_dues(session, scope, after=oldest, upto=day)
        dues = pl.concat([dues, falling.join(anew, on="loan_id", how="anti")])
    households = portfolio.read_households(session, scope).join(
        contact.read_broken(session, scope), on="household_id", how="left", maintain_order="left")
    households = households.with_columns(pl.col("broken_promises").fill_null(0))
    moved = loans.join(anew, on="loan_id", how="semi").select("household_id").unique()
    promises = contact.read_promises(session, scope, moved, closed=closed, after_id=marks.promise_id)
    book = Book.of(
        loans=loans, dues=dues, events=events, changed=changed, loan_states=states, households=households,
        household_states=portfolio.read_household_states(session, scope), promises=promises,
        decisions=portfolio.read_decisions(session, scope, day),
        opening=portfolio.read_opening(session, scope, day, loan_id=marks.loan_id),
        findings=casework.read_findings(session, scope, day),
        holds=casework.read_holds(session, scope, day + timedelta(days=1)),
        contacts=contact.read_contacts(session, scope, after_id=marks.contact_id),
        tasks=_tasks(session, scope, loans, states, dues, anew, day), payments=_payments(session, promises, day))
    return Extract(book, loans.select("loan_id", "product", "branch"), households.select("household_id", "unit_id"))


def _oldest(states: pl.DataFrame, anew: pl.DataFrame) -> date | None:
    """The earliest day of the states that are taken on."""
    found = states.join(anew, on="loan_id", how="anti")["as_of"].min()
    return found if isinstance(found, date) else None


def _tasks(session: Session, scope: Scope, loans: pl.DataFrame, states: pl.DataFrame, dues: pl.DataFrame,
           anew: pl.DataFrame, day: date) -> pl.DataFrame:
    """All open tasks; and the ended ones of households that are, were or may come into arrears, since paths look back."""
    late = pl.concat([
        states.filter(pl.col("oldest_unpaid_due").is_not_null()).select("loan_id"), dues.select("loan_id"), anew]).unique()
    households = pl.concat([loans.join(late, on="loan_id", how="semi").select("household_id"),
                            casework.households_done_since(session, scope, day)]).unique().sort("household_id")
    return pl.concat([casework.read_open_tasks(session, scope), casework.read_path_tasks(session, households)])


def _payments(session: Session, promises: pl.DataFrame, day: date) -> pl.DataFrame:
    since = promises["made_on"].min()
    asked = promises.select("household_id").unique().sort("household_id")
    return portfolio.read_payments(session, asked, since=since if isinstance(since, date) else day, day=day)
