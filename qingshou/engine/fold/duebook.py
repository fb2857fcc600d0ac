"""Which due is the oldest that is not yet covered: dues are paid oldest first, so cumulative sums tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qingshou.engine.daycount import Ints
from qingshou.engine.fold.state import DAY_MIN


@dataclass
class DueBook:
    """What fell due, row by row, so that the oldest due that is not yet covered can be named."""

    offset: Ints
    day: Ints
    principal: Ints  # cumulative principal fallen due, up to and with each due
    interest: Ints  # likewise; known when the due has fallen
    fallen: Ints
    first_open_principal: Ints
    first_open_interest: Ints
    carried: Ints  # oldest unpaid due that came with a carry, or DAY_MIN
    carried_principal: Ints  # what had fallen due when the carry was taken
    carried_interest: Ints

    @classmethod
    def empty(cls, due_counts: Ints, state: dict[str, Ints]) -> DueBook:
        offset = np.concatenate(([0], np.cumsum(due_counts)[:-1])).astype(np.int64)
        total = int(due_counts.sum()) + 1  # one more, so that an index past the last is still inside
        rows = len(due_counts)
        day, principal, interest = np.zeros((3, total), dtype=np.int64)
        fallen, open_principal, open_interest = np.zeros((3, rows), dtype=np.int64)
        return cls(offset, day, principal, interest, fallen, open_principal, open_interest,
                   state["oldest_unpaid_due"].copy(), state["principal_due_fen"].copy(), state["interest_due_fen"].copy())

    def fall(self, rows: Ints, day: Ints, principal: Ints, interest: Ints) -> None:
        """Another due has fallen for *rows*."""
        place = self.offset[rows] + self.fallen[rows]
        self.day[place], self.principal[place], self.interest[place] = day, principal, interest
        self.fallen[rows] += 1

    def oldest(self, size: int, principal_paid: Ints, interest_paid: Ints) -> Ints:
        """The day of the oldest due whose principal or interest is not covered, or DAY_MIN."""
        found = np.full(size, np.iinfo(np.int64).max)
        for pointer, sums, paid in ((self.first_open_principal[:size], self.principal, principal_paid),
                                    (self.first_open_interest[:size], self.interest, interest_paid)):
            while True:
                place = self.offset[:size] + pointer
                open_dues = pointer < self.fallen[:size]
                covered = open_dues & (sums[place] <= paid)
                if not covered.any():
                    break
                pointer += covered
            found = np.where(open_dues, np.minimum(found, self.day[place]), found)
        carried = (self.carried[:size] != DAY_MIN) & ((principal_paid < self.carried_principal[:size])
                                                      | (interest_paid < self.carried_interest[:size]))
        found = np.where(carried, np.minimum(found, self.carried[:size]), found)
        return np.where(found == np.iinfo(np.int64).max, DAY_MIN, found)
