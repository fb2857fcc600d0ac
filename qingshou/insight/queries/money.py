"""What came in: repayments from the ledger, by kind, and how much of it on loans that were overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from qingshou.access.permissions import require
from qingshou.insight.queries.standing import Standing
from qingshou.portfolio.models import AllocationLine, LedgerEvent
from qingshou.portfolio.queries import scope

PAID = (LedgerEvent.Kind.REPAYMENT, LedgerEvent.Kind.RECOVERY)


@dataclass(frozen=True)
class Received:
    """Fen received since a day; ``interest_fen`` with penalty and compound interest. ``overdue_fen``: of all that, on loans
    that were overdue when the period began."""

    principal_fen: int
    interest_fen: int
    fee_fen: int
    overdue_fen: int

    @property
    def total_fen(self) -> int:
        return self.principal_fen + self.interest_fen + self.fee_fen


def received(user: Any, since: date, upto: date, before: Standing | None) -> Received:
    """Payments with value dates from *since* to *upto*, both included, in the field of view; waivers are no money.

    *before*: how things stood before the period, None where there is no history (then nothing counts as overdue).
    """
    require(user, "insight.view")
    lines = AllocationLine.objects.filter(date__range=(since, upto), event__kind__in=PAID, loan__in=scope.loans(user))
    names = ("loan_id", "principal_fen", "interest_fen", "penalty_fen", "compound_fen", "fee_fen")
    frame = pl.DataFrame(list(lines.values_list(*names)), schema=dict.fromkeys(names, pl.Int64), orient="row")
    frame = frame.with_columns(total=pl.sum_horizontal(names[1:]))
    late = before.loans.filter(pl.col("dpd") > 0).select("loan_id") if before else frame.select("loan_id").clear()
    return Received(
        int(frame["principal_fen"].sum()), int(sum(frame[name].sum() for name in names[2:5])), int(frame["fee_fen"].sum()),
        int(frame.join(late, on="loan_id", how="semi")["total"].sum()))
