"""Dated stories: what the end of each day makes of one household."""

from __future__ import annotations

import json
from datetime import date, timedelta

import polars as pl
import pytest

from qingshou.engine.day import Book, Day, following, step
from qingshou.engine.day.following import end_tasks
from tests.engine.policies import pack

POLICY = pack()
DUE = date(2026, 3, 10)  # of the first of three monthly instalments of 1,000.00 and 10.00 of interest
LOAN = {
    "loan_id": 1, "household_id": 1, "borrower_id": 1, "retail": True, "principal_fen": 300_000, "rate_ppm": 72_000,
    "start": date(2026, 2, 10), "maturity": date(2026, 5, 10), "penalty_surcharge_ppm": 500_000, "basis": "actual/360",
    "compound": "none"}
DUES = [{"loan_id": 1, "number": number, "due": date(2026, 2 + number, 10), "principal_fen": 100_000, "interest_fen": 1_000}
        for number in (1, 2, 3)]


def book(**frames: pl.DataFrame) -> Book:
    return Book.of(**{"loans": pl.DataFrame([LOAN]), "dues": pl.DataFrame(DUES), "households": pl.DataFrame(
        {"household_id": [1], "custodian_id": [7], "has_guarantor": [True]}), **frames})


def event(number: int, on: date, kind: str = "repayment", amount: int | None = None,
          reverses: int | None = None) -> pl.DataFrame:
    return pl.DataFrame({"event_id": [number], "loan_id": [1], "date": [on], "kind": [kind], "amount_fen": [amount],
                         "reverses": [reverses]}, schema_overrides={"amount_fen": pl.Int64, "reverses": pl.Int64})


def promise(due: date) -> pl.DataFrame:
    """500.00 promised on the due day of the instalment for the day *due*."""
    return pl.DataFrame({"promise_id": [5], "household_id": [1], "made_on": [DUE], "due": [due], "amount_fen": [50_000]})


def days(start: Book, first: date, count: int) -> tuple[Book, list[Day]]:
    """Close *count* days from *first*; nothing new happens."""
    closed = []
    for number in range(count):
        closed.append(step(start, POLICY, first + timedelta(days=number)))
        start = following(start, closed[-1])
    return start, closed


def household(day: Day) -> dict:
    return day.household_states.to_dicts()[0]


def loan(day: Day) -> dict:
    return day.loan_states.to_dicts()[0]


@pytest.mark.parametrize(("days_after", "dpd", "stage", "level"), [
    (-1, 0, "current", "normal"), (0, 0, "current", "normal"), (1, 1, "early", "normal"), (5, 5, "early", "normal"),
    (6, 6, "middle", "normal"), (7, 7, "middle", "normal"), (8, 8, "middle", "special_mention"),
    (18, 18, "middle", "special_mention"), (19, 19, "late", "special_mention"), (29, 29, "m2", "special_mention"),
    (61, 61, "m3", "special_mention"), (90, 90, "m3", "special_mention"), (91, 91, "d91_180", "substandard"),
    (271, 271, "d271_360", "doubtful"), (361, 361, "d361_plus", "loss")])
def test_an_unpaid_instalment_ages_day_by_day(days_after, dpd, stage, level):
    state = loan(step(book(), POLICY, DUE + timedelta(days=days_after)))
    assert (state["dpd"], state["stage"], state["level"]) == (dpd, stage, level)


def test_the_evening_of_the_due_day_prepares_the_first_day_of_the_path():
    _, (before, evening) = days(book(), DUE - timedelta(days=1), 2)
    assert before.tasks_made.is_empty() and household(before)["score"] == 0
    made = evening.tasks_made.to_dicts()
    assert {(task["step"], task["due"], task["owner_id"], task["episode_on"]) for task in made} == {
        ("first_visit", DUE + timedelta(days=1), 7, DUE), ("early_call", DUE + timedelta(days=1), 7, DUE)}
    state = household(evening)
    assert state["dpd"] == 0 and state["score"] > 0 and state["next_due"] == DUE + timedelta(days=1)
    assert {"value", "never_contacted"} <= {reason["code"] for reason in json.loads(state["reasons"])}
    assert evening.report["became_overdue"] == 1 and evening.report["tasks_made"] == len(made)


