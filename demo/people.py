"""How simulated borrowers behave: shocks, ability, willingness, what a contact does, when and how much they pay.

A model, not the world: what it assumes is written in ``docs/demo.md``. Probabilities are ordinary numbers; money is integer
fen and is rounded to whole yuan. All draws come from one stream, in a fixed order, so that a story repeats exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from demo.contracts import CAUSE_WEIGHTS, CAUSES
from demo.customers import Customer
from demo.draw import Draw
from qingshou.engine.daycount import Ints, ordinal

# cause -> days it lasts (least, most), share of ability that it takes
SHOCKS = {
    "turnover": (20, 80, 0.60), "market": (40, 160, 0.60), "family": (25, 100, 0.50), "short_deposit": (1, 20, 0.0),
    "wrong_account": (1, 12, 0.0), "cheque": (5, 30, 0.5), "unable_short": (30, 120, 0.85), "unable_long": (300, 900, 0.93),
    "moved_away": (90, 500, 0.35), "refusing": (60, 300, 0.2), "evading": (200, 900, 0.5), "deceased": (4000, 4000, 0.97),
    "fraud": (4000, 4000, 1.0),
}
NEW_SHOCKS = ("short_deposit", "wrong_account", "turnover", "cheque", "market", "family", "unable_short", "unable_long",
              "moved_away", "refusing", "evading", "deceased")
NEW_WEIGHTS = (0.36, 0.10, 0.22, 0.06, 0.10, 0.10, 0.04, 0.006, 0.012, 0.006, 0.003, 0.001)
SHOCK_A_DAY = 0.0040
DECAY = 0.86  # of the pressure that a contact leaves, a day
FORGETFUL = ("short_deposit", "wrong_account", "cheque")


@dataclass
class Answer:
    """What came of one attempt, as a collector would record it."""

    outcome: str
    answered: bool
    verified: bool
    seconds: int
    note: str = ""
    promise_days: int | None = None
    promise_share: float = 0.0
    learned: bool = False  # whether cause and circumstances became clear


class Borrowers:
    """All households of the demo bank. Arrays are by household, counted from 0."""

    def __init__(self, customers: list[Customer], draw: Draw) -> None:
        self.customers = customers
        self._draw = draw
        size = len(customers)
        natures = [item.nature for item in customers]
        self.ability = np.array([item.ability for item in natures])
        self.willingness = np.array([item.willingness for item in natures])
        self.steadiness = np.array([item.steadiness for item in natures])
        self.guarantor = np.array([item.guarantor_helps for item in natures])
        self.away = np.array([item.away for item in natures])
        self.farmer = np.array([item.customer == "farmer" for item in customers])
        self.trouble = np.array([item.division.trouble for item in customers])
        self.income_fen: Ints = np.array([
            (item.borrower.monthly_income_fen or {"company": 60_000_000, "developer": 400_000_000}.get(item.customer, 500_000))
            for item in customers], dtype=np.int64)
        self.cause = np.zeros(size, dtype=np.int64)  # 0: none, else 1 + index into _ALL
        self.until = np.zeros(size, dtype=np.int64)
        self.depth = np.zeros(size)
        self.pressure = np.zeros(size)
        self.guarantor_pressure = np.zeros(size)
        for index, item in enumerate(natures):
            if item.lost_on:
                self._strike(index, ordinal(item.lost_on), item.lost_cause, 2.5)

    def cause_of(self, index: int) -> str:
        """The code of what ails a household now, or ''."""
        return _ALL[int(self.cause[index]) - 1] if self.cause[index] else ""

    def _strike(self, index: int, day: int, cause: str, stretch: float = 1.0) -> None:
        least, most, depth = SHOCKS[cause]
        self.cause[index] = _ALL.index(cause) + 1
        self.until[index] = day + int((least + (most - least) * float(self._draw.unit())) * stretch)
        self.depth[index] = depth

    def morning(self, day: date) -> None:
        """Shocks come and go; pressure fades."""
        today = ordinal(day)
        over = (self.cause > 0) & (self.until <= today)
        self.cause[over], self.depth[over] = 0, 0.0
        self.pressure *= DECAY
        self.guarantor_pressure *= DECAY
        struck = (self.cause == 0) & (self._draw.unit(len(self.cause)) < SHOCK_A_DAY * self.trouble)
        for index in np.nonzero(struck)[0]:
            self._strike(int(index), today, self._draw.weighted(NEW_SHOCKS, NEW_WEIGHTS))

    def liquidity(self, day: date) -> np.ndarray:
        """How much of its ordinary means each household can find today, 0 to 1.3: ability, shock, the farmers' year."""
        season = {9: 1.1, 10: 1.3, 11: 1.3, 12: 1.2, 1: 1.05, 3: 0.8, 4: 0.75, 5: 0.8}.get(day.month, 1.0)
        return self.ability * (1 - self.depth) * np.where(self.farmer, season, 1.0)

    def payments(self, day: date, overdue_fen: Ints, dpd: Ints, promised_fen: Ints) -> tuple[Ints, np.ndarray]:
        """What each household pays today, in fen, and whether its guarantor paid it.

        *overdue_fen*: due and unpaid, with what falls due today; *dpd*: days since the oldest of it; *promised_fen*: what
        was promised for today.
        """
        size = len(overdue_fen)
        luck, share, helper = (self._draw.unit(size) for _ in range(3))
        liquid = self.liquidity(day)
        forgetful = np.isin(self.cause, [_ALL.index(name) + 1 for name in FORGETFUL])
        on_time = np.where(forgetful, 0.05, (0.40 + 0.60 * np.minimum(liquid * 4, 1.0)) * self.steadiness)
        wants = self.willingness * np.where(self.cause == _ALL.index("refusing") + 1, 0.2, 1.0)
        later = 0.0008 + wants * liquid * (0.030 + 0.18 * np.minimum(self.pressure, 1.5))
        later = np.where(forgetful, 0.06 + 0.35 * np.minimum(self.pressure, 1.0), later)
        # After half a year the habit of not paying has settled.
        later = np.where(dpd > 180, later * 0.45, later)
        keeps = (0.25 + 0.65 * self.willingness) * np.minimum(0.35 + liquid, 1.0)
        chance = np.where(dpd == 0, on_time, later)
        chance = np.where(promised_fen > 0, np.maximum(chance, keeps), chance)
        pays = (overdue_fen > 0) & (luck < chance)
        means = (self.income_fen * (0.6 + 3.0 * share * np.minimum(liquid + 0.15, 1.0))).astype(np.int64)
        whole = (dpd == 0) | forgetful | (overdue_fen <= 2 * means)
        amount = np.where(whole, overdue_fen, _yuan(np.minimum(means, overdue_fen)))
        amount = np.where(promised_fen > 0, np.where(share < 0.8, np.minimum(promised_fen, overdue_fen),
                                                     _yuan(promised_fen // 2)), amount)
        amount = np.where(pays, amount, 0)
        helps = (amount == 0) & (overdue_fen > 0) & (dpd > 0) \
            & (helper < 0.02 * self.guarantor * np.minimum(self.guarantor_pressure, 1.5))
        amount = np.where(helps, np.where(share < 0.4, overdue_fen, _yuan(overdue_fen // 3)), amount)
        return np.minimum(amount, overdue_fen), helps

    def answer(self, index: int, channel: str, target: str, dpd: int) -> Answer:
        """How a household takes one attempt."""
        draw, cause = self._draw, self.cause_of(index)
        reach = 0.62 if channel == "call" else 0.55
        reach *= {"moved_away": 0.45, "evading": 0.25, "fraud": 0.05, "deceased": 0.3}.get(cause, 1.0)
        if channel == "visit" and self.away[index]:
            reach *= 0.3
        if target == "guarantor":
            reach = 0.6
        met = draw.chance(reach)
        if channel == "letter":
            if not met:
                return Answer("not_home", False, False, 0)
            signed = draw.chance(0.55 + 0.4 * float(self.willingness[index]))
            self.pressure[index] += 0.5
            return Answer("signed" if signed else "not_signed", True, True, 0)
        if not met:
            return Answer("no_answer" if channel == "call" else "not_home", False, False, 0)
        if target == "guarantor":
            self.guarantor_pressure[index] += 0.6
            return Answer("reached" if channel == "call" else "met", True, True, draw.between(60, 300))
        self.pressure[index] += 0.45 if channel == "call" else 0.8
        seconds = draw.between(50, 420) if channel == "call" else 0
        wants = float(self.willingness[index])
        if cause == "refusing" and draw.chance(0.6):
            return Answer("refused", True, True, seconds, learned=True)
        if cause == "deceased":
            return Answer("message_left" if channel == "call" else "met", True, False, seconds, learned=True)
        if draw.chance(0.18 + 0.3 * wants):
            return Answer("promised", True, True, seconds, promise_days=draw.between(1, 14),
                          promise_share=1.0 if dpd < 60 else 0.05 + 0.35 * float(draw.unit()), learned=True)
        return Answer("reached" if channel == "call" else "met", True, True, seconds, learned=draw.chance(0.7))

    def finding(self, index: int, guaranteed: bool) -> dict[str, str]:
        """What a collector who spoke with the household writes down: mostly right, sometimes not known."""
        cause = self.cause_of(index) or "turnover"
        state = {"unable_long": "ceased", "evading": "ceased", "fraud": "fraud", "deceased": "ceased", "market": "difficulty",
                 "turnover": "difficulty", "unable_short": "difficulty"}.get(cause, "normal")
        able = float(self.ability[index] * (1 - self.depth[index]))
        ability = "sufficient" if able > 0.45 else "partial" if able > 0.12 else "none"
        willing = float(self.willingness[index])
        willingness = "lost_contact" if cause in ("evading", "fraud") else \
            "unwilling" if cause == "refusing" or willing < 0.3 else "willing"
        guarantee = "effective" if guaranteed and self.guarantor[index] > 0.35 else "weak"
        blank = self._draw.unit(3)
        return {
            "cause": cause, "business_state": state, "ability": "unknown" if blank[0] < 0.10 else ability,
            "willingness": "unknown" if blank[1] < 0.06 else willingness, "guarantee": guarantee,
        }


_ALL = tuple(dict.fromkeys((*CAUSES, *NEW_SHOCKS)))
assert len(CAUSES) == len(CAUSE_WEIGHTS)


def _yuan(fen: Ints) -> Ints:
    """Down to whole hundreds of yuan where there are that many, else to whole yuan."""
    return np.where(fen >= 20_000, fen - fen % 10_000, fen - fen % 100)


def workday(day: date) -> bool:
    """Whether the bank works (State Council calendar where published, else Monday to Friday)."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def next_workday(day: date) -> date:
    """The first workday on or after *day*."""
    while not workday(day):
        day += timedelta(days=1)
    return day
