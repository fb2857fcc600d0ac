"""One day of the bank: a ``Book`` of facts and yesterday's states in, a ``Day`` of states and work out."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from qingshou.engine import delinquency
from qingshou.engine.classification import level_rank
from qingshou.engine.day import casework, households, ledger, levels
from qingshou.engine.day.book import Book
from qingshou.engine.day.states import LOAN_STATE, TASKS_MADE, Day
from qingshou.policy import Policy


def step(book: Book, policy: Policy, day: date, *, closing: bool = True) -> Day:
    """Bring the book to the end of *day* and prepare the work of the next day.

    With ``closing=False`` the day is still going on (something landed in it): states and ranks are those of the day
    itself, promises due today are not judged, paths make no tasks; what has lost its ground is ended all the same.

    The result depends on the facts alone: in whatever portions events became known, and whether or not the day was
    derived before, the states come out the same.
    """
    rules = policy.at(day)
    work = day + timedelta(days=1) if closing else day
    folded = ledger.fold_day(book, rules, day)
    loans = ledger.owed(folded, rules, day)
    loans, changes = levels.classify(loans, book, rules, day)

    moved = loans.select("loan_id", "household_id").join(folded.folded, on="loan_id", how="semi").select("household_id")
    ended = day if closing else day - timedelta(days=1)
    judgements = casework.judge_promises(book, rules, ended, moved.unique(), day)

    frame = households.sums(loans, book, rules, day)
    frame = households.with_knowledge(frame, loans, book, rules, day)
    frame = households.with_promises_and_holds(frame, book, judgements, work)
    ended_tasks = casework.end_tasks(book.tasks, frame, rules, day)
    made = pl.DataFrame(schema=TASKS_MADE)
    if closing:
        asked = _for_paths(frame, book, judgements, ended_tasks, policy, work)
        made = casework.make_tasks(_after(book.tasks, ended_tasks), asked, policy.at(work), day)
    frame = households.with_last_contact(frame, book)
    frame = households.with_next_step(frame, _open(book.tasks, ended_tasks, made))
    frame = households.ranked(frame, policy.at(work), work)
    state = households.states(frame)
    loan_states = loans.join(folded.terms.select("loan_id", "terms_mark"), on="loan_id", how="left", maintain_order="left")
    return Day(
        date=day, work=work, loan_states=loan_states.select(list(LOAN_STATE)).cast(pl.Schema(LOAN_STATE)), folded=folded.folded,
        splits=folded.splits, problems=folded.problems, level_changes=changes, judgements=judgements,
        tasks_made=made, tasks_ended=ended_tasks, household_states=state,
        report=_report(book, folded, loans, judgements, made, ended_tasks, state))


def _for_paths(frame: pl.DataFrame, book: Book, judgements: pl.DataFrame, ended: pl.DataFrame, policy: Policy,
               work: date) -> pl.DataFrame:
    """What ``paths.steps_due`` asks: households in arrears, those of them that did not keep a promise yesterday, and those
    that have just come out of arrears."""
    rules = policy.at(work)
    late = delinquency.dpd(pl.col("episode_on"), pl.lit(work, dtype=pl.Date), rules)
    out = frame.filter(pl.col("episode_on").is_null()).select("household_id").join(
        _episodes_before(book, ended, work), on="household_id")
    frame = frame.join(out, on="household_id", how="left", maintain_order="left")
    frame = frame.filter(pl.col("episode_on").is_not_null() | pl.col("ended_episode_on").is_not_null())
    lasted = delinquency.dpd(pl.col("ended_episode_on"), pl.col("paid_up_since"), rules)
    broken = casework.not_kept(book, judgements, work - timedelta(days=1))["household_id"].implode()
    return frame.select("household_id", "path", "episode_on", "has_guarantor", "custodian_id", "ended_episode_on",
                        promise_broken=pl.col("household_id").is_in(broken),
                        as_of=pl.lit(work, dtype=pl.Date), dpd=late, held_by=pl.col("held_by").fill_null(""),
                        ended_dpd=lasted)


def _episodes_before(book: Book, ended: pl.DataFrame, work: date) -> pl.DataFrame:
    """The arrears that a household was in when this day began, ``household_id, ended_episode_on``: by yesterday's
    states, or by the path's tasks that ended today (its state may have been derived since)."""
    by_state = book.loan_states.filter(pl.col("oldest_unpaid_due").is_not_null()).select(
        "loan_id", "oldest_unpaid_due").join(book.loans.select("loan_id", "household_id"), on="loan_id")
    by_state = by_state.select("household_id", episode_on="oldest_unpaid_due")
    today = pl.col("task_id").is_in(ended["task_id"].implode()) | (pl.col("ended_on") >= work - timedelta(days=1))
    by_task = book.tasks.filter((pl.col("source") == "path") & today.fill_null(False))
    known = pl.concat([by_state, by_task.select("household_id", "episode_on")])
    return known.group_by("household_id").agg(ended_episode_on=pl.col("episode_on").max())


def _after(tasks: pl.DataFrame, ended: pl.DataFrame) -> pl.DataFrame:
    """The tasks as they stand once those in *ended* have ended."""
    gone = pl.col("task_id").is_in(ended["task_id"].implode())
    day = ended["ended_on"].max()
    return tasks.with_columns(state=pl.when(gone).then(pl.lit("cancelled")).otherwise("state"),
                              ended_on=pl.when(gone).then(pl.lit(day, dtype=pl.Date)).otherwise("ended_on"))


def _open(tasks: pl.DataFrame, ended: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    columns = ("household_id", "task_id", "step", "channel", "due")
    kept = tasks.filter(pl.col("state") == "open").join(ended, on="task_id", how="anti").select(columns)
    new = made.with_columns(task_id=pl.lit(None, dtype=pl.Int64)).select(columns)
    return pl.concat([kept, new])


def _report(book: Book, folded: ledger.Ledger, loans: pl.DataFrame, judgements: pl.DataFrame, made: pl.DataFrame,
            ended: pl.DataFrame, state: pl.DataFrame) -> dict[str, int]:
    """How much each sub-step did; levels against those at the end of the day before."""
    late = loans.select("loan_id", late=pl.col("oldest_unpaid_due").is_not_null())
    before = book.loan_states.select("loan_id", was_late=pl.col("oldest_unpaid_due").is_not_null())
    both = late.join(before, on="loan_id", how="left").with_columns(pl.col("was_late").fill_null(False))
    rank, was = level_rank(pl.col("level")), level_rank(pl.col("previous_level"))
    down, up, first = loans.select(down=rank > was, up=rank < was, first=was.is_null() & (rank > 0)).sum().row(0)
    kinds = dict(judgements.group_by("state").len().iter_rows())
    return {
        "loans": loans.height, "folded": folded.folded.height, "advanced": loans.height - folded.folded.height,
        "problems": folded.problems.height,
        "became_overdue": both.filter(pl.col("late") & ~pl.col("was_late")).height,
        "cleared": both.filter(~pl.col("late") & pl.col("was_late")).height,
        "overdue": int(late["late"].sum()),
        "levels_down": int(down or 0), "levels_up": int(up or 0), "levels_first": int(first or 0),
        "promises_kept": kinds.get("kept", 0), "promises_partly_kept": kinds.get("partly_kept", 0),
        "promises_broken": kinds.get("broken", 0),
        "tasks_made": made.height, "tasks_ended": ended.height,
        "households": state.height, "ranked": state.filter(pl.col("score") > 0).height,
    }
