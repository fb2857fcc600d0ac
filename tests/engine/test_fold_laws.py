"""The fold against an independent account that walks day by day, and laws that hold for any loan."""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from qingshou.engine import fold
from tests.engine.books import EVENTS, Book, books, make_book
from tests.engine.reference import KINDS, Account

fast = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def walked(book: Book, loan_id: int) -> Account:
    one = book.one(loan_id)
    account = Account(one.terms[0], one.dues)
    account.walk(one.events, book.as_of)
    return account


@fast
@given(books())
def test_the_fold_agrees_to_the_fen_with_a_day_by_day_account(book: Book) -> None:
    agrees(book)


@pytest.mark.parametrize("seed", range(4))
def test_hundreds_of_loans_folded_together_agree_with_a_day_by_day_account_of_each(seed: int) -> None:
    agrees(make_book(random.Random(seed), 400))


def agrees(book: Book) -> None:
    terms, dues, events = book.frames()
    run = fold.replay(terms, dues, events, as_of=book.as_of, lines=True)
    owed = fold.balances(run.carry, terms, as_of=book.as_of)
    for row in book.terms:
        loan_id = row["loan_id"]
        account = walked(book, loan_id)
        if book.as_of < row["start"]:
            continue
        mine = owed.filter(pl.col("loan_id") == loan_id).row(0, named=True)
        expected = {
            "principal_fen": account.principal, "interest_owed_fen": account.owed("interest"),
            "penalty_owed_fen": account.owed("penalty"), "compound_owed_fen": account.owed("compound"),
            "fee_owed_fen": account.owed("fee"), "principal_overdue_fen": account.overdue_principal,
            "interest_overdue_fen": account.overdue_interest, "unapplied_fen": account.held, "waived_fen": account.waived,
        }
        assert {name: mine[name] for name in expected} == expected
        assert mine["oldest_unpaid_due"] == account.oldest
        assert sorted(run.lines.filter(pl.col("loan_id") == loan_id).drop("loan_id").rows()) == sorted(account.printed)
        splits = run.splits.filter(pl.col("loan_id") == loan_id)
        assert splits.select("event_id", "date", *(f"{kind}_fen" for kind in KINDS), "unapplied_fen").rows() == [
            (event, day, *parts, left) for event, day, parts, left in account.splits]


@fast
@given(books())
def test_what_came_in_equals_what_is_left_to_the_fen(book: Book) -> None:
    terms, dues, events = book.frames()
    run = fold.replay(terms, dues, events, as_of=book.as_of, lines=True)
    owed = fold.balances(run.carry, terms.with_columns(penalty_grace_days=0), as_of=book.as_of)
    undone = {event["reverses"] for event in book.events if event["kind"] == "reversal"}
    for row in owed.iter_rows(named=True):
        mine = [event for event in book.events if event["loan_id"] == row["loan_id"] and event["date"] <= book.as_of
                and event["event_id"] not in undone]
        came = sum(event["amount_fen"] for event in mine if event["kind"] in ("repayment", "recovery"))
        fees = sum(event["amount_fen"] for event in mine if event["kind"] == "fee")
        lines = run.lines.filter(pl.col("loan_id") == row["loan_id"])["amount_fen"].sum()
        arisen = row["disbursed_fen"] + fees + lines
        left = row["total_owed_fen"] + row["waived_fen"] + came - row["unapplied_fen"]
        graced = next(loan for loan in book.terms if loan["loan_id"] == row["loan_id"])["penalty_grace_days"] > 0
        assert arisen >= left if graced else arisen == left  # what a grace lets go was printed and is not owed
        assert min(row[name] for name in ("principal_fen", "interest_owed_fen", "fee_owed_fen", "unapplied_fen")) >= 0


@fast
@given(books(), st.integers(0, 2**32))
def test_the_order_in_which_events_are_handed_over_does_not_matter(book: Book, seed: int) -> None:
    terms, dues, events = book.frames()
    shuffled = list(book.events)
    random.Random(seed).shuffle(shuffled)
    other = fold.replay(terms, dues.sample(fraction=1, shuffle=True, seed=seed % 1000),
                        pl.DataFrame(shuffled, schema=EVENTS), as_of=book.as_of, lines=True)
    same(fold.replay(terms, dues, events, as_of=book.as_of, lines=True), other)


@fast
@given(books())
def test_a_reversed_event_is_as_if_it_had_never_been(book: Book) -> None:
    terms, dues, events = book.frames()
    undone = {event["reverses"] for event in book.events if event["kind"] == "reversal"}
    kept = [event for event in book.events if event["kind"] != "reversal" and event["event_id"] not in undone]
    same(fold.replay(terms, dues, events, as_of=book.as_of, lines=True),
         fold.replay(terms, dues, pl.DataFrame(kept, schema=EVENTS), as_of=book.as_of, lines=True))


@fast
@given(books(), st.lists(st.integers(1, 200), min_size=1, max_size=4))
def test_letting_time_pass_over_a_carry_equals_a_replay(book: Book, steps: list[int]) -> None:
    terms, dues, events = book.frames()
    known = events.filter((pl.col("date") <= book.as_of) | (pl.col("kind") == "reversal"))
    day, carry = book.as_of, fold.replay(terms, dues, known, as_of=book.as_of).carry
    for step in steps:
        day += timedelta(days=step)
        carry = fold.advance(carry, terms, dues, to=day).carry
    again = fold.replay(terms, dues, known, as_of=day).carry
    begun = pl.Series([row["start"] <= book.as_of for row in book.terms])  # a carry holds a loan that has begun
    assert_frame_equal(carry.filter(begun), again.filter(begun))
    stands, stood = (fold.balances(frame, terms, as_of=day).filter(begun) for frame in (carry, again))
    assert_frame_equal(stands, stood)


@fast
@given(books(most=4))
def test_a_loan_alone_is_the_same_as_among_many(book: Book) -> None:
    together = fold.replay(*book.frames(), as_of=book.as_of, lines=True)
    for row in book.terms:
        alone = fold.replay(*book.one(row["loan_id"]).frames(), as_of=book.as_of, lines=True)
        mine = pl.col("loan_id") == row["loan_id"]
        same(alone, fold.Replay(*(frame.filter(mine) for frame in (
            together.carry, together.splits, together.lines, together.problems))))


def same(one: fold.Replay, other: fold.Replay) -> None:
    for name in ("carry", "splits", "lines", "problems"):
        assert_frame_equal(getattr(one, name), getattr(other, name), check_row_order=name != "problems")


def test_amounts_and_rates_that_could_leave_64_bits_are_refused() -> None:
    terms = pl.DataFrame({"loan_id": [7], "principal_fen": [100], "rate_ppm": [1_000_000], "start": [date(1990, 1, 1)],
                          "maturity": [date(1991, 1, 1)], "penalty_surcharge_ppm": [1_000_000]})
    nothing = pl.DataFrame(schema=EVENTS)
    with pytest.raises(OverflowError, match="loan 7"):
        fold.replay(terms, fold.settlement_dues(fold.complete_terms(terms)), nothing, as_of=date(2026, 1, 1))
    big = terms.with_columns(principal_fen=pl.lit(10**15 + 1), rate_ppm=pl.lit(1))
    with pytest.raises(OverflowError, match="loan 7"):
        fold.replay(big, fold.settlement_dues(fold.complete_terms(big)), nothing, as_of=date(1990, 2, 1))
