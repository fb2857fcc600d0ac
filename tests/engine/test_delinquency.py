"""Days past due and stages (V4)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from qingshou.engine import delinquency
from tests.engine.policies import TODAY, rules
from tests.engine.tables import cases, each, oracle


def judge(rows: list[dict], in_force) -> pl.DataFrame:
    frame = pl.DataFrame({"oldest": [row.get("oldest") for row in rows], "as_of": [row["as_of"] for row in rows]},
                         schema={"oldest": pl.Date, "as_of": pl.Date})
    frame = frame.with_columns(dpd=delinquency.dpd(pl.col("oldest"), pl.col("as_of"), in_force))
    return frame.with_columns(stage=delinquency.stage(pl.col("dpd"), in_force))


@each("delinquency")
def test_one_loan(case):
    row = judge([case], rules(**case.get("rules", {}))).row(0, named=True)
    assert (row["dpd"], row["stage"]) == (case["dpd"], case["stage"])


def test_many_loans_at_once_are_judged_as_one_by_one():
    table = [case for case in cases("delinquency") if "rules" not in case]
    judged = judge(table, rules())
    assert judged["dpd"].to_list() == [case["dpd"] for case in table]
    assert judged["stage"].to_list() == [case["stage"] for case in table]
    assert judged.schema["dpd"] == pl.Int64


@given(st.integers(0, 4000), st.integers(0, 4000), st.sampled_from(["none", "subtract", "delay"]), st.integers(0, 30),
       st.sampled_from(["day_after_due", "due_day"]))
def test_an_older_due_is_never_in_an_earlier_stage(first, second, counts, grace, day_one):
    in_force = rules(delinquency__grace_counts=counts, delinquency__grace_days=grace, delinquency__day_one=day_one)
    older, newer = max(first, second), min(first, second)
    judged = judge([{"oldest": TODAY - timedelta(days=days), "as_of": TODAY} for days in (newer, older)], in_force)
    assert judged["dpd"].is_sorted()
    assert judged.select(delinquency.stage_rank(pl.col("stage"))).to_series().is_sorted()


def test_upstream_ranges_are_data_that_the_stage_rule_takes():
    """The range table of another system, with its own cases, in our stage rule."""
    known = oracle("delinquency.json")
    table = [{"stage": "none", "from": 0},
             *({"stage": row["name"], "from": row["min_days"]} for row in known["ranges"])]
    in_force = rules(delinquency__stages=table)
    days = pl.DataFrame({"dpd": [case["delinquent_days"] for case in known["range_cases"]]})
    assert days.select(delinquency.stage(pl.col("dpd"), in_force)).to_series().to_list() == [
        case["expect"] or "none" for case in known["range_cases"]]


def test_upstream_days_past_due_with_and_without_grace():
    for case in oracle("delinquency.json")["dpd_cases"]:
        in_force = rules(delinquency__day_one=case["day_one"], delinquency__grace_days=case["grace_days"],
                         delinquency__grace_counts="subtract" if case["grace_days"] else "none")
        row = {"oldest": date.fromisoformat(case["due"]), "as_of": date.fromisoformat(case["as_of"])}
        assert judge([row], in_force)["dpd"].item() == case["dpd"], case["id"]


def test_upstream_classes_follow_from_days_past_due():
    for case in oracle("delinquency.json")["class_cases"]:
        table = [{"stage": name, "from": first} for name, first, _ in case["ranges"]]
        in_force = rules(delinquency__stages=table)
        for day, dpd, stage, bad in case["by_date"]:
            row = judge([{"oldest": date.fromisoformat(case["due"]), "as_of": date.fromisoformat(day)}], in_force).row(0)
            assert row[2:] == (dpd, stage), case["id"]
            assert (dpd > case["bad_over_days"]) is bad


INSTALMENTS = pl.DataFrame({
    "loan_id": [1, 1, 1, 2], "due": [date(2026, 9, 15), date(2026, 10, 15), date(2026, 12, 15), date(2026, 11, 23)],
    "unpaid_fen": [500, 700, 900, 40]})


def test_overdue_money_stands_in_the_stage_of_the_oldest_instalment():
    spread = delinquency.spread(INSTALMENTS, TODAY, rules())
    assert spread.rows() == [(1, "m3", 1200), (2, "early", 40)]


def test_overdue_money_may_stand_in_each_instalments_own_stage():
    spread = delinquency.spread(INSTALMENTS, TODAY, rules(delinquency__bucket="instalment"))
    assert spread.rows() == [(1, "m2", 700), (1, "m3", 500), (2, "early", 40)]


def test_an_instalment_that_is_paid_stands_nowhere():
    paid = INSTALMENTS.with_columns(unpaid_fen=pl.lit(0, dtype=pl.Int64))
    assert delinquency.spread(paid, TODAY, rules()).is_empty()


def test_upstream_instalment_buckets_before_and_after_a_part_payment():
    for case in oracle("delinquency.json")["instalment_cases"]:
        table = [{"stage": "current", "from": 0}, *({"stage": name, "from": first} for name, first in case["ranges"])]
        in_force = rules(delinquency__stages=table, delinquency__bucket="instalment",
                         delinquency__grace_days=case["grace_days"], delinquency__grace_counts="subtract")
        for state in case["states"]:
            rows = pl.DataFrame([{"loan_id": 1, "due": date.fromisoformat(due), "unpaid_fen": unpaid}
                                 for due, unpaid in state["unpaid"]])
            judged = delinquency.spread(rows, date.fromisoformat(state["as_of"]), in_force)
            assert sorted(judged.select("stage", "unpaid_fen").rows()) == sorted(map(tuple, state["expect"])), case["id"]
