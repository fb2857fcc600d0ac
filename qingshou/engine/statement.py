"""The itemised interest statement 本息计算清单 (V3) and the payoff quote: the fold with its lines printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from qingshou.engine import daycount
from qingshou.engine.fold import balances, replay


@dataclass(frozen=True)
class Segment:
    """One printed line: a kind of interest on a base at a rate over a period, rounded once. Fees have no rate."""

    start: date
    end: date
    days: int
    kind: str
    base_fen: int
    rate_ppm: int
    amount_fen: int


@dataclass(frozen=True)
class Payment:
    """How one repayment or waiver (or money held for the dues: ``event_id`` None) was divided, in fen."""

    event_id: int | None
    date: date
    fee_fen: int
    compound_fen: int
    penalty_fen: int
    interest_fen: int
    principal_fen: int
    unapplied_fen: int


@dataclass(frozen=True)
class Statement:
    """Lines, how payments were divided, and what is owed of each kind at ``as_of`` after them."""

    as_of: date
    segments: list[Segment]
    payments: list[Payment]
    principal_fen: int
    interest_fen: int
    penalty_fen: int
    compound_fen: int
    fee_fen: int
    total_fen: int
    unapplied_fen: int
    oldest_unpaid_due: date | None
    problems: list[tuple[int, str]]  # event id, code


_ORDER = {"interest": 0, "penalty": 1, "compound": 2}


def statement(terms: pl.DataFrame, dues: pl.DataFrame, events: pl.DataFrame, *, as_of: date) -> Statement:
    """The statement of one loan (frames of one loan, as ``fold.replay`` takes them) at *as_of*."""
    if terms.height != 1:
        raise ValueError("a statement is of one loan")
    run = replay(terms, dues, events, as_of=as_of, lines=True)
    row = balances(run.carry, terms, as_of=as_of).row(0, named=True)
    basis = terms["basis"][0] if "basis" in terms.columns else "actual/360"
    segments = [
        Segment(line["start"], line["end"], daycount.days(line["start"], line["end"], basis), line["kind"],
                line["base_fen"], line["rate_ppm"], line["amount_fen"])
        for line in sorted(run.lines.iter_rows(named=True), key=lambda line: (line["start"], _ORDER[line["kind"]]))
    ]
    payments = [
        Payment(split["event_id"], split["date"], split["fee_fen"], split["compound_fen"], split["penalty_fen"],
                split["interest_fen"], split["principal_fen"], split["unapplied_fen"])
        for split in run.splits.iter_rows(named=True)
    ]
    return Statement(
        as_of=as_of, segments=segments, payments=payments, principal_fen=row["principal_fen"],
        interest_fen=row["interest_owed_fen"], penalty_fen=row["penalty_owed_fen"], compound_fen=row["compound_owed_fen"],
        fee_fen=row["fee_owed_fen"], total_fen=row["total_owed_fen"], unapplied_fen=row["unapplied_fen"],
        oldest_unpaid_due=row["oldest_unpaid_due"], problems=list(run.problems.select("event_id", "code").rows()),
    )
