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
    """What each due gets of *amount_fen*, in the order in which they are paid, and what is left.

    *oldest_first*: of one kind the oldest due is paid first; otherwise dues of one kind share in proportion, the fen
    that remain going to the largest remainders (民法典 art. 560: pro rata when nothing else decides).
    """
    left = amount_fen
    paid: list[tuple[str, int]] = []
    for kind in order:
        mine = sorted((due for due in dues if due.kind == kind), key=lambda due: due.due)
        if oldest_first:
            shares = []
            for due in mine:
                share = min(left, due.amount_fen)
                shares.append((due.id, share))
                left -= share
        else:
            money = min(left, sum(due.amount_fen for due in mine))
            shares = pro_rata(money, mine)
            left -= money
        paid.extend((name, share) for name, share in shares if share)
    return paid, left


def pro_rata(money_fen: int, dues: Sequence[Due]) -> list[tuple[str, int]]:
    """Divide *money_fen* in proportion to what is owed; exact in sum, each share at most what is owed."""
    total = sum(due.amount_fen for due in dues)
    if not total:
        return []
    shares = [money_fen * due.amount_fen // total for due in dues]
    remainders = [money_fen * due.amount_fen % total for due in dues]
    spare = money_fen - sum(shares)
    for index in sorted(range(len(dues)), key=lambda place: -remainders[place])[:spare]:
        shares[index] += 1
    return [(due.id, share) for due, share in zip(dues, shares, strict=True)]
