"""One business day of a bank, of one household, or of a simulated bank: the same ``step`` over frames.

``step(book, policy, day) -> Day``. Sub-steps, each over all rows at once: fold (``ledger``), class and provision
(``levels``), promises, findings, holds, tasks (``casework``), sums, segment and rank (``households``). Schemas of what
goes in: ``book``; of what comes out: ``states``. ``following`` makes the next day's book in memory.
"""

from qingshou.engine.day.book import Book
from qingshou.engine.day.following import following
from qingshou.engine.day.ledger import stale
from qingshou.engine.day.states import HOUSEHOLD_STATE, LOAN_STATE, Day
from qingshou.engine.day.step import step

__all__ = ["HOUSEHOLD_STATE", "LOAN_STATE", "Book", "Day", "following", "stale", "step"]
