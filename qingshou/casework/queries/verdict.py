"""May this household be contacted now? The contact room answers; this is the shape of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qingshou.web import slots

POINT = "casework.verdicts"  # function(user, {household_id: channel}) -> {household_id: Verdict}


@dataclass(frozen=True)
class Verdict:
    """The conduct guard's answer for the borrower: *label* in a word, *why* with rule and source, and when it may be."""

    allowed: bool
    label: str
    tone: str
    why: tuple[str, ...] = ()
    next_at: datetime | None = None


def verdicts(user: Any, channels: dict[int, str]) -> dict[int, Verdict]:
    """The guard's answers by household for the channel each is to be reached by; empty where nobody guards.

    The caller has chosen the households within its user's field of view.
    """
    judge = slots.first(POINT)
    return judge(user, channels) if judge is not None and channels else {}
