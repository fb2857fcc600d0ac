"""The history of a day made again from facts, where its files have gone missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from qingshou.casework import frames as casework
from qingshou.dayend import extract, history, marks
from qingshou.engine.classification import LEVELS
from qingshou.engine.day import Book, Day, step
from qingshou.engine.day.book import SCHEMAS, empty
from qingshou.engine.day.levels import on_balance
from qingshou.engine.provision import provision
from qingshou.policy import Policy, Rules
from qingshou.portfolio import frames as portfolio
from qingshou.portfolio.frames import Scope
from qingshou.portfolio.models import BusinessDay
from qingshou.store import bulk

LOOK_BACK_DAYS = 400  # how far back files are missed; older ones may have been put away


def missing(policy: Policy) -> list[date]:
    """Publish what killed runs left, and make the files of closed days that have none; returns the days made."""
    runs = BusinessDay.objects.filter(state=BusinessDay.State.CLOSED).exclude(fingerprint="")
    closed = sorted(runs.order_by("-date").values_list("date", "fingerprint")[:LOOK_BACK_DAYS])
    days = history.settle(closed)
    for day in days:
        day_again(day, policy)
    return days


def day_again(day: date, policy: Policy) -> None:
    """Write the history files of a closed day from the facts dated up to it.

    Balances follow from the ledger as it is known now; a level is the one written down on or before the day; unit and
    collector are those of the assignment in force then.
    """
    with bulk.session(write=False) as session:
        taken = extract.read(session, Scope(), policy, day, closed=date.min, marks=marks.Marks())
        loans = taken.book.loans.filter(pl.col("start") <= day)
        events, dues = portfolio.read_history(session, loans, day)
        levels = portfolio.read_levels_on(session, day)
        held = casework.read_assignments_on(session, day)
    forgotten = {name: empty(SCHEMAS[name]) for name in ("loan_states", "household_states", "tasks", "opening", "changed")}
    book: Book = taken.book.with_frames(loans=loans, events=events, dues=dues, **forgotten)
    done = _with_levels(step(book, policy, day, closing=False), book, levels, policy.at(day))
    households = book.households.select("household_id").join(held, on="household_id", how="left", maintain_order="left")
    history.write(day, history.frames(done, loans, taken.products, households))


def _with_levels(done: Day, book: Book, levels: pl.DataFrame, rules: Rules) -> Day:
    """The day with the levels that were written down, and what follows from them. A loan without a change was normal."""
    written = done.loan_states.drop("level", "provision_fen").join(levels, on="loan_id", how="left", maintain_order="left")
    written = written.with_columns(level=pl.col("level").fill_null(LEVELS[0]), balance_fen=on_balance())
    written = written.with_columns(provision_fen=provision(written, rules))
    rank = {level: place for place, level in enumerate(LEVELS)}
    worst = written.join(book.loans.select("loan_id", "household_id"), on="loan_id").group_by("household_id").agg(
        worst=pl.col("level").replace_strict(rank, return_dtype=pl.Int64).max())
    households = done.household_states.drop("level").join(worst, on="household_id", how="left", maintain_order="left")
    names = dict(enumerate(LEVELS))
    return replace(done, loan_states=written, household_states=households.with_columns(
        level=pl.col("worst").fill_null(0).replace_strict(names, return_dtype=pl.String)))
