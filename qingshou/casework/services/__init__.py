"""Changes of casework: each one function, one transaction, one audit entry."""

from qingshou.casework.services.assignment import assign
from qingshou.casework.services.findings import record_finding
from qingshou.casework.services.holds import lift_hold, place_hold
from qingshou.casework.services.tasks import end_task, make_task

__all__ = ["assign", "end_task", "lift_hold", "make_task", "place_hold", "record_finding"]
