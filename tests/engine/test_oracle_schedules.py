"""Schedules, interest and allocation against other systems' published figures (docs/engine-oracle.md)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from qingshou.engine import daycount, fold, schedule
from qingshou.engine.money import format_yuan, parse_percent, parse_yuan
from tests.engine.books import DUES, EVENTS

FOLDER = Path(__file__).parent.parent / "data" / "oracle"
SCHEDULES = json.loads((FOLDER / "fineract_schedules.json").read_text())
ALLOCATION = json.loads((FOLDER / "fineract_allocation.json").read_text())
LENDING = json.loads((FOLDER / "frappe_lending.json").read_text())
day = date.fromisoformat


def plan(case: dict[str, Any], **fields: Any) -> pl.DataFrame:
    given = {"loan_id": 1, "method": case.get("method", "equal_instalment"), "principal_fen": parse_yuan(case["principal"]),
             "rate_ppm": parse_percent(case["annual_rate"]), "start": day(case["start"]), "periods": len(case["dues"]),
             "months_per_period": 1, "due_day": None, "basis": case["basis"]} | fields
    return schedule.build(pl.DataFrame([given], schema_overrides={"due_day": pl.Int64, "basis": pl.String}))


@pytest.mark.parametrize("case", SCHEDULES["schedules"], ids=lambda case: case["id"])
def test_a_schedule_has_the_published_rows(case: dict[str, Any]) -> None:
    rows = plan(case)
    assert [due.isoformat() for due in rows["due"]] == case["dues"]
    names = ("payment_fen", "interest_fen", "principal_fen", "balance_fen")
    assert [[format_yuan(row[name]) for name in names] for row in rows.iter_rows(named=True)] == case["rows"]


@pytest.mark.parametrize("line", SCHEDULES["interest"] + LENDING["interest"], ids=lambda line: f"{line[0]} {line[3]}")
def test_interest_of_a_period_is_the_published_one(line: list[Any]) -> None:
    _name, base, rate, start, end, basis, interest = line
    if basis is None:  # an equal part of the year
        row = plan({"principal": base, "annual_rate": rate, "start": start, "dues": [end], "basis": None}).row(0, named=True)
        found = row["interest_fen"]
    else:
        found = daycount.interest(parse_yuan(base), parse_percent(rate), day(start), day(end), basis)[1]
    assert format_yuan(found) == interest


@pytest.mark.parametrize("case", ALLOCATION["cases"] + LENDING["cases"], ids=lambda case: case["id"])
def test_a_timeline_leaves_what_was_published(case: dict[str, Any]) -> None:
    events: list[dict[str, Any]] = []
    repayments: list[int] = []
    for step in case["steps"]:
        if {"owes", "held", "splits"} & set(step):
            check(case, events, step)
            continue
        kind = "repayment" if "repay" in step else "fee" if "fee" in step else "reversal"
        number = len(events)
        if kind == "repayment":
            repayments.append(number)
        undone = repayments[step["undo"] - 1] if "undo" in step else None
        events.append({"loan_id": 1, "event_id": number, "seq": number, "kind": kind, "rate_ppm": None, "reverses": undone,
                       "date": day(step["on"]) if "on" in step else events[undone or 0]["date"],
                       "amount_fen": parse_yuan(step.get("repay") or step["fee"]) if kind != "reversal" else None})


def check(case: dict[str, Any], events: list[dict[str, Any]], step: dict[str, Any]) -> None:
    start, as_of = day(case["start"]), day(step["on"])
    dues = dues_of(case, start)
    rate = parse_percent(case.get("annual_rate", "0"))
    terms = fold.complete_terms(pl.DataFrame({
        "loan_id": [1], "principal_fen": [parse_yuan(case["principal"])], "rate_ppm": [rate],
        "start": [start], "maturity": [dues["due"].max()], "order": [case["order"]], "excess": ["prepay"],
        "basis": [case.get("basis", "actual/360")]}))
    run = fold.replay(terms, dues, pl.DataFrame(events, schema=EVENTS), as_of=as_of)
    row = fold.balances(run.carry, terms, as_of=as_of).row(0, named=True)
    if "owes" in step:
        assert format_yuan(row["total_owed_fen"]) == step["owes"]
    if "held" in step:
        assert format_yuan(row["unapplied_fen"]) == step["held"]
    if "splits" in step:
        told = {event["event_id"]: event for event in events}
        found = [[split["date"].isoformat(), *(format_yuan(fen) for fen in (
            told[split["event_id"]]["amount_fen"], split["principal_fen"], split["interest_fen"], split["fee_fen"]))]
            for split in run.splits.iter_rows(named=True) if told[split["event_id"]]["kind"] == "repayment"]
        assert found == step["splits"]


def dues_of(case: dict[str, Any], start: date) -> pl.DataFrame:
    if case["dues"] is None:  # equal parts of the principal, no interest
        periods = case["periods"]
        return plan({"principal": case["principal"], "annual_rate": "0", "start": case["start"], "basis": None,
                     "dues": [None] * periods}, method="equal_principal").select(list(DUES))
    return pl.DataFrame([{"loan_id": 1, "number": number, "due": day(due), "principal_fen": parse_yuan(principal),
                          "interest_fen": None if interest is None else parse_yuan(interest)}
                         for number, (due, principal, interest) in enumerate(case["dues"], 1)], schema=DUES)
