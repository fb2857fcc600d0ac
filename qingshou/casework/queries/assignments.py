"""Who holds which households: the list from which responsibility is handed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from qingshou.portfolio.models import Household
from qingshou.portfolio.queries.scope import visible


@dataclass(frozen=True)
class Wanted:
    """*custodian*: 0 for all, -1 for households that nobody holds."""

    custodian: int = 0
    village: str = ""
    overdue: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Wanted:
        custodian = query.get("custodian", "")
        number = custodian.removeprefix("-")
        known = number.isascii() and number.isdigit() and len(number) < 18
        return cls(custodian=max(-1, int(custodian)) if known else 0, village=query.get("village", "")[:60],
                   overdue=query.get("overdue") == "1")


@dataclass(frozen=True)
class Held:
    """A collector's field in figures; *custodian_id* None for households that nobody holds."""

    custodian_id: int | None
    households: int
    overdue: int
    overdue_fen: int


def held(user: Any) -> list[Held]:
    """The fields within the user's view, those without a custodian first. One query."""
    rows = (visible(user).order_by().values_list("custodian_id")
            .annotate(households=Count("pk"), overdue=Count("pk", filter=Q(state__dpd__gt=0)),
                      fen=Sum("state__overdue_fen", filter=Q(state__dpd__gt=0), default=0)))
    made = [Held(custodian, households, overdue, fen or 0) for custodian, households, overdue, fen in rows]
    return sorted(made, key=lambda row: (row.custodian_id is not None, -row.overdue_fen))


def households(user: Any, wanted: Wanted) -> QuerySet[Household]:
    """Households to choose from, greatest arrears first."""
    rows = visible(user).select_related("borrower", "custodian", "unit", "state")
    if wanted.custodian:
        rows = rows.filter(custodian=None) if wanted.custodian < 0 else rows.filter(custodian_id=wanted.custodian)
    if wanted.village:
        rows = rows.filter(village="" if wanted.village == "-" else wanted.village)
    if wanted.overdue:
        rows = rows.filter(state__dpd__gt=0)
    return rows.order_by("village", "pk")


def villages(user: Any) -> list[tuple[str, int]]:
    """Villages of the field with their number of households, largest first. One query."""
    rows = visible(user).order_by().values_list("village").annotate(number=Count("pk"))
    return sorted(rows, key=lambda row: (-row[1], row[0]))
