"""What the portfolio stores, by subject. Import from here."""

from qingshou.portfolio.models.calendar import BusinessDay, CalendarDay
from qingshou.portfolio.models.imports import ImportBatch, Reconciliation, Reject
from qingshou.portfolio.models.ledger import Instalment, LedgerEvent
from qingshou.portfolio.models.loans import Collateral, Guarantee, Loan, Valuation
from qingshou.portfolio.models.parties import ContactPoint, Household, Party, Relation
from qingshou.portfolio.models.states import (
    BAD_LEVELS,
    AllocationLine,
    HouseholdState,
    Level,
    LevelChange,
    LevelDecision,
    LoanState,
    Stage,
)

__all__ = [
    "BAD_LEVELS",
    "AllocationLine",
    "BusinessDay",
    "CalendarDay",
    "Collateral",
    "ContactPoint",
    "Guarantee",
    "Household",
    "HouseholdState",
    "ImportBatch",
    "Instalment",
    "LedgerEvent",
    "Level",
    "LevelChange",
    "LevelDecision",
    "Loan",
    "LoanState",
    "Party",
    "Reconciliation",
    "Reject",
    "Relation",
    "Stage",
    "Valuation",
]
