"""The day's work of a field in figures: what is left and done, what wants attention, what the filters offer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Min, Q, Sum

from qingshou.casework.queries.filters import Filters, chosen, due_now, due_tasks, ended_tasks, has_work
from qingshou.portfolio.models import Stage
from qingshou.portfolio.queries.scope import visible

MOST_VILLAGES = 200  # more would not be a choice


@dataclass(frozen=True)
class Cell:
    """Households of the queue that share stage, village and whether something of the day is due; *minutes* of that work."""

    stage: str
    village: str
    due: bool
    households: int
    unclassified: int
    minutes: int


@dataclass(frozen=True)
class Survey:
    """*done*: households whose work of the day is done; *late*: tasks that should have been done earlier; *steps*: code,
    title, households of each step due."""

    cells: list[Cell]
    done: int
    late: int
    steps: list[tuple[str, str, int]]

    @property
    def left(self) -> int:
        return sum(cell.households for cell in self.cells if cell.due)

    @property
    def total(self) -> int:
        return self.left + self.done

    @property
    def minutes(self) -> int:
        return sum(cell.minutes for cell in self.cells if cell.due)

    @property
    def hours(self) -> str:
        """The work left in hours, to a tenth."""
        tenths = (self.minutes * 10 + 30) // 60
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def unclassified(self) -> int:
        return sum(cell.unclassified for cell in self.cells)

    @property
    def attention(self) -> int:
        return self.unclassified + self.late

    def stages(self, scope: str) -> list[tuple[str, int]]:
        """Stages of the scope with their households, in the order of the stages."""
        found = self._tally(scope, "stage")
        return [(stage, found[stage]) for stage in Stage.values if found[stage]]

    def villages(self, scope: str) -> list[tuple[str, int]]:
        """Villages of the scope with their households, most first ('' for those without one)."""
        return self._tally(scope, "village").most_common(MOST_VILLAGES)

    def households(self, filters: Filters) -> int | None:
        """How many fit the filters; None where the figures do not tell."""
        if filters.scope == "done" or filters.step or filters.custodian or filters.unclassified or filters.village == "-":
            return None
        return sum(cell.households for cell in self.cells
                   if (filters.scope == "queue" or cell.due) and filters.stage in ("", cell.stage)
                   and filters.village in ("", cell.village))

    def _tally(self, scope: str, name: str) -> Counter[str]:
        found: Counter[str] = Counter()
        for cell in self.cells:
            if scope != "due" or cell.due:
                found[getattr(cell, name)] += cell.households
        return found


def survey(user: Any, day: date) -> Survey:
    """Four queries, whatever the size of the field; one of them walks it."""
    within = chosen(user, day, Filters()).order_by().annotate(due_now=due_now(day))
    missing = Q(state__overdue_fen__gt=0) & ~Q(state__segment_missing="")
    cells = within.values_list("state__stage", "village", "due_now").annotate(
        households=Count("pk"), unclassified=Count("pk", filter=missing), minutes=Sum("state__minutes"))
    steps = (due_tasks(day).filter(household__in=visible(user).values("pk")).exclude(step="").order_by()
             .values_list("step").annotate(title=Min("title"), number=Count("household", distinct=True)))
    return Survey(
        cells=[Cell(stage, village, bool(due), households, unclassified, minutes or 0)
               for stage, village, due, households, unclassified, minutes in cells],
        done=_done(user, day), late=late(user, day),
        steps=sorted(((step, title, number) for step, title, number in steps), key=lambda row: (-row[2], row[0])))


def left(user: Any, day: date) -> int:
    """Households with work of the day still open. One query."""
    return visible(user).filter(has_work(day), state__isnull=False).count()


def late(user: Any, day: date) -> int:
    """Open tasks that were due before the day. One query."""
    return due_tasks(day - timedelta(days=1)).filter(household__in=visible(user).values("pk")).count()


def _done(user: Any, day: date) -> int:
    return (visible(user).filter(state__isnull=False, pk__in=ended_tasks(day).values("household_id"))
            .exclude(has_work(day)).count())
