"""The frames that the day's step gives (``Day``): names and types, one schema each.

``LOAN_STATE`` and ``HOUSEHOLD_STATE`` have the columns of the tables that hold them; a part of each is read again by the
next day.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from qingshou.engine.fold import FOLD_COLUMNS

_FEN = pl.Int64

# The fold's carry, what is read from it, and what was judged. ``terms_mark``: a hash of the terms that it was folded
# under; ``level_reasons``: JSON, see engine/reasons.
LOAN_STATE: dict[str, Any] = {
    **FOLD_COLUMNS,
    "interest_owed_fen": _FEN, "interest_overdue_fen": _FEN, "penalty_owed_fen": _FEN, "compound_owed_fen": _FEN,
    "fee_owed_fen": _FEN, "principal_overdue_fen": _FEN, "overdue_fen": _FEN, "total_owed_fen": _FEN,
    "dpd": pl.Int64, "stage": pl.String, "level": pl.String, "level_reasons": pl.String, "bad_since": pl.Date,
    "provision_fen": _FEN, "terms_mark": pl.Int64,
}
# What the next day reads of a loan's state.
LOAN_CARRY: dict[str, Any] = {name: LOAN_STATE[name] for name in (*FOLD_COLUMNS, "level", "bad_since", "terms_mark")}
# Sums of the household's loans, the worst of them, and its place in the work. ``score`` orders the queue, greater first
# (0: nothing to collect); ``reasons``: JSON; ``held_by``: what holds the path (paid, promise, kinds of hold), by commas.
HOUSEHOLD_STATE: dict[str, Any] = {
    "household_id": pl.Int64, "as_of": pl.Date, "loans_count": pl.Int64,
    "principal_fen": _FEN, "interest_owed_fen": _FEN, "penalty_owed_fen": _FEN, "compound_owed_fen": _FEN,
    "fee_owed_fen": _FEN, "overdue_fen": _FEN, "total_owed_fen": _FEN, "npl_principal_fen": _FEN, "provision_fen": _FEN,
    "dpd": pl.Int64, "stage": pl.String, "level": pl.String, "segment": pl.String, "segment_missing": pl.String,
    "cause": pl.String, "path": pl.String, "next_step": pl.String, "next_channel": pl.String, "next_due": pl.Date,
    "held_by": pl.String, "score": pl.Int64, "expected_fen_per_hour": _FEN, "minutes": pl.Int64, "reasons": pl.String,
    "promise_due": pl.Date, "promise_fen": _FEN, "last_contact_on": pl.Date, "last_contact_channel": pl.String,
    "last_contact_outcome": pl.String,
}
# What the next day reads of a household's state.
LAST_CONTACT: dict[str, Any] = {name: HOUSEHOLD_STATE[name] for name in (
    "household_id", "last_contact_on", "last_contact_channel", "last_contact_outcome")}
SPLITS: dict[str, Any] = {
    "event_id": pl.Int64, "loan_id": pl.Int64, "date": pl.Date, "principal_fen": _FEN, "interest_fen": _FEN,
    "penalty_fen": _FEN, "compound_fen": _FEN, "fee_fen": _FEN, "unapplied_fen": _FEN,
}
PROBLEMS: dict[str, Any] = {"loan_id": pl.Int64, "event_id": pl.Int64, "code": pl.String}
LEVEL_CHANGES: dict[str, Any] = {"loan_id": pl.Int64, "date": pl.Date, "before": pl.String, "after": pl.String,
                                 "reasons": pl.String}
JUDGEMENTS: dict[str, Any] = {"promise_id": pl.Int64, "judged_on": pl.Date, "state": pl.String, "paid_fen": _FEN}
TASKS_MADE: dict[str, Any] = {
    "household_id": pl.Int64, "source": pl.String, "path": pl.String, "step": pl.String, "episode_on": pl.Date,
    "title": pl.String, "channel": pl.String, "target": pl.String, "owner_id": pl.Int64, "due": pl.Date,
    "made_on": pl.Date,
}
# ``reason`` is a code: paid, other_episode, other_path.
TASKS_ENDED: dict[str, Any] = {"task_id": pl.Int64, "household_id": pl.Int64, "ended_on": pl.Date, "reason": pl.String}


@dataclass(frozen=True)
class Day:
    """What one day's step gives. ``report`` counts what it did, by step."""

    date: datetime.date
    work: datetime.date  # the day whose work is prepared
    loan_states: pl.DataFrame
    folded: pl.DataFrame  # loan_id of the loans folded anew: their allocation lines are ``splits``, all of them
    splits: pl.DataFrame
    problems: pl.DataFrame  # events that could not act as they stand
    level_changes: pl.DataFrame
    judgements: pl.DataFrame
    tasks_made: pl.DataFrame
    tasks_ended: pl.DataFrame
    household_states: pl.DataFrame
    report: dict[str, int] = field(default_factory=dict)
