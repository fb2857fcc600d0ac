"""The collectors of the simulator: which open tasks they take today, under a strategy that can be exchanged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import polars as pl


@dataclass(frozen=True)
class Capacity:
    """What a collector can do in a day."""

    minutes: int = 240
    attempts: int = 3


class Strategy(Protocol):
    """Chooses the work of a day. Other strategies are tried by passing another object to ``simulate.run``."""

    def choose(self, queue: pl.DataFrame, capacity: Capacity) -> pl.DataFrame:
        """The rows of *queue* to work, best first for each owner.

        *queue*: ``task_id, household_id, owner_id, channel, target, step, minutes, score, dpd``: open tasks that are due.
        """


class ByRank:
    """The product's own order: greatest score first, as many tasks as fit in the day."""

    def choose(self, queue: pl.DataFrame, capacity: Capacity) -> pl.DataFrame:
        ranked = queue.sort("owner_id", "score", "task_id", descending=[False, True, False])
        return ranked.filter(
            (pl.int_range(pl.len()).over("owner_id") < capacity.attempts)
            & (pl.col("minutes").cum_sum().over("owner_id") <= capacity.minutes))


class ByBalance:
    """A baseline: who owes most is called first."""

    def choose(self, queue: pl.DataFrame, capacity: Capacity) -> pl.DataFrame:
        return ByRank().choose(queue.with_columns(score=pl.col("overdue_fen")), capacity)


class ByDelay:
    """A baseline: who is longest overdue is called first."""

    def choose(self, queue: pl.DataFrame, capacity: Capacity) -> pl.DataFrame:
        return ByRank().choose(queue.with_columns(score=pl.col("dpd")), capacity)


MINUTES = {"call": 12, "message": 3, "letter": 35, "visit": 55}