def test_payment_ends_what_the_path_had_asked_for():
    opened, _ = days(book(), DUE - timedelta(days=1), 3)
    paid = following(opened, step(opened, POLICY, DUE + timedelta(days=2)),
                     events=event(1, DUE + timedelta(days=3), amount=101_200))
    day = step(paid, POLICY, DUE + timedelta(days=3))
    assert set(day.tasks_ended["reason"]) == {"paid"} and day.tasks_made.is_empty()
    state = household(day)
    assert (state["dpd"], state["overdue_fen"], state["score"], state["next_step"]) == (0, 0, 0, "")
    assert loan(day)["paid_up_since"] == DUE + timedelta(days=3)
    split = day.splits.to_dicts()[0]
    assert split["principal_fen"] == 100_000 and split["interest_fen"] == 1_000 and split["penalty_fen"] > 0
    assert day.report["cleared"] == 1


def test_a_repeated_step_comes_again_when_the_last_was_done():
    opened, _ = days(book(), DUE - timedelta(days=1), 2)
    _, idle = days(opened, DUE + timedelta(days=1), 1)
    assert idle[0].tasks_made.filter(pl.col("step") == "early_call").is_empty()  # yesterday's call is still open
    call = opened.tasks.filter(pl.col("step") == "early_call")
    worked = end_tasks(opened, call.select("task_id", state=pl.lit("done"), ended_on=pl.lit(DUE + timedelta(days=1))))
    _, after = days(worked, DUE + timedelta(days=1), 1)
    assert after[0].tasks_made["step"].to_list() == ["early_call"]


@pytest.mark.parametrize(("paid", "state", "paid_fen"), [
    (50_000, "kept", 50_000), (49_999, "kept", 49_999), (30_000, "partly_kept", 30_000), (0, "broken", 0)])
def test_a_promise_is_judged_at_the_end_of_its_day_from_what_was_paid(paid, state, paid_fen):
    promised = DUE + timedelta(days=6)
    money = pl.DataFrame({"household_id": [1], "date": [promised], "amount_fen": [paid]})
    told = book(promises=promise(promised), payments=money)
    assert step(told, POLICY, promised - timedelta(days=1)).judgements.is_empty()
    assert step(told, POLICY, promised, closing=False).judgements.is_empty()  # the day has not ended
    judged = step(told, POLICY, promised).judgements.to_dicts()
    assert judged == [{"promise_id": 5, "judged_on": promised, "state": state, "paid_fen": paid_fen}]


def test_a_running_promise_holds_the_path_until_its_day():
    promised = DUE + timedelta(days=6)
    told, closed = days(book(promises=promise(promised)), DUE, 7)
    assert all(day.tasks_made.is_empty() for day in closed[:-1])
    assert [household(day)["held_by"] for day in closed] == ["promise"] * 6 + [""]
    assert household(closed[0])["promise_due"] == promised and household(closed[0])["promise_fen"] == 50_000
    assert household(closed[-1])["promise_due"] is None
    assert not closed[-1].tasks_made.is_empty() and closed[-1].report["promises_broken"] == 1
    assert told.households["broken_promises"].to_list() == [1]


def test_a_judgement_follows_the_ledger_when_money_turns_out_to_have_come_or_gone():
    promised = DUE + timedelta(days=1)
    told, closed = days(book(promises=promise(promised)), DUE, 2)
    assert closed[1].judgements["state"].to_list() == ["broken"]
    late = told.with_frames(events=event(1, promised, amount=50_000), changed=pl.DataFrame({"loan_id": [1]}),
                            payments=pl.DataFrame({"household_id": [1], "date": [promised], "amount_fen": [50_000]}))
    again = step(late, POLICY, promised + timedelta(days=1))
    assert again.judgements["state"].to_list() == ["kept"]
    settled = following(late, again)
    assert step(settled, POLICY, promised + timedelta(days=2)).judgements.is_empty()
    assert settled.households["broken_promises"].to_list() == [0]


def test_findings_add_up_field_by_field_and_choose_segment_and_path():
    findings = pl.DataFrame({
        "finding_id": [1, 2, 3], "household_id": [1, 1, 1], "found_on": [DUE, DUE + timedelta(days=1), DUE + timedelta(days=9)],
        "cause": ["market", "", "turnover"], "business_state": ["ceased", "normal", ""], "ability": ["none", "", ""],
        "willingness": ["", "willing", ""], "guarantee": ["weak", "effective", ""]})
    state = household(step(book(findings=findings), POLICY, DUE + timedelta(days=2)))
    assert (state["cause"], state["segment_missing"]) == ("market", "") and state["segment"] not in ("", "unclassified")
    earlier = household(step(book(findings=findings), POLICY, DUE - timedelta(days=1)))
    assert earlier["segment"] == "unclassified" and "ability" in earlier["segment_missing"].split(",")


