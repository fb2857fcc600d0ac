"""The day by household: sums of its loans, the worst of them, what is known of it, its place in the work."""

from __future__ import annotations

from datetime import date

import polars as pl

from qingshou.engine import delinquency, priority, segments
from qingshou.engine.classification import BAD, LEVELS
from qingshou.engine.day import casework
from qingshou.engine.day.book import Book
from qingshou.engine.day.states import HOUSEHOLD_STATE
from qingshou.engine.terms import SECURITY_RANK
from qingshou.policy import Rules

_SUMS = ("principal_fen", "interest_owed_fen", "penalty_owed_fen", "compound_owed_fen", "fee_owed_fen", "overdue_fen",
         "total_owed_fen", "provision_fen")


def sums(loans: pl.DataFrame, book: Book, rules: Rules, day: date) -> pl.DataFrame:
    """One row a household, in the order of the book: sums, worst level, days past due, the running episode."""
    rank = {level: place for place, level in enumerate(LEVELS)}
    bad = pl.when(pl.col("level").is_in(BAD)).then("principal_fen").otherwise(0)
    per = loans.group_by("household_id").agg(
        *[pl.col(name).sum() for name in _SUMS], loans_count=pl.len().cast(pl.Int64), npl_principal_fen=bad.sum(),
        worst=pl.col("level").replace_strict(rank, return_dtype=pl.Int64).max(), dpd=pl.col("dpd").max(),
        episode_on=pl.col("oldest_unpaid_due").min(), paid_up_since=pl.col("paid_up_since").max())
    frame = book.households.select("household_id").join(per, on="household_id", how="left", maintain_order="left")
    frame = frame.with_columns(pl.col(*_SUMS, "loans_count", "npl_principal_fen", "dpd", "worst").fill_null(0))
    return frame.with_columns(
        as_of=pl.lit(day, dtype=pl.Date), stage=delinquency.stage(pl.col("dpd"), rules),
        level=pl.col("worst").replace_strict(dict(enumerate(LEVELS)), return_dtype=pl.String))


def with_knowledge(frame: pl.DataFrame, loans: pl.DataFrame, book: Book, rules: Rules, day: date) -> pl.DataFrame:
    """Adds what findings say, segment, what is missing for it, and the path."""
    frame = frame.join(casework.answers(book, day), on="household_id", how="left", maintain_order="left")
    frame = frame.with_columns(pl.col(*casework.ANSWERS).fill_null(""))
    about = book.households.select("household_id", "custodian_id", "kind", "has_guarantor", "public_servant")
    frame = frame.join(about, on="household_id", how="left", maintain_order="left")
    late = loans.filter(pl.col("oldest_unpaid_due").is_not_null()).join(
        book.loans.select("loan_id", "guarantee_kind"), on="loan_id")
    security = late.group_by("household_id").agg(
        security=pl.col("guarantee_kind").replace_strict(SECURITY_RANK, default=0, return_dtype=pl.Int64).max())
    names = {place: name for name, place in SECURITY_RANK.items()}
    frame = frame.join(security, on="household_id", how="left", maintain_order="left").with_columns(
        guarantee_kind=pl.col("security").fill_null(0).replace_strict(names, return_dtype=pl.String))
    return segments.segment(frame, rules)


def with_promises_and_holds(frame: pl.DataFrame, book: Book, judgements: pl.DataFrame, work: date) -> pl.DataFrame:
    """Adds the running promise, how many were broken, and what holds the path."""
    for part in (casework.running_promises(book, judgements, work), casework.broken_promises(book, judgements),
                 casework.holds(book, work)):
        frame = frame.join(part, on="household_id", how="left", maintain_order="left")
    promised = pl.when(pl.col("promise_due").is_not_null()).then(pl.lit("promise"))
    return frame.with_columns(held_by=pl.concat_str([promised, pl.col("held_by")], separator=",", ignore_nulls=True))


def with_last_contact(frame: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Adds the last contact: the one told now, else the one that the state before knew."""
    known = book.household_states.select(
        "household_id", on="last_contact_on", channel="last_contact_channel", outcome="last_contact_outcome")
    told = book.contacts.select("household_id", "on", "channel", "outcome")
    newest = pl.concat([known.join(told, on="household_id", how="anti"), told]).select(
        "household_id", last_contact_on="on", last_contact_channel="channel", last_contact_outcome="outcome")
    return frame.join(newest, on="household_id", how="left", maintain_order="left")


def with_next_step(frame: pl.DataFrame, open_tasks: pl.DataFrame) -> pl.DataFrame:
    """Adds the open task that is due first: ``next_step, next_channel, next_due`` (a person's task has no step)."""
    first = open_tasks.sort("household_id", "due", "task_id", nulls_last=True).group_by(
        "household_id", maintain_order=True).first()
    first = first.select("household_id", next_step="step", next_channel="channel", next_due="due")
    return frame.join(first, on="household_id", how="left", maintain_order="left")


def ranked(frame: pl.DataFrame, rules: Rules, work: date) -> pl.DataFrame:
    """Adds the place in the work of households that are overdue, as of the day to come; the others have none."""
    days = delinquency.dpd(pl.col("episode_on"), pl.lit(work, dtype=pl.Date), rules)
    late = frame.filter((pl.col("overdue_fen") > 0) | pl.col("episode_on").is_not_null()).with_columns(
        as_of=pl.lit(work, dtype=pl.Date), dpd=days)
    late = late.with_columns(stage=delinquency.stage(pl.col("dpd"), rules))
    placed = priority.rank(late, rules).select("household_id", "score", "expected_fen_per_hour", "minutes", "reasons")
    return frame.join(placed, on="household_id", how="left", maintain_order="left")


def states(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of ``HOUSEHOLD_STATE``, without nulls where the table takes none."""
    texts = [name for name, kind in HOUSEHOLD_STATE.items() if kind == pl.String]
    numbers = ("score", "expected_fen_per_hour", "minutes")
    return frame.with_columns(pl.col(*texts).fill_null(""), pl.col(*numbers).fill_null(0)).select(
        list(HOUSEHOLD_STATE)).cast(pl.Schema(HOUSEHOLD_STATE))
