"""What came of a task or a contact, in words. The contact room knows the words of its codes."""

from __future__ import annotations

from qingshou.web import slots

POINT = "casework.outcome"  # function(channel, outcome) -> str


def words(channel: str, outcome: str) -> str:
    """The outcome in words; what nobody knows as a code shows as it was written."""
    function = slots.first(POINT)
    return function(channel, outcome) if function is not None and outcome else outcome
