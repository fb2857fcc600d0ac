"""Promises judged from the ledger (C5)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from qingshou.engine import promises
from tests.engine.policies import TODAY, rules
from tests.engine.tables import cases, each

PROMISE = {"promise_id": pl.Int64, "household_id": pl.Int64, "made_on": pl.Date, "due": pl.Date, "amount_fen": pl.Int64}
PAYMENT = {"household_id": pl.Int64, "date": pl.Date, "amount_fen": pl.Int64}


def judge(made: list[tuple], paid: list[tuple], as_of: date = TODAY, in_force=None) -> pl.DataFrame:
    return promises.judge(pl.DataFrame(made, schema=PROMISE, orient="row"), pl.DataFrame(paid, schema=PAYMENT, orient="row"),
                          as_of, in_force or rules()).sort("promise_id")


def of(case: dict, household: int = 1, first: int = 0) -> tuple[list[tuple], list[tuple]]:
    made = [(first + place, household, *promise) for place, promise in enumerate(case["promises"])]
    return made, [(household, *payment) for payment in case["payments"]]


@each("promises")
def test_one_household(case):
    assert judge(*of(case)).select("state", "paid_fen").rows() == [tuple(row) for row in case["judged"]]


def test_many_households_at_once_are_judged_as_one_by_one():
    made, paid, expected = [], [], []
    for number, case in enumerate(cases("promises")):
        mine, money = of(case, household=number, first=len(made))
        made, paid, expected = made + mine, paid + money, expected + [tuple(row) for row in case["judged"]]
    assert judge(made, paid).select("state", "paid_fen").rows() == expected


def test_a_promise_is_judged_at_the_end_of_its_day_not_before():
    made = [(1, 1, date(2026, 11, 1), TODAY, 100)]
    assert judge(made, [], TODAY - timedelta(days=1)).is_empty()
    assert judge(made, [(1, TODAY, 100)], TODAY)["state"].to_list() == ["kept"]


def test_without_promises_there_is_nothing_to_judge():
    assert judge([], [(1, TODAY, 100)]).is_empty()


def test_tolerance_and_the_least_part_are_policy():
    made = [(1, 1, TODAY, TODAY, 100_000)]
    assert judge(made, [(1, TODAY, 95_000)], in_force=rules(promises__tolerance_ppm=50_000))["state"].item() == "kept"
    assert judge(made, [(1, TODAY, 10_000)], in_force=rules(promises__partly_over_ppm=100_000))["state"].item() == "broken"
    assert judge(made, [(1, TODAY, 10_001)], in_force=rules(promises__partly_over_ppm=100_000))["state"].item() == "partly_kept"


DAYS = st.integers(0, 20).map(lambda days: TODAY - timedelta(days=days))
MADE = st.lists(st.tuples(st.integers(1, 3), DAYS, st.integers(0, 10), st.integers(1, 10**6)), min_size=1, max_size=12)
PAID = st.lists(st.tuples(st.integers(1, 3), DAYS, st.integers(1, 10**6)), max_size=12)


def numbered(chosen: list[tuple]) -> list[tuple]:
    return [(place, household, day, min(day + timedelta(days=length), TODAY), fen)
            for place, (household, day, length, fen) in enumerate(chosen)]


@given(MADE, PAID)
def test_each_fen_is_counted_once_and_in_its_own_time(chosen, paid):
    made = numbered(chosen)
    judged = dict(judge(made, paid).select("promise_id", "paid_fen").iter_rows())
    assert set(judged) == {promise[0] for promise in made}
    for household in (1, 2, 3):
        mine = [promise for promise in made if promise[1] == household]
        assert sum(judged[promise[0]] for promise in mine) <= sum(fen for who, _, fen in paid if who == household)
        for number, _, start, due, amount in mine:
            in_time = sum(fen for who, day, fen in paid if who == household and start <= day <= due)
            assert 0 <= judged[number] <= min(amount, in_time)


@given(MADE, PAID, st.randoms())
def test_the_order_of_rows_does_not_matter(chosen, paid, random):
    made = numbered(chosen)
    assert judge(random.sample(made, len(made)), random.sample(paid, len(paid))).equals(judge(made, paid))


@given(MADE, PAID, st.integers(0, 20))
def test_what_was_judged_on_a_day_stays_so_when_later_promises_are_judged(chosen, paid, back):
    made, day = numbered(chosen), TODAY - timedelta(days=back)
    known = [promise for promise in made if promise[2] <= day]
    by_then = judge(known, [payment for payment in paid if payment[1] <= day], day)
    later = judge(made, paid).filter(pl.col("promise_id").is_in(by_then["promise_id"].implode()))
    assert later.equals(by_then)
