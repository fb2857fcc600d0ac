"""The ledger as it is read: events with how each was divided, what fell due, and the principal after each row (P3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qingshou.engine.fold import Replay
from qingshou.portfolio.models import LedgerEvent
from qingshou.portfolio.queries.schedule import DueRow

# The order of happenings within a day, as the fold takes them.
_ORDER = {name: place for place, name in enumerate(
    ("disbursement", "due", "held", "rate_change", "fee", "fee_waiver", "interest_waiver", "repayment", "recovery",
     "write_off", "reversal"))}
PARTS = ("fee", "compound", "penalty", "interest", "principal", "unapplied")


@dataclass(frozen=True)
class Split:
    """How one payment or waiver was divided, in fen."""

    principal_fen: int
    interest_fen: int
    penalty_fen: int
    compound_fen: int
    fee_fen: int
    unapplied_fen: int


@dataclass(frozen=True)
class Entry:
    """One row of the ledger: an event, a due that fell (``due``), or held money that paid a due (``held``)."""

    date: date
    kind: str
    event: LedgerEvent | None
    due: DueRow | None
    split: Split | None
    reversed_by: LedgerEvent | None
    principal_after_fen: int

    @property
    def acts(self) -> bool:
        """Whether it moves money: a reversed event and its reversal do not."""
        return self.reversed_by is None and self.kind != "reversal"


def splits_by_event(run: Replay) -> dict[int, Split]:
    """How each event of a fold was divided."""
    return {row["event_id"]: _split(row) for row in run.splits.iter_rows(named=True) if row["event_id"] is not None}


def held_splits(run: Replay) -> list[tuple[date, Split]]:
    """How held money was divided when it paid dues, by day."""
    return [(row["date"], _split(row)) for row in run.splits.iter_rows(named=True) if row["event_id"] is None]


def entries(events: Sequence[LedgerEvent], dues: Sequence[DueRow], run: Replay, on: date) -> list[Entry]:
    """The ledger of one loan up to *on*, oldest first; *run* is its fold at *on*. Later events stand without effect."""
    by_id = {event.pk: event for event in events}
    undone = {event.reverses_id: event for event in events if event.reverses_id}
    splits = splits_by_event(run)
    rows: list[tuple[date, str, LedgerEvent | None, DueRow | None, Split | None]] = [
        (event.date, event.kind, event, None, splits.get(event.pk)) for event in by_id.values()]
    rows += [(due.due, "due", None, due, None) for due in dues if due.due <= on]
    rows += [(day, "held", None, None, split) for day, split in held_splits(run)]
    rows.sort(key=lambda row: (row[0], _ORDER[row[1]], row[2].pk if row[2] else row[3].number if row[3] else 0))
    told = any(event.kind == "disbursement" and event.pk not in undone for event in events)
    principal = 0 if told else run.carry["disbursed_fen"][0]
    made = []
    for day, kind, event, due, split in rows:
        reversal = undone.get(event.pk) if event else None
        if kind == "disbursement" and reversal is None and event is not None and day <= on:
            principal += event.amount_fen or 0
        if split is not None:
            principal -= split.principal_fen
        made.append(Entry(day, kind, event, due, split, reversal, principal))
    return made


def _split(row: dict[str, int]) -> Split:
    return Split(*(row[f"{part}_fen"] for part in ("principal", "interest", "penalty", "compound", "fee", "unapplied")))
