"""Allocation of one payment among named dues (V2): kinds in the order of law or contract, oldest first within a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Due:
    """A sum that is owed: an id of the caller's, a kind (fee interest penalty compound principal), when it fell due."""

    id: str
    kind: str
    due: date
    amount_fen: int


def allocate(amount_fen: int, dues: Sequence[Due], order: Sequence[str], *,
             oldest_first: bool = True) -> tuple[list[tuple[str, int]], int]:
    """What each due gets of *amount_fen*, in the order in which they are paid (only dues that get something), and what is
    left.

    Kinds go in *order*. Within a kind *oldest_first* pays the earliest due first (dues of one day as they are listed);
    otherwise they are paid as listed, as when the debtor has named them (民法典 art. 560).
    """
    left = amount_fen
    paid: list[tuple[str, int]] = []
    for kind in order:
        mine = [due for due in dues if due.kind == kind]
        if oldest_first:
            mine.sort(key=lambda due: due.due)
        for due in mine:
            share = min(left, due.amount_fen)
            if share:
                paid.append((due.id, share))
                left -= share
    return paid, left
