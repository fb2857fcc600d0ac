"""Random small loans and their events, for tests of laws.

One generator on the ``random.Random`` interface: hypothesis hands in one that it can shrink, a test over many loans hands
in a seeded one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl
from hypothesis import strategies as st

from qingshou.engine.fold import KINDS, complete_terms, settlement_dues

TERMS: dict[str, Any] = {
    "loan_id": pl.Int64, "principal_fen": pl.Int64, "rate_ppm": pl.Int64, "start": pl.Date, "maturity": pl.Date,
    "penalty_surcharge_ppm": pl.Int64, "misuse_surcharge_ppm": pl.Int64, "misused": pl.Boolean, "basis": pl.String,
    "compound": pl.String, "compound_rate_in_term": pl.String, "penalty_grace_days": pl.Int64, "order": pl.String,
    "order_late": pl.String, "late_after_days": pl.Int64, "accrual_stops_on": pl.Date, "excess": pl.String,
}
DUES: dict[str, Any] = {"loan_id": pl.Int64, "number": pl.Int64, "due": pl.Date, "principal_fen": pl.Int64,
                        "interest_fen": pl.Int64}
EVENTS: dict[str, Any] = {"loan_id": pl.Int64, "event_id": pl.Int64, "date": pl.Date, "seq": pl.Int64, "kind": pl.String,
                          "amount_fen": pl.Int64, "rate_ppm": pl.Int64, "reverses": pl.Int64}
Row = dict[str, Any]
FIRST = date(2023, 1, 1)


@dataclass
class Book:
    """Some loans as rows; ``frames`` as the fold takes them."""

    terms: list[Row]
    dues: list[Row]
    events: list[Row]
    as_of: date

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        return (complete_terms(pl.DataFrame(self.terms, schema=TERMS)), pl.DataFrame(self.dues, schema=DUES),
                pl.DataFrame(self.events, schema=EVENTS))

    def one(self, loan_id: int) -> Book:
        return Book(*([row for row in rows if row["loan_id"] == loan_id] for rows in (self.terms, self.dues, self.events)),
                    self.as_of)


def books(most: int = 3) -> st.SearchStrategy[Book]:
    """Books of one to *most* loans that hypothesis can shrink."""
    return st.builds(lambda chance, count: make_book(chance, count), st.randoms(use_true_random=False),
                     st.integers(1, most))


def make_book(chance: Random, count: int) -> Book:
    book = Book([], [], [], FIRST + timedelta(days=chance.randint(30, 800)))
    for loan_id in range(1, count + 1):
        terms = _terms(chance, loan_id)
        dues = _dues(chance, terms)
        book.terms.append(terms)
        book.dues.extend(dues)
        book.events.extend(_events(chance, terms, dues))
    return book


def _order(chance: Random) -> str:
    kinds = list(KINDS)
    if chance.random() < 0.5:
        chance.shuffle(kinds)
    return ",".join(kinds)


def _terms(chance: Random, loan_id: int) -> Row:
    start = FIRST + timedelta(days=chance.randint(0, 60))
    maturity = start + timedelta(days=chance.randint(1, 420))
    return {
        "loan_id": loan_id, "principal_fen": chance.choice([1, 777, 1_000_000, chance.randint(1, 30_000_000)]),
        "rate_ppm": chance.choice([0, 1, 43_500, 72_000, 153_333, 240_000]), "start": start, "maturity": maturity,
        "penalty_surcharge_ppm": chance.choice([0, 300_000, 456_789, 500_000]),
        "misuse_surcharge_ppm": chance.choice([None, 400_000, 1_000_000]), "misused": chance.random() < 0.3,
        "basis": chance.choice(["actual/360", "actual/365", "30/360"]),
        "compound": chance.choice(["none", "monthly", "quarterly"]),
        "compound_rate_in_term": chance.choice(["contract", "contract", "penalty"]),
        "penalty_grace_days": chance.choice([0, 0, 3, 10]), "order": _order(chance),
        "order_late": chance.choice([None, _order(chance)]), "late_after_days": chance.choice([None, 0, 7, 60]),
        "accrual_stops_on": chance.choice([None, None, None, start + timedelta(days=100), maturity + timedelta(days=40)]),
        "excess": chance.choice([None, None, "hold", "prepay"]),
    }


def _dues(chance: Random, terms: Row) -> list[Row]:
    if chance.random() < 0.4:
        return settlement_dues(pl.DataFrame([terms], schema=TERMS), settlement_day=chance.choice([20, 31])).to_dicts()
    span = (terms["maturity"] - terms["start"]).days
    days = sorted({span, *(chance.randint(1, span) for _ in range(chance.randint(0, 6)))})
    stated = chance.random() < 0.6
    cuts = [0, *sorted(chance.randint(0, terms["principal_fen"]) for _ in days[1:]), terms["principal_fen"]]
    return [{"loan_id": terms["loan_id"], "number": number + 1, "due": terms["start"] + timedelta(days=day),
             "principal_fen": cuts[number + 1] - cuts[number],
             "interest_fen": chance.choice([0, 99, chance.randint(0, 300_000)]) if stated else None}
            for number, day in enumerate(days)]


def _events(chance: Random, terms: Row, dues: list[Row]) -> list[Row]:
    events: list[Row] = []
    if chance.random() < 0.2 and terms["principal_fen"] > 1:  # paid out in two parts
        part = chance.randint(1, terms["principal_fen"] - 1)
        for place, amount in enumerate((part, terms["principal_fen"] - part)):
            events.append(_event("disbursement", terms["start"] + timedelta(days=place * chance.randint(0, 20)), amount))
    for _ in range(chance.randint(0, 10)):
        kind = chance.choice(["repayment"] * 5 + ["rate_change", "rate_change", "fee", "fee_waiver", "interest_waiver",
                                                  "recovery", "write_off"])
        if chance.random() < 0.5:
            day = chance.choice(dues)["due"] + timedelta(days=chance.choice([0, 1, 3, 7, 8, 10, 11, 60, 61]))
        else:
            day = terms["start"] + timedelta(days=chance.randint(0, 600))
        amount = chance.choice([chance.randint(1, 4_000), chance.randint(1, 400_000),
                                chance.randint(1, 2 * terms["principal_fen"]), 100_000_000])
        events.append(_event(kind, day, amount) if kind != "rate_change" else {
            **_event(kind, day, None), "rate_ppm": chance.choice([0, 36_000, 65_432, 180_000, 288_000])})
    first = terms["loan_id"] * 100
    numbered = [{**event, "loan_id": terms["loan_id"], "event_id": first + place, "seq": first + place}
                for place, event in enumerate(events)]
    undoable = [event for event in numbered if event["kind"] != "disbursement"]
    for event in chance.sample(undoable, min(len(undoable), chance.choice([0, 0, 1, 2]))):
        number = first + len(numbered)
        numbered.append({**_event("reversal", event["date"], None), "loan_id": terms["loan_id"], "event_id": number,
                         "seq": number, "reverses": event["event_id"]})
    return numbered


def _event(kind: str, day: date, amount: int | None) -> Row:
    return {"kind": kind, "date": day, "amount_fen": amount, "rate_ppm": None, "reverses": None}
