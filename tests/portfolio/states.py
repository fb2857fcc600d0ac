"""States as day end leaves them, for pages that show them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from qingshou.portfolio.models import HouseholdState, LoanState
from qingshou.portfolio.queries.ledger import fold, read_book, standings
from qingshou.store.policy import rules_on
from tests import factories

YESTERDAY = factories.TODAY - timedelta(days=1)


def make_states(*households: Any, level: str = "special_mention", as_of: date = YESTERDAY, **fields: Any) -> None:
    """LoanState and HouseholdState of households, folded from their ledgers as of *as_of*; judged parts as given."""
    rules = rules_on(as_of)
    for household in households:
        loans = list(household.loans.all())
        book = read_book(loans, rules)
        run = fold(book, as_of)
        stands = standings(book, run, as_of, rules)
        carry = {row["loan_id"]: row for row in run.carry.to_dicts()}
        names = {field.name for field in LoanState._meta.concrete_fields}
        for loan in loans:
            figures = {name: value for name, value in stands[loan.pk].__dict__.items() if name in names}
            kept = {name: value for name, value in carry[loan.pk].items() if name in names}
            LoanState.objects.create(**kept | figures | {
                "loan": loan, "as_of": as_of, "level": level, "provision_fen": 0,
                "level_reasons": '[{"code":"overdue","rule":"classification.overdue","dpd":12,"level":"special_mention"}]'})
        sums = {name: sum(getattr(one, name) for one in stands.values()) for name in (
            "principal_fen", "interest_owed_fen", "penalty_owed_fen", "compound_owed_fen", "fee_owed_fen", "overdue_fen",
            "total_owed_fen")}
        worst = max(stands.values(), key=lambda one: one.dpd)
        HouseholdState.objects.create(household=household, as_of=as_of, loans_count=len(loans), npl_principal_fen=0,
                                      provision_fen=0, dpd=worst.dpd, stage=worst.stage, level=level, **sums | fields)
