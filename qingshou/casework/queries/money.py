"""What came in for a field, month by month, from the ledger alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from qingshou.access import permissions
from qingshou.access.permissions import System
from qingshou.portfolio.models import AllocationLine
from qingshou.portfolio.queries.scope import loans


@dataclass(frozen=True)
class Collected:
    """Fen paid in the month up to a day, and in the whole month before, as a mark to measure against."""

    principal_fen: int
    interest_fen: int
    principal_before_fen: int
    interest_before_fen: int

    @property
    def principal_share(self) -> int | None:
        return _share(self.principal_fen, self.principal_before_fen)

    @property
    def interest_share(self) -> int | None:
        return _share(self.interest_fen, self.interest_before_fen)


def collected(user: Any, day: date) -> Collected:
    """Principal and interest (contract, penalty and compound) that repayments and recoveries brought in. One query."""
    month = day.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    lines = _lines(user).filter(date__gte=before, date__lte=day, event__kind__in=("repayment", "recovery"))
    interest = F("interest_fen") + F("penalty_fen") + F("compound_fen")
    now, then = Q(date__gte=month), Q(date__lt=month)
    sums = lines.aggregate(
        principal=Sum("principal_fen", filter=now), interest=Sum(interest, filter=now),
        principal_before=Sum("principal_fen", filter=then), interest_before=Sum(interest, filter=then))
    return Collected(sums["principal"] or 0, sums["interest"] or 0, sums["principal_before"] or 0,
                     sums["interest_before"] or 0)


def _lines(user: Any) -> QuerySet[AllocationLine]:
    """Lines of the field that is the user's today. The loans are chosen first: one look-up a line instead of two joins."""
    lines = AllocationLine.objects.all()
    if isinstance(user, System) or (permissions.may(user, "household.view") and permissions.viewer(user).reach == "bank"):
        return lines
    return lines.filter(loan_id__in=loans(user).values("pk"))


def _share(now: int, before: int) -> int | None:
    return min(100, now * 100 // before) if before else None
