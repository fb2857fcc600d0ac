"""From the engine's day back to the store, room by room."""

from __future__ import annotations

from qingshou.casework import frames as casework
from qingshou.contact import frames as contact
from qingshou.engine.day import Day
from qingshou.portfolio import frames as portfolio
from qingshou.portfolio.frames import Scope
from qingshou.store.bulk import Session


def write(session: Session, scope: Scope, day: Day) -> None:
    """Replace the states of *scope*, and add what the day wrote down: changes of level, judgements, tasks."""
    portfolio.write_loan_states(session, scope, day.loan_states)
    portfolio.write_household_states(session, scope, day.household_states)
    portfolio.write_allocation(session, day.folded, day.splits)
    portfolio.write_level_changes(session, day.level_changes)
    contact.write_judgements(session, day.judgements)
    casework.write_ended_tasks(session, day.tasks_ended)
    casework.write_made_tasks(session, day.tasks_made)