def test_a_hold_is_named_from_its_first_day_to_the_day_before_its_last():
    hold = pl.DataFrame({"household_id": [1], "kind": ["death"], "starts_on": [DUE + timedelta(days=2)],
                         "ends_on": [DUE + timedelta(days=4)]})
    _, closed = days(book(holds=hold), DUE, 5)
    assert [household(day)["held_by"] for day in closed] == ["", "death", "death", "", ""]  # of the day that is prepared


def test_a_first_class_below_normal_is_written_down_without_one_before():
    first = step(book(), POLICY, DUE + timedelta(days=91))
    assert first.level_changes.select("before", "after").rows() == [("", "substandard")]
    assert step(book(), POLICY, DUE).level_changes.is_empty()
    assert (first.report["levels_first"], first.report["levels_down"]) == (1, 0)


def test_a_bad_loan_rises_only_by_an_approval_given_since_it_became_bad():
    bad = step(book(), POLICY, DUE + timedelta(days=91))
    assert loan(bad)["bad_since"] == DUE + timedelta(days=91)
    day = DUE + timedelta(days=92)
    paid = following(book(), bad, events=event(1, day, amount=400_000))
    held = step(paid, POLICY, day)
    assert loan(held)["level"] == "substandard" and "held_no_approval" in loan(held)["level_reasons"]

    def approved(on):
        decision = pl.DataFrame({"decision_id": [1], "loan_id": [1], "kind": ["raise"], "level": ["special_mention"],
                                 "decided_on": [on]})
        return loan(step(following(paid, held, decisions=decision), POLICY, day + timedelta(days=200)))

    assert approved(DUE)["level"] == "substandard"  # of an earlier time
    risen = approved(day + timedelta(days=199))
    assert risen["level"] == "special_mention" and risen["bad_since"] is None


def test_a_lowering_by_hand_holds_until_it_is_lifted():
    def level(*kinds):
        decisions = pl.DataFrame({"decision_id": range(1, len(kinds) + 1), "loan_id": [1] * len(kinds), "kind": kinds,
                                  "level": ["loss"] * len(kinds), "decided_on": [DUE] * len(kinds)})
        return loan(step(book(decisions=decisions), POLICY, DUE))["level"]

    assert level("lower") == "loss" and level("lower", "lift") == "normal" and level("lower", "lift", "lower") == "loss"


def test_one_bad_loan_of_a_company_drags_the_others_along_and_a_persons_does_not():
    def levels(retail):
        loans = pl.DataFrame([{**LOAN, "retail": retail}, {**LOAN, "loan_id": 2, "retail": retail}])
        second = [{**due, "loan_id": 2, "due": due["due"] + timedelta(days=300)} for due in DUES]
        both = book(loans=loans, dues=pl.DataFrame([*DUES, *second]))
        return step(both, POLICY, DUE + timedelta(days=100)).loan_states["level"].to_list()

    assert levels(retail=False) == ["substandard", "substandard"] and levels(retail=True) == ["substandard", "normal"]


def test_a_reversed_payment_counts_until_the_reversal_and_not_after_it():
    pays, takes_back = event(1, DUE, amount=101_000), event(2, DUE + timedelta(days=5), "reversal", reverses=1)
    told = book(events=pl.concat([pays, takes_back]))
    assert loan(step(told, POLICY, DUE + timedelta(days=4)))["dpd"] == 0
    assert loan(step(told, POLICY, DUE + timedelta(days=5)))["dpd"] == 5


def test_an_event_that_cannot_act_is_told_and_the_day_goes_on():
    day = step(book(events=event(1, DUE, "fee_waiver", amount=100)), POLICY, DUE)
    assert day.problems.rows() == [(1, 1, "fee_waiver_above_owed")] and day.report["problems"] == 1
    assert loan(day)["fee_owed_fen"] == 0


def test_a_book_without_a_needed_column_or_with_an_unknown_frame_is_refused_by_name():
    with pytest.raises(ValueError, match="loans lacks start"):
        Book.of(loans=pl.DataFrame([{name: value for name, value in LOAN.items() if name != "start"}]))
    with pytest.raises(ValueError, match="a book has no weather"):
        Book.of(weather=pl.DataFrame())


def test_an_empty_bank_has_an_empty_day():
    day = step(Book.of(), POLICY, DUE)
    assert day.loan_states.is_empty() and day.household_states.is_empty() and set(day.report.values()) == {0}
