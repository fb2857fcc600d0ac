"""Everything that a loan's page shows (P3): terms, balances at a date, ledger, schedule, class and decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from qingshou.engine.reasons import describe
from qingshou.engine.terms import policy_terms
from qingshou.portfolio.models import LevelChange, LevelDecision, Loan, LoanState
from qingshou.portfolio.queries import scope
from qingshou.portfolio.queries.business import business_date
from qingshou.portfolio.queries.entries import Entry, entries
from qingshou.portfolio.queries.ledger import Standing, bounds, check_date, events_of, fold, read_book, standings
from qingshou.portfolio.queries.schedule import COMING, PAID, DueRow, schedule
from qingshou.store.policy import rules_on

SHORT_SCHEDULE, DUES_BEFORE, DUES_AFTER = 24, 6, 6


@dataclass(frozen=True)
class AccountPage:
    loan: Loan
    today: date
    on: date  # the date looked at
    bounds: tuple[date, date]
    standing: Standing  # at the date looked at
    state: LoanState | None
    ledger: list[Entry]  # up to the date looked at or the business date, the later; newest first
    dues: list[DueRow]
    order: list[str]  # kinds of money, in the order in which a payment is applied
    changes: list[LevelChange]
    decisions: list[LevelDecision]
    level_reasons: list[dict[str, Any]]

    @property
    def near_dues(self) -> list[DueRow]:
        """The part of a long schedule that matters: what is open, the few dues before it and those coming next."""
        if len(self.dues) <= SHORT_SCHEDULE:
            return self.dues
        last = len(self.dues)
        first_open = next((place for place, due in enumerate(self.dues) if due.state != PAID), last)
        coming = next((place for place, due in enumerate(self.dues) if due.state == COMING), last)
        return self.dues[max(first_open - DUES_BEFORE, 0):coming + DUES_AFTER]

    @property
    def projected(self) -> bool:
        return self.on > self.today

    @property
    def lowered(self) -> LevelDecision | None:
        """The lowering by hand in force, if any."""
        last = next((one for one in self.decisions if one.kind != LevelDecision.Kind.RAISE), None)
        return last if last is not None and last.kind == LevelDecision.Kind.LOWER else None


def account_page(user: Any, loan_no: str, on: date | None = None) -> AccountPage:
    """The page of a loan at *on* (default: the business date), in a fixed number of queries.

    Raises Loan.DoesNotExist outside the field of view, ValidationError on ``date`` outside the bounds.
    """
    loan = scope.loan_for(user, loan_no)
    today = business_date()
    on = on or today
    check_date(loan, on, today)
    rules = rules_on(on)
    events = events_of([loan])
    book = read_book([loan], rules, events)
    run = fold(book, on)
    ledger_on = max(on, today)
    ledger_run = run if ledger_on == on else fold(book, ledger_on)
    dues = schedule(book, run, on)
    ledger_dues = dues if ledger_on == on else schedule(book, ledger_run, ledger_on)
    state = getattr(loan, "state", None)
    return AccountPage(
        loan=loan, today=today, on=on, bounds=bounds(loan, today), standing=standings(book, run, on, rules)[loan.pk],
        state=state, ledger=entries(events, ledger_dues, ledger_run, ledger_on)[::-1], dues=dues,
        order=policy_terms(rules)["order"].split(","),
        changes=list(LevelChange.objects.filter(loan=loan).order_by("-date", "-id")[:50]),
        decisions=list(LevelDecision.objects.filter(loan=loan).select_related("decided_by").order_by("-decided_on", "-id")),
        level_reasons=describe(state.level_reasons, rules_on(state.as_of), translate=_) if state else [])


def quote(user: Any, loan_no: str, on: date | None = None) -> tuple[Loan, Standing, date]:
    """What clears a loan on *on* (default: the business date): the loan, its standing then, the business date.

    Raises as :func:`account_page`.
    """
    loan = scope.loan_for(user, loan_no)
    today = business_date()
    on = on or today
    check_date(loan, on, today)
    rules = rules_on(on)
    book = read_book([loan], rules)
    return loan, standings(book, fold(book, on), on, rules)[loan.pk], today
