"""The frames that the day's step takes (``Book``): names and types, one schema each.

Facts only, and the states that the step before left. A date is a business date; money is in fen; ``""`` in a text column
means not known. A frame that is not given is empty; columns marked optional in ``OPTIONAL`` may be left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import polars as pl

from qingshou.engine.day.states import LAST_CONTACT, LOAN_CARRY

Schema = Mapping[str, Any]
_FEN = pl.Int64

# One row a loan: the contract in the fold's words, and what classification asks about it. ``schedule_version`` names the
# schedule in force: a loan whose terms or schedule changed is folded anew.
LOANS: Schema = {
    "loan_id": pl.Int64, "household_id": pl.Int64, "borrower_id": pl.Int64, "retail": pl.Boolean,
    "principal_fen": _FEN, "rate_ppm": pl.Int64, "start": pl.Date, "maturity": pl.Date,
    "penalty_surcharge_ppm": pl.Int64, "misuse_surcharge_ppm": pl.Int64, "misused": pl.Boolean, "basis": pl.String,
    "compound": pl.String, "compound_rate_in_term": pl.String, "accrual_stops_on": pl.Date,
    "schedule_version": pl.Int64, "credit_impaired": pl.Boolean, "restructured_on": pl.Date, "guarantee_kind": pl.String,
}
# Rows of the schedule in force: all of each loan that is folded anew, and of the others those that fall after their state
# (with ``next_due`` and ``next_interest_fen`` of the row after, when that one is not among them).
DUES: Schema = {"loan_id": pl.Int64, "number": pl.Int64, "due": pl.Date, "principal_fen": _FEN, "interest_fen": _FEN,
                "next_due": pl.Date, "next_interest_fen": _FEN}
# All events of each loan that is folded anew; events after the day are not looked at.
EVENTS: Schema = {"event_id": pl.Int64, "loan_id": pl.Int64, "date": pl.Date, "kind": pl.String, "amount_fen": _FEN,
                  "rate_ppm": pl.Int64, "reverses": pl.Int64}
# Loans with events (or schedule rows) that their state does not know though they are dated before it: backdated,
# reversing. Events dated after the state are found in ``events``.
CHANGED: Schema = {"loan_id": pl.Int64}
# A person's decisions on a loan's class: lower, raise, lift.
DECISIONS: Schema = {"decision_id": pl.Int64, "loan_id": pl.Int64, "kind": pl.String, "level": pl.String,
                     "decided_on": pl.Date}
# The level at the end of the day before (null: none yet) and since when it was bad, for loans whose state was derived
# again during this day; the others' states say it themselves.
OPENING: Schema = {"loan_id": pl.Int64, "level": pl.String, "bad_since": pl.Date}
# Who works a household, and what paths and priority ask about it.
# ``broken_promises``: how many of its promises stand judged as broken before this day.
HOUSEHOLDS: Schema = {"household_id": pl.Int64, "custodian_id": pl.Int64, "kind": pl.String, "has_guarantor": pl.Boolean,
                      "public_servant": pl.Boolean, "broken_promises": pl.Int64}
FINDINGS: Schema = {"finding_id": pl.Int64, "household_id": pl.Int64, "found_on": pl.Date, "cause": pl.String,
                    "business_state": pl.String, "ability": pl.String, "willingness": pl.String, "guarantee": pl.String}
# ``ends_on`` is exclusive, and already the lifting's date where a hold was lifted.
HOLDS: Schema = {"household_id": pl.Int64, "kind": pl.String, "starts_on": pl.Date, "ends_on": pl.Date}
# Promises of households that have one running, one to judge, or whose ledger changed; ``state`` and ``paid_fen`` of the
# newest judgement ("" and null: not judged).
PROMISES: Schema = {"promise_id": pl.Int64, "household_id": pl.Int64, "made_on": pl.Date, "due": pl.Date,
                    "amount_fen": _FEN, "state": pl.String, "paid_fen": _FEN}
# What those households paid (reversed payments left out), from the oldest of those promises on.
PAYMENTS: Schema = {"household_id": pl.Int64, "date": pl.Date, "amount_fen": _FEN}
# Open tasks; and of households in arrears, or just out of them, all tasks that paths made, ended or not.
TASKS: Schema = {"task_id": pl.Int64, "household_id": pl.Int64, "source": pl.String, "path": pl.String, "step": pl.String,
                 "episode_on": pl.Date, "channel": pl.String, "due": pl.Date, "state": pl.String, "ended_on": pl.Date}
# The last contact of a household, where it is newer than its state.
CONTACTS: Schema = {"household_id": pl.Int64, "on": pl.Date, "channel": pl.String, "outcome": pl.String}

SCHEMAS: dict[str, Schema] = {
    "loans": LOANS, "dues": DUES, "events": EVENTS, "changed": CHANGED, "loan_states": LOAN_CARRY, "decisions": DECISIONS,
    "opening": OPENING, "households": HOUSEHOLDS, "household_states": LAST_CONTACT, "findings": FINDINGS,
    "holds": HOLDS, "promises": PROMISES, "payments": PAYMENTS, "tasks": TASKS, "contacts": CONTACTS,
}
# Columns that may be left out, and what stands there then.
OPTIONAL: dict[str, Schema] = {
    "loans": {"misuse_surcharge_ppm": None, "misused": False, "compound_rate_in_term": "contract",
              "accrual_stops_on": None, "schedule_version": 1, "credit_impaired": False, "restructured_on": None,
              "guarantee_kind": "credit"},
    "events": {"rate_ppm": None, "reverses": None},
    "households": {"custodian_id": None, "kind": "person", "has_guarantor": False, "public_servant": False,
                   "broken_promises": 0},
    "promises": {"state": "", "paid_fen": None},
    "tasks": {"ended_on": None},
}


def empty(schema: Schema) -> pl.DataFrame:
    """A frame without rows."""
    return pl.DataFrame(schema=dict(schema))


def fit(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with exactly the columns and types of its schema. ValueError names a column that is missing."""
    schema, optional = SCHEMAS[name], OPTIONAL.get(name, {})
    if name == "dues" and not {"next_due", "next_interest_fen"} <= set(frame.columns):
        from qingshou.engine.fold.timeline import with_next

        frame = with_next(frame)
    missing = set(schema) - set(frame.columns) - set(optional)
    if missing:
        raise ValueError(f"{name} lacks {', '.join(sorted(missing))}")
    absent = [pl.lit(optional[column], dtype=schema[column]).alias(column) for column in schema
              if column not in frame.columns]
    return frame.with_columns(absent).select(list(schema)).cast(pl.Schema(schema))


