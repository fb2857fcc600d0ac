"""What casework tells the rooms above it, which it does not know."""

from django.dispatch import Signal

# Sent inside the transaction in which a finding, a hold, an assignment or the end of a task was recorded.
# Argument: ``household_ids: list[int]``. The receiver derives the households' states again.
casework_changed = Signal()
