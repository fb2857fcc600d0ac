"""Laws of the day's step: what it gives depends on the facts, not on how they came to be known."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qingshou.engine.day import Book, Day, following, step
from qingshou.engine.day.book import EVENTS, SCHEMAS, empty
from qingshou.engine.fold import FOLD_COLUMNS
from tests.engine.day.books import FIRST, draw, payments
from tests.engine.policies import pack

POLICY = pack()
SEEDS = st.integers(0, 10_000)
LEDGER = [*FOLD_COLUMNS, "interest_owed_fen", "penalty_owed_fen", "compound_owed_fen", "overdue_fen", "total_owed_fen", "dpd",
          "stage"]


def after(days: int) -> date:
    return FIRST + timedelta(days=days)


def walk(book: Book, stops: list[int]) -> list[Day]:
    """Close the days *stops*, one after another; events become known on their dates."""
    told, days = book.with_frames(events=empty(EVENTS), payments=payments(book)), []
    before = date.min
    for stop in stops:
        day = after(stop)
        new = book.events.filter((pl.col("date") > before) & (pl.col("date") <= day))
        told = told.with_frames(events=pl.concat([told.events, new]), changed=new.select("loan_id").unique())
        days.append(step(told, POLICY, day))
        told, before = following(told, days[-1]), day
    return days


def at_once(book: Book, stop: int) -> Day:
    return step(book.with_frames(payments=payments(book)), POLICY, after(stop))


@settings(max_examples=12, deadline=None)
@given(SEEDS, st.lists(st.integers(0, 420), min_size=1, max_size=9, unique=True))
def test_replaying_all_events_equals_advancing_day_by_day(seed, stops):
    book = draw(seed)
    stops = sorted(stops)
    walked, whole = walk(book, stops)[-1], at_once(book, stops[-1])
    assert walked.loan_states.select(LEDGER).equals(whole.loan_states.select(LEDGER))


@settings(max_examples=8, deadline=None)
@given(SEEDS, st.integers(20, 300))
@example(219, 51)  # an event known early falls on the day on which others become known
def test_events_that_become_known_late_leave_the_ledger_as_if_they_had_come_in_order(seed, stop):
    book = draw(seed)
    late = book.events.filter(pl.col("event_id") % 3 == 0)
    early = book.events.join(late, on="event_id", how="anti")
    first = step(book.with_frames(events=early), POLICY, after(stop))
    told = following(book.with_frames(events=early), first, events=late)
    last = step(told, POLICY, after(stop + 1))
    assert last.loan_states.select(LEDGER).equals(at_once(book, stop + 1).loan_states.select(LEDGER))
    lines = at_once(book, stop + 1).splits.join(last.folded, on="loan_id", how="semi")
    assert last.splits.sort("event_id").equals(lines.sort("event_id"))


@settings(max_examples=8, deadline=None)
@given(SEEDS, st.integers(20, 300))
def test_a_household_alone_has_the_rows_that_it_has_in_the_bank(seed, stop):
    book = draw(seed).with_frames(payments=payments(draw(seed)))
    before = step(book, POLICY, after(stop - 5))
    whole_book = following(book, before)
    whole = step(whole_book, POLICY, after(stop))
    for household in (1, 5, 12):
        alone = step(whole_book.only(pl.Series([household])), POLICY, after(stop))
        loans = book.loans.filter(pl.col("household_id") == household)
        assert alone.loan_states.equals(whole.loan_states.join(loans, on="loan_id", how="semi", maintain_order="left"))
        assert alone.household_states.equals(whole.household_states.filter(pl.col("household_id") == household))
        mine = whole.tasks_made.filter(pl.col("household_id") == household)
        assert alone.tasks_made.equals(mine)


@settings(max_examples=8, deadline=None)
@given(SEEDS, st.integers(20, 300))
def test_deriving_states_during_the_day_does_not_change_what_its_end_gives(seed, stop):
    book = draw(seed).with_frames(payments=payments(draw(seed)))
    yesterday = step(book, POLICY, after(stop - 1))
    opened = following(book, yesterday)
    morning = step(opened, POLICY, after(stop), closing=False)
    was = yesterday.loan_states.select("loan_id", "level", "bad_since")
    refreshed = opened.with_frames(
        loan_states=morning.loan_states, household_states=morning.household_states, opening=was,
        tasks=_without(opened.tasks, morning))
    direct, through = step(opened, POLICY, after(stop)), step(refreshed, POLICY, after(stop))
    assert through.loan_states.equals(direct.loan_states)
    assert through.household_states.equals(direct.household_states)
    assert pl.concat([morning.level_changes, through.level_changes]).sort("loan_id").equals(direct.level_changes)
    assert through.judgements.equals(direct.judgements)
    assert through.tasks_made.equals(direct.tasks_made)


def _without(tasks: pl.DataFrame, day: Day) -> pl.DataFrame:
    gone = pl.col("task_id").is_in(day.tasks_ended["task_id"].implode())
    return tasks.with_columns(state=pl.when(gone).then(pl.lit("cancelled")).otherwise("state"),
                              ended_on=pl.when(gone).then(pl.lit(day.date)).otherwise("ended_on"))


@settings(max_examples=8, deadline=None)
@given(SEEDS, st.integers(0, 300))
def test_what_households_owe_is_what_their_loans_owe(seed, stop):
    day = at_once(draw(seed), stop)
    for name in ("principal_fen", "interest_owed_fen", "penalty_owed_fen", "compound_owed_fen", "overdue_fen",
                 "total_owed_fen", "provision_fen"):
        assert day.household_states[name].sum() == day.loan_states[name].sum()
    assert day.household_states["loans_count"].sum() == day.loan_states.height


@pytest.mark.parametrize("seed", [3, 4])
def test_the_same_book_gives_the_same_day_whatever_the_order_of_its_rows(seed):
    book = draw(seed).with_frames(payments=payments(draw(seed)))
    mixed = Book(**{name: getattr(book, name).sample(fraction=1, shuffle=True, seed=seed) if name not in
                    ("loans", "households") else getattr(book, name) for name in SCHEMAS})
    one, other = step(book, POLICY, after(200)), step(mixed, POLICY, after(200))
    assert one.loan_states.equals(other.loan_states)
    assert one.household_states.equals(other.household_states)
    assert one.tasks_made.equals(other.tasks_made)
