"""The simulator: the same everywhere, its money conserved, its strategies exchangeable."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from demo import contracts, customers, past
from demo.draw import Draw
from demo.field import ByBalance, ByRank, Capacity, Strategy
from demo.people import Borrowers
from demo.simulate import Simulation
from demo.story import World
from qingshou.engine.day import Day
from qingshou.engine.fold import balances, complete_terms, replay
from qingshou.engine.terms import policy_terms
from qingshou.policy import load

BEGINS, DAYS = date(2026, 3, 2), 45


def tell(strategy: Strategy, *, households: int = 150, days: int = DAYS) -> tuple[Simulation, Day]:
    """A short story of a small bank."""
    people = customers.make(households, Draw(7, "customers"))
    books = contracts.make(people, begins=BEGINS, ends=BEGINS + timedelta(days=365), draw=Draw(7, "contracts"))
    loans = contracts.terms(books)
    dues = contracts.dues(loans)
    paid_out = past.disbursements(loans)
    before = past.repayments(loans, dues, people, begins=BEGINS, first_id=paid_out.height + 1)
    world = World(
        loans=loans.with_columns(borrower_id="household_id", retail=pl.lit(True)), dues=dues,
        events=pl.concat([paid_out.cast(past.EVENTS), before]),
        households=pl.DataFrame({"household_id": list(range(1, households + 1)),
                                 "custodian_id": [1 + n % 4 for n in range(households)]}),
        guarantors={item.household + 1: [9_000 + item.household] for item in books if item.guarantors})
    run = Simulation(world, Borrowers(people, Draw(7, "borrowers")), load(), Draw(7, "field"), strategy=strategy,
                     capacity=Capacity(minutes=120, attempts=3))
    last = run.begin(BEGINS - timedelta(days=1))
    for day in past.days(BEGINS, BEGINS + timedelta(days=days)):
        last = run.run_day(day)
    return run, last


@pytest.fixture(scope="module")
def told() -> tuple[Simulation, Day]:
    return tell(ByRank())


def test_a_story_told_twice_is_the_same_to_the_fen(told):
    again, last = tell(ByRank())
    run, first = told
    assert last.loan_states.equals(first.loan_states) and last.household_states.equals(first.household_states)
    assert again.story.contacts == run.story.contacts and again.story.promises == run.story.promises


def test_everybody_pays_each_due_before_the_story_but_those_who_had_stopped():
    people = customers.make(80, Draw(3, "customers"))
    loans = contracts.terms(contracts.make(people, begins=BEGINS, ends=BEGINS + timedelta(days=300), draw=Draw(3, "contracts")))
    dues = contracts.dues(loans)
    paid_out = past.disbursements(loans)
    events = pl.concat([paid_out.cast(past.EVENTS), past.repayments(loans, dues, people, begins=BEGINS, first_id=10_000)])
    eve = BEGINS - timedelta(days=1)
    owed = balances(replay(loans, dues, events, as_of=eve).carry, loans, as_of=eve).join(
        loans.select("loan_id", "household_id"), on="loan_id")
    late = set(owed.filter(pl.col("overdue_fen") > 0)["household_id"].to_list())
    stopped = {number for number, item in enumerate(people, 1) if item.nature.lost_on}
    assert late and late <= stopped


def test_what_was_paid_in_and_what_is_owed_out_agree_for_every_loan(told):
    run, last = told
    terms = complete_terms(run.world.loans.join(last.loan_states.select("loan_id"), on="loan_id", how="semi"),
                           **policy_terms(run.policy.at(last.date)))
    events = pl.concat(list(run.events.values())).filter(pl.col("date") <= last.date)
    whole = replay(terms, run.world.dues, events, as_of=last.date)
    undone = events["reverses"].drop_nulls()
    paid = events.filter((pl.col("kind") == "repayment") & ~pl.col("event_id").is_in(undone.implode()))
    kinds = ["principal_fen", "interest_fen", "penalty_fen", "compound_fen", "fee_fen", "unapplied_fen"]
    split = whole.splits.filter(pl.col("event_id").is_not_null()).with_columns(total=pl.sum_horizontal(kinds))
    by_event = paid.join(split.select("event_id", "total"), on="event_id", how="left")
    assert by_event["total"].equals(by_event["amount_fen"].rename("total"))
    assert whole.carry.sort("loan_id").equals(last.loan_states.select(whole.carry.columns).sort("loan_id"))
    left = terms.join(whole.splits.group_by("loan_id").agg(pl.col("principal_fen").sum().alias("repaid")), on="loan_id",
                      how="left").join(last.loan_states.select("loan_id", left="principal_fen"), on="loan_id")
    assert (left["principal_fen"] - left["repaid"].fill_null(0)).equals(left["left"].rename("principal_fen"))


def test_collectors_work_on_workdays_within_hours_and_their_capacity(told):
    run, _ = told
    contacts = pl.DataFrame(run.story.contacts, infer_schema_length=None)
    assert contacts.height > 50
    assert contacts["minute"].is_between(8 * 60, 19 * 60).all()
    assert contacts.filter(pl.col("on").dt.weekday() == 7).is_empty()
    assert contacts.group_by("on", "made_by_id").len()["len"].max() <= 3


def test_promises_are_kept_and_broken_and_every_ended_task_has_an_outcome_or_a_reason(told):
    run, _ = told
    assert {"kept", "broken"} <= {item["state"] for item in run.story.promises}
    ended = run.story.all_tasks().filter(pl.col("state") != "open")
    assert ended.height and ended.filter((pl.col("outcome") == "") & (pl.col("reason") == "")).is_empty()


def test_another_strategy_can_be_tried_and_takes_other_work():
    one, _ = tell(ByRank(), days=8)
    other, _ = tell(ByBalance(), days=8)
    assert [row["household_id"] for row in one.story.contacts] != [row["household_id"] for row in other.story.contacts]
