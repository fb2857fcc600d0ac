"""The day in the classes: five-level class of each loan, what changed and why, and the provision."""

from __future__ import annotations

from datetime import date

import polars as pl

from qingshou.engine import classification, provision
from qingshou.engine.day.book import Book
from qingshou.engine.day.states import LEVEL_CHANGES
from qingshou.policy import Rules

_PERIOD_MONTHS = {"quarterly": 3}  # of loans that pay by the quarter; others pay monthly


def on_balance() -> pl.Expr:
    """Principal that stands in the bank's books: what is outstanding and not written off."""
    return (pl.col("principal_fen") - pl.col("written_off_fen")).clip(lower_bound=0)


def classify(loans: pl.DataFrame, book: Book, rules: Rules, day: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Loans with ``level, level_reasons, bad_since, provision_fen`` and ``previous_level`` (at the end of the day before);
    and the changes to write down: from the level that was written last, which the day itself may have moved already.

    *loans*: the states as ``ledger.owed`` gives them. A first class is a change only where it is not normal.
    """
    frame = _grounds(loans, book, day)
    late = pl.col("oldest_unpaid_due").is_not_null()
    asked = frame.with_columns(paid_up_since=pl.when(~late).then("paid_up_since"))
    judged = classification.classify(asked, rules).select("loan_id", "level", level_reasons="reasons")
    frame = frame.with_columns(level=judged["level"], level_reasons=judged["level_reasons"])
    bad = pl.col("level").is_in(classification.BAD)
    was_bad = pl.col("previous_level").is_in(classification.BAD).fill_null(False)
    frame = frame.with_columns(
        bad_since=pl.when(bad & was_bad).then(pl.col("bad_before").fill_null(day)).when(bad).then(pl.lit(day, dtype=pl.Date)),
        provision_fen=provision.provision(frame, rules))
    written = frame.select("loan_id", "level", "level_reasons").join(
        book.loan_states.select("loan_id", before="level"), on="loan_id", how="left", maintain_order="left")
    before = pl.col("before").fill_null("")
    moved = (before != pl.col("level")) & ~((before == "") & (pl.col("level") == classification.LEVELS[0]))
    changes = written.filter(moved).select("loan_id", date=pl.lit(day, dtype=pl.Date), before=before, after="level",
                                           reasons="level_reasons")
    return frame, changes.cast(LEVEL_CHANGES)  # type: ignore[arg-type]


def _grounds(loans: pl.DataFrame, book: Book, day: date) -> pl.DataFrame:
    """Each loan with what its class depends on besides today's figures."""
    opening = book.loan_states.select("loan_id", previous_level="level", bad_before="bad_since")
    if book.opening.height:
        known = book.opening.select("loan_id", previous_level="level", bad_before="bad_since")
        opening = pl.concat([opening.join(known, on="loan_id", how="anti"), known])
    about = book.loans.select("loan_id", "borrower_id", "household_id", "retail", "credit_impaired", "restructured_on",
                              period_months=pl.col("compound").replace_strict(_PERIOD_MONTHS, default=1,
                                                                              return_dtype=pl.Int64))
    frame = loans.join(about, on="loan_id", how="left", maintain_order="left")
    frame = frame.join(opening, on="loan_id", how="left", maintain_order="left")
    decided = _decided(book.decisions, day).join(opening.select("loan_id", "bad_before"), on="loan_id", how="left")
    decided = decided.with_columns(  # an approval counts for the time since the loan last became bad
        raised_to=pl.when(pl.col("raised_on") >= pl.col("bad_before").fill_null(date.min)).then("raised_to"))
    frame = frame.join(decided.select("loan_id", "lowered_to", "raised_to"), on="loan_id", how="left", maintain_order="left")
    return frame.with_columns(balance_fen=on_balance())


def _decided(decisions: pl.DataFrame, day: date) -> pl.DataFrame:
    """The decisions in force on the day: the newest lowering unless lifted, the newest approval to raise."""
    known = decisions.filter(pl.col("decided_on") <= day).sort("decided_on", "decision_id")
    low = known.filter(pl.col("kind") != "raise").group_by("loan_id").last()
    low = low.select("loan_id", lowered_to=pl.when(pl.col("kind") == "lower").then("level"))
    high = known.filter(pl.col("kind") == "raise").group_by("loan_id").last()
    high = high.select("loan_id", raised_to="level", raised_on="decided_on")
    return low.join(high, on="loan_id", how="full", coalesce=True)
