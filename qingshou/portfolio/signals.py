"""What the portfolio tells the rooms above it, which it does not know."""

from django.dispatch import Signal

# Sent inside the transaction in which ledger events were posted or a level was decided, outside of import and day end.
# Arguments: ``household_ids: list[int]``, ``loan_ids: list[int]``. The receiver derives the states again.
ledger_changed = Signal()
