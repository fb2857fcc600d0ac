"""The day in the ledger: every loan brought to the end of the day, then read: what it owes, how late it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from qingshou.engine import delinquency
from qingshou.engine.day.book import DUES, Book
from qingshou.engine.day.states import PROBLEMS, SPLITS
from qingshou.engine.fold import FOLD_COLUMNS, advance, balances, complete_terms, replay, settlement_dues
from qingshou.engine.terms import policy_terms
from qingshou.policy import Rules

_NOT_TERMS = ("loan_id", "household_id", "borrower_id", "retail", "credit_impaired", "restructured_on",
              "guarantee_kind")


@dataclass(frozen=True)
class Ledger:
    """What the fold gave: the carry of all loans, and of those folded anew the division of their payments."""

    carry: pl.DataFrame
    terms: pl.DataFrame
    folded: pl.DataFrame
    splits: pl.DataFrame
    problems: pl.DataFrame


def with_terms(loans: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Loans with the terms that the policy decides, and ``terms_mark``: a hash of all that the fold depends on."""
    terms = complete_terms(loans, **policy_terms(rules))
    depends = [name for name in terms.columns if name not in _NOT_TERMS]
    settles = pl.lit(rules["interest.settlement_day"])  # for loans without a schedule of their own
    return terms.with_columns(terms_mark=pl.struct(*depends, settles.alias("settles")).hash().reinterpret(signed=True))


def stale(loans: pl.DataFrame, loan_states: pl.DataFrame, changed: pl.DataFrame, rules: Rules, day: date) -> pl.DataFrame:
    """Loans (``loan_id``) whose state cannot simply be taken on to *day*: none yet, of a later day, folded under other
    terms, or not knowing all events. Their whole history is needed."""
    return _stale(with_terms(loans, rules), loan_states, changed, day)


def _stale(terms: pl.DataFrame, loan_states: pl.DataFrame, changed: pl.DataFrame, day: date) -> pl.DataFrame:
    known = terms.select("loan_id", "terms_mark", "start").join(
        loan_states.select("loan_id", "as_of", was_mark="terms_mark"), on="loan_id", how="left", maintain_order="left")
    begins = (pl.col("as_of") < pl.col("start")) & (pl.col("start") <= day)  # paid out without an event that says so
    good = (pl.col("as_of") <= day) & (pl.col("terms_mark") == pl.col("was_mark")) & ~begins
    told = pl.col("loan_id").is_in(changed["loan_id"].implode())
    return known.filter(~good.fill_null(False) | told).select("loan_id")


def fold_day(book: Book, rules: Rules, day: date) -> Ledger:
    """All loans at the end of *day*: most only let time pass; the stale ones are folded from their first event."""
    terms = with_terms(book.loans, rules)
    anew = _stale(terms, book.loan_states, pl.concat([book.changed, _newer(book, day)]), day)
    again = terms.join(anew, on="loan_id", how="semi", maintain_order="left")
    onward = terms.join(anew, on="loan_id", how="anti", maintain_order="left") if anew.height else terms
    carries, splits, problems = [], pl.DataFrame(schema=SPLITS), pl.DataFrame(schema=PROBLEMS)
    if onward.height:
        carries.append(_advance(book, onward, day))
    if again.height:
        run = replay(again, _schedule(book.dues, again, rules), _happened(book.events, again, day), as_of=day)
        carries.append(run.carry)
        splits, problems = run.splits.filter(pl.col("event_id").is_not_null()), run.problems
    carry = pl.concat(carries) if carries else pl.DataFrame(schema=FOLD_COLUMNS)
    return Ledger(carry, terms, again.select("loan_id"), splits, problems)


def _newer(book: Book, day: date) -> pl.DataFrame:
    """Loans (``loan_id``) with an event between their state and the day, told as changed or not."""
    told = book.events.filter(pl.col("date") <= day).join(book.loan_states.select("loan_id", "as_of"), on="loan_id")
    return told.filter(pl.col("date") > pl.col("as_of")).select("loan_id")


def _advance(book: Book, terms: pl.DataFrame, day: date) -> pl.DataFrame:
    """The carry of loans that nothing happened to but time. Only those that something falls due for need the fold."""
    carry = terms.select("loan_id").join(book.loan_states.select(list(FOLD_COLUMNS)), on="loan_id", how="left",
                                         maintain_order="left")
    since = carry["as_of"].min()
    due = book.dues.filter((pl.col("due") > since) & (pl.col("due") <= day)).join(terms, on="loan_id", how="semi")
    matures = (terms["maturity"] > since) & (terms["maturity"] <= day)  # type: ignore[operator]
    moving = terms.select("loan_id").filter(matures | terms["loan_id"].is_in(due["loan_id"].unique().implode()))
    still = carry.with_columns(as_of=pl.lit(day, dtype=pl.Date))
    if moving.is_empty():
        return still
    run = advance(carry.join(moving, on="loan_id", how="semi", maintain_order="left"),
                  terms.join(moving, on="loan_id", how="semi", maintain_order="left"), due, to=day)
    return pl.concat([still.join(moving, on="loan_id", how="anti", maintain_order="left"), run.carry])


def _schedule(dues: pl.DataFrame, terms: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The schedules of the loans in *terms*; a loan without one settles its interest by the policy's settlement day."""
    wanted = dues.join(terms, on="loan_id", how="semi", maintain_order="left").select(list(DUES)[:5])
    without = terms.join(wanted, on="loan_id", how="anti")
    if without.is_empty():
        return wanted
    made = settlement_dues(without, settlement_day=rules["interest.settlement_day"])
    return pl.concat([wanted, made.cast(wanted.schema)])


def _happened(events: pl.DataFrame, terms: pl.DataFrame, day: date) -> pl.DataFrame:
    """Events of these loans up to the day, in the order in which they were recorded within a date."""
    mine = events.filter(pl.col("date") <= day).join(terms, on="loan_id", how="semi", maintain_order="left")
    return mine.with_columns(seq=pl.col("event_id"))


def owed(ledger: Ledger, rules: Rules, day: date) -> pl.DataFrame:
    """The carry with what each loan owes at the end of the day, days past due and stage, in the order of the terms."""
    ordered = ledger.terms.select("loan_id").join(ledger.carry, on="loan_id", how="left", maintain_order="left")
    frame = balances(ordered, ledger.terms, as_of=day)
    days = delinquency.dpd(pl.col("oldest_unpaid_due"), pl.lit(day, dtype=pl.Date), rules)
    return frame.with_columns(dpd=days).with_columns(stage=delinquency.stage(pl.col("dpd"), rules))
