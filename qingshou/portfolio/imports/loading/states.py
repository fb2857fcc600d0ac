"""Where the touched loans stand after an import: folded anew with the other loans of their households, in the import's
own transaction, so that no loan is ever without its balances. Ranks of households follow at the next refresh or day end."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from qingshou.engine.day import Book, ledger, levels
from qingshou.engine.day.states import LOAN_STATE
from qingshou.policy import Rules
from qingshou.portfolio import frames
from qingshou.portfolio.imports.loading.context import Load

HOUSEHOLDS_AT_ONCE = 10_000


def derive_states(load: Load, rules: Rules, tell: Callable[[int], None]) -> tuple[list[int], int]:
    """Write states and allocation lines; returns the households touched, and how many events could not act as they stand.
    *tell* hears how far it is, in permille."""
    households = load.find(load.touched_loans(), "SELECT DISTINCT l.household_id FROM import_keys k "
                           "JOIN portfolio_loan l ON l.id = k.key", {"household_id": pl.Int64})["household_id"].sort().to_list()
    problems = 0
    for start in range(0, len(households), HOUSEHOLDS_AT_ONCE):
        problems += _derive(load, rules, households[start:start + HOUSEHOLDS_AT_ONCE])
        tell(min(1000, (start + HOUSEHOLDS_AT_ONCE) * 1000 // len(households)))
    return households, problems


def _derive(load: Load, rules: Rules, household_ids: list[int]) -> int:
    session, day = load.session, load.today
    scope = frames.Scope.of(session, household_ids)
    loans = frames.read_loans(session, scope)
    events, dues = frames.read_history(session, loans, day)
    book = Book.of(loans=loans, events=events, dues=dues, changed=loans.select("loan_id"),
                   loan_states=frames.read_loan_states(session, scope), decisions=frames.read_decisions(session, scope, day),
                   opening=frames.read_opening(session, scope, day, loan_id=0))
    folded = ledger.fold_day(book, rules, day)
    states, _ = levels.classify(ledger.owed(folded, rules, day), book, rules, day)
    states = states.join(folded.terms.select("loan_id", "terms_mark"), on="loan_id", how="left", maintain_order="left")
    frames.write_loan_states(session, scope, states.select(list(LOAN_STATE)).cast(LOAN_STATE))  # type: ignore[arg-type]
    frames.write_allocation(session, folded.folded, folded.splits)
    return folded.problems.height