@dataclass(frozen=True)
class Book:
    """Everything that one day's step looks at. Build it with :meth:`of`."""

    loans: pl.DataFrame
    dues: pl.DataFrame
    events: pl.DataFrame
    changed: pl.DataFrame
    loan_states: pl.DataFrame
    decisions: pl.DataFrame
    opening: pl.DataFrame
    households: pl.DataFrame
    household_states: pl.DataFrame
    findings: pl.DataFrame
    holds: pl.DataFrame
    promises: pl.DataFrame
    payments: pl.DataFrame
    tasks: pl.DataFrame
    contacts: pl.DataFrame

    @classmethod
    def of(cls, **frames: pl.DataFrame) -> Book:
        """A book of the frames given, each checked against its schema; those not given are empty."""
        unknown = set(frames) - set(SCHEMAS)
        if unknown:
            raise ValueError(f"a book has no {', '.join(sorted(unknown))}")
        return cls(**{name: fit(name, frames[name]) if name in frames else empty(SCHEMAS[name]) for name in SCHEMAS})

    def with_frames(self, **frames: pl.DataFrame) -> Book:
        """The same book with some frames replaced."""
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        return Book(**{**kept, **{name: fit(name, frame) for name, frame in frames.items()}})

    def only(self, household_ids: pl.Series) -> Book:
        """The same facts of some households."""
        chosen = pl.DataFrame({"household_id": household_ids}, schema={"household_id": pl.Int64})
        loans = self.loans.join(chosen, on="household_id", how="semi", maintain_order="left")
        kept = {}
        for name in SCHEMAS:
            frame = getattr(self, name)
            by = "household_id" if "household_id" in frame.columns else "loan_id"
            kept[name] = frame.join(chosen if by == "household_id" else loans, on=by, how="semi", maintain_order="left")
        return Book(**kept)
