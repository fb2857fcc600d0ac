"""What the portfolio tells the rooms above it, which it does not know."""

from django.dispatch import Signal

# Sent inside the transaction in which ledger events were posted or a level was decided, and in one of its own after an
# import of a few thousand households (after a larger one, day end derives all at once).
# Arguments: ``household_ids: list[int]``, ``loan_ids: list[int]``. The receiver derives the states again.
ledger_changed = Signal()
