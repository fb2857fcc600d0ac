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


@dataclass(frozen=True)
class Claim:
    """A loan among those of one debtor: what of it is due and in all, how well secured (0 credit, greater is better),
    how heavy (the yearly rate that it costs now), since when due (None: nothing is)."""

    id: int
    overdue_fen: int
    owed_fen: int
    security: int
    burden_ppm: int
    due: date | None


def across(amount_fen: int, claims: Sequence[Claim]) -> tuple[list[tuple[int, int]], int]:
    """Divide one payment among several loans of a debtor who names none, and what is left (民法典 art. 560).

    What is due comes first; of that the least secured, then the heaviest, then the earliest due; equals share in
    proportion. Money beyond what is due goes to the rest of the loans in the same order. Returns ``(id, fen)`` in the order
    of *claims*, shares of zero left out.
    """
    shares = dict.fromkeys((claim.id for claim in claims), 0)
    left = amount_fen
    for owed in ({claim.id: claim.overdue_fen for claim in claims},
                 {claim.id: claim.owed_fen - claim.overdue_fen for claim in claims}):
        ranks: dict[tuple[int, int, date], list[Claim]] = {}
        for claim in claims:
            if owed[claim.id] > 0:
                ranks.setdefault((claim.security, -claim.burden_ppm, claim.due or date.max), []).append(claim)
        for rank in sorted(ranks):
            equals = [claim.id for claim in ranks[rank]]
            money = min(left, sum(owed[name] for name in equals))
            for name, share in zip(equals, pro_rata(money, [owed[name] for name in equals]), strict=True):
                shares[name] += share
            left -= money
    return [(name, share) for name, share in shares.items() if share], left


def pro_rata(money_fen: int, owed_fen: Sequence[int]) -> list[int]:
    """Divide *money_fen*, at most the sum of *owed_fen*, in proportion; exact in sum, no share above what is owed. The fen
    that remain go to the largest remainders, the first of equals."""
    total = sum(owed_fen)
    if not total:
        return [0] * len(owed_fen)
    shares = [money_fen * owed // total for owed in owed_fen]
    remainders = [money_fen * owed % total for owed in owed_fen]
    for place in sorted(range(len(shares)), key=lambda place: -remainders[place])[:money_fen - sum(shares)]:
        shares[place] += 1
    return shares
