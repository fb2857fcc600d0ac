"""What happens in lower rooms during the day and moves states: told by their signals, inside their transactions."""

from __future__ import annotations

from typing import Any

from qingshou.casework.signals import casework_changed
from qingshou.dayend.services import refresh
from qingshou.portfolio.signals import ledger_changed


def derive_again(*, household_ids: list[int], **_: Any) -> None:
    """The households' states follow the fact that was just recorded."""
    refresh(household_ids)


ledger_changed.connect(derive_again, dispatch_uid="dayend.ledger")
casework_changed.connect(derive_again, dispatch_uid="dayend.casework")
