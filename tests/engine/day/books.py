"""Books for tests: small banks drawn from a seed, with loans of every method and payments of every habit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from qingshou.engine.day import Book
from qingshou.engine.daycount import BASES

FIRST = date(2025, 1, 1)


def draw(seed: int, *, households: int = 12, days: int = 300) -> Book:
    """A book of facts over *days* from 2025-01-01, without states: about one and a half loans a household."""
    rng = np.random.default_rng(seed)
    loans: list[dict[str, Any]] = []
    dues: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    retails = [bool(rng.random() < 0.7) for _ in range(households)]
    for household, retail in enumerate(retails, 1):
        for _ in range(int(rng.integers(1, 4))):
            _loan(rng, household, retail, days, loans, dues, events)
    events = [{**event, "event_id": number} for number, event in enumerate(events, 1)]
    frames = {"loans": loans, "dues": dues}
    return Book.of(**{name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in frames.items()},
                   events=_with_reversals(rng, events), households=_households(rng, retails),
                   **_casework(rng, households, days))


def _loan(rng: np.random.Generator, household: int, retail: bool, days: int, loans: list[dict[str, Any]],
          dues: list[dict[str, Any]], events: list[dict[str, Any]]) -> None:
    loan_id = len(loans) + 1
    start = FIRST + timedelta(days=int(rng.integers(0, 60)))
    periods = int(rng.integers(1, 14))
    maturity = _months(start, periods)
    principal = int(rng.integers(1, 500)) * 100_000 + int(rng.integers(0, 100))
    stated = bool(rng.random() < 0.5)
    loans.append({
        "loan_id": loan_id, "household_id": household, "borrower_id": household, "retail": retail,
        "principal_fen": principal, "rate_ppm": int(rng.integers(20_000, 180_000)), "start": start, "maturity": maturity,
        "penalty_surcharge_ppm": int(rng.integers(300, 501)) * 1000, "basis": str(rng.choice(BASES)),
        "compound": str(rng.choice(["none", "monthly", "quarterly"])), "misused": bool(rng.random() < 0.1),
        "misuse_surcharge_ppm": 1_000_000, "credit_impaired": bool(rng.random() < 0.05),
        "guarantee_kind": str(rng.choice(["credit", "guarantee", "mortgage", "pledge"])),
    })
    share = principal // periods
    for number in range(1, periods + 1):
        due = principal - share * (periods - 1) if number == periods else share
        interest = int(principal * 0.008) if stated else None
        dues.append({"loan_id": loan_id, "number": number, "due": _months(start, number), "principal_fen": due,
                     "interest_fen": interest})
    habit = rng.random()
    for _ in range(int(rng.integers(0, 12)) if habit < 0.85 else 0):
        when = start + timedelta(days=int(rng.integers(1, days)))
        kind = str(rng.choice(["repayment"] * 8 + ["fee", "rate_change", "interest_waiver", "fee_waiver"]))
        events.append({
            "loan_id": loan_id, "date": when, "kind": kind,
            "amount_fen": None if kind == "rate_change" else int(rng.integers(1, max(share * 2, 2))),
            "rate_ppm": int(rng.integers(20_000, 180_000)) if kind == "rate_change" else None, "reverses": None})


def _with_reversals(rng: np.random.Generator, events: list[dict[str, Any]]) -> pl.DataFrame:
    reversals = [
        {"event_id": len(events) + number, "loan_id": event["loan_id"], "date": event["date"] + timedelta(days=9),
         "kind": "reversal", "amount_fen": None, "rate_ppm": None, "reverses": event["event_id"]}
        for number, event in enumerate((event for event in events if rng.random() < 0.1), 1)]
    schema = {"event_id": pl.Int64, "loan_id": pl.Int64, "date": pl.Date, "kind": pl.String, "amount_fen": pl.Int64,
              "rate_ppm": pl.Int64, "reverses": pl.Int64}
    return pl.DataFrame([*events, *reversals], schema=schema)


def _households(rng: np.random.Generator, retails: list[bool]) -> pl.DataFrame:
    households = len(retails)
    return pl.DataFrame({
        "household_id": range(1, households + 1), "custodian_id": rng.integers(1, 4, households),
        "kind": ["person" if retail else "company" for retail in retails], "has_guarantor": rng.random(households) < 0.5,
        "public_servant": rng.random(households) < 0.1})


def _casework(rng: np.random.Generator, households: int, days: int) -> dict[str, pl.DataFrame]:
    count = households * 2
    on = [FIRST + timedelta(days=int(day)) for day in rng.integers(0, days, count)]
    whose = rng.integers(1, households + 1, count)
    findings = pl.DataFrame({
        "finding_id": range(1, count + 1), "household_id": whose, "found_on": on,
        "cause": rng.choice(["", "turnover", "evading"], count),
        "business_state": rng.choice(["", "normal", "difficulty", "ceased"], count),
        "ability": rng.choice(["", "sufficient", "partial", "none"], count),
        "willingness": rng.choice(["", "willing", "unwilling"], count),
        "guarantee": rng.choice(["", "effective", "weak"], count)})
    promises = pl.DataFrame({
        "promise_id": range(1, count + 1), "household_id": rng.integers(1, households + 1, count), "made_on": on,
        "due": [day + timedelta(days=int(days)) for day, days in zip(on, rng.integers(1, 20, count), strict=True)],
        "amount_fen": rng.integers(1000, 5_000_000, count)})
    held = int(households / 3)
    holds = pl.DataFrame({
        "household_id": rng.integers(1, households + 1, held), "kind": rng.choice(["complaint", "death"], held),
        "starts_on": on[:held], "ends_on": [day + timedelta(days=30) for day in on[:held]]})
    return {"findings": findings, "promises": promises, "holds": holds}


def _months(start: date, months: int) -> date:
    year, month = divmod(start.month - 1 + months, 12)
    return date(start.year + year, month + 1, min(start.day, 28))


def payments(book: Book) -> pl.DataFrame:
    """What households paid by the book's events, reversed payments left out."""
    gone = book.events.filter(pl.col("kind") == "reversal").select(event_id="reverses")
    paid = book.events.filter(pl.col("kind").is_in(["repayment", "recovery"])).join(gone, on="event_id", how="anti")
    return paid.join(book.loans.select("loan_id", "household_id"), on="loan_id").select("household_id", "date", "amount_fen")
