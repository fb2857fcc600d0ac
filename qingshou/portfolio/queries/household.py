"""Everything that a household's page shows (P2), in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from qingshou.engine import paths, segments
from qingshou.engine.classification import LEVELS
from qingshou.engine.delinquency import STAGES
from qingshou.engine.reasons import NAMES, describe
from qingshou.policy import Rules
from qingshou.portfolio.models import (
    Collateral,
    ContactPoint,
    Guarantee,
    Household,
    HouseholdState,
    LedgerEvent,
    Loan,
    LoanState,
    Relation,
)
from qingshou.portfolio.queries import scope
from qingshou.portfolio.queries.business import business_date
from qingshou.portfolio.queries.entries import Entry, entries
from qingshou.portfolio.queries.ledger import Standing, events_of, fold, of_loan, read_book, standings
from qingshou.portfolio.queries.schedule import schedule
from qingshou.portfolio.queries.timeline import timeline
from qingshou.store.policy import rules_on
from qingshou.web.timeline import Item

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Figures:
    """What a household owes where no day end has yet left a state: the sums and the worst of its loans' standings."""

    as_of: date
    principal_fen: int
    interest_owed_fen: int
    penalty_owed_fen: int
    compound_owed_fen: int
    fee_owed_fen: int
    overdue_fen: int
    total_owed_fen: int
    dpd: int
    stage: str
    level: str = ""


@dataclass(frozen=True)
class LoanRow:
    """A loan of the household: its state, and what clears it on the business date."""

    loan: Loan
    state: LoanState | None
    today: Standing
    guarantees: list[Guarantee]

    @property
    def figures(self) -> LoanState | Standing:
        """What the last day end left; before the first one, the standing on the business date."""
        return self.state or self.today


@dataclass(frozen=True)
class Given:
    """A guarantee that the borrower gave for another's loan; ``seen`` when that loan is in the viewer's field."""

    guarantee: Guarantee
    seen: bool


@dataclass(frozen=True)
class Security:
    """A collateral with its newest valuation first."""

    collateral: Collateral
    valuations: list[Any]


@dataclass(frozen=True)
class Segment:
    """The segment in words, or what is missing for one."""

    code: str
    name: str
    missing: list[str]


@dataclass(frozen=True)
class NextStep:
    """The coming step of the path in words."""

    title: str
    path: str


@dataclass(frozen=True)
class HouseholdPage:
    household: Household
    today: date
    state: HouseholdState | None
    figures: HouseholdState | Figures
    loans: list[LoanRow]
    securities: list[Security]
    given: list[Given]
    relations: list[Relation]
    points: list[ContactPoint]
    paid_fen: int  # in the last 12 months
    paid_since: date
    segment: Segment | None
    next_step: NextStep | None
    rank_reasons: list[dict[str, Any]]  # why it stands where it stands in the queue
    worst: LoanRow | None  # the loan that decides the class
    level_reasons: list[dict[str, Any]]
    items: list[Item]

    @property
    def guaranteed(self) -> bool:
        return any(row.guarantees for row in self.loans)

    @property
    def payoff_fen(self) -> int:
        """What clears all loans on the business date."""
        return sum(row.today.payoff_fen for row in self.loans)

    @property
    def held(self) -> list[str]:
        """What holds the path, in words."""
        codes = self.state.held_by.split(",") if self.state else []
        return [_(NAMES.get(code, code)) for code in codes if code]


def household_page(user: Any, pk: int) -> HouseholdPage:
    """The page of a household. Raises Household.DoesNotExist outside the field of view."""
    household = scope.household_for(user, pk)
    today = business_date()
    rules = rules_on(today)
    loans = list(household.loans.select_related("state", "borrower").order_by("loan_no").prefetch_related(
        Prefetch("guarantees", Guarantee.objects.select_related("guarantor")), "collaterals__valuations"))
    events = events_of(loans)
    book = read_book(loans, rules, events)
    run = fold(book, today)
    stands = standings(book, run, today, rules)
    ledgers: dict[int, list[Entry]] = {}
    for loan in loans:
        one, mine = book.of(loan.pk), [event for event in events if event.loan_id == loan.pk]
        folded = of_loan(run, loan.pk)
        ledgers[loan.pk] = entries(mine, schedule(one, folded, today), folded, today)
    rows = [LoanRow(loan, getattr(loan, "state", None), stands[loan.pk], list(loan.guarantees.all())) for loan in loans]
    state = getattr(household, "state", None)
    worst = _worst(rows)
    since = today - YEAR
    return HouseholdPage(
        household=household, today=today, state=state, figures=state or _figures(today, list(stands.values())), loans=rows,
        securities=[Security(thing, sorted(thing.valuations.all(), key=lambda found: (found.valued_on, found.pk), reverse=True))
                    for loan in loans for thing in loan.collaterals.all()],
        given=_given(user, household),
        relations=list(household.borrower.relations.select_related("other").order_by("pk")),
        points=list(household.borrower.contact_points.order_by("pk")),
        paid_fen=_paid(ledgers.values(), since), paid_since=since,
        segment=_segment(state, rules), next_step=_next_step(state, rules),
        rank_reasons=describe(state.reasons, rules, translate=_) if state else [], worst=worst,
        level_reasons=describe(worst.state.level_reasons, rules, translate=_) if worst and worst.state else [],
        items=timeline(user, household, loans, ledgers, rules))


def _figures(today: date, stands: list[Standing]) -> Figures:
    names = ("principal_fen", "interest_owed_fen", "penalty_owed_fen", "compound_owed_fen", "fee_owed_fen", "overdue_fen",
             "total_owed_fen")
    return Figures(as_of=today, **{name: sum(getattr(one, name) for one in stands) for name in names},
                   dpd=max((one.dpd for one in stands), default=0),
                   stage=max((one.stage for one in stands), key=STAGES.index, default=STAGES[0]))


def _worst(rows: list[LoanRow]) -> LoanRow | None:
    classed = [row for row in rows if row.state is not None]
    return max(classed, key=lambda row: (LEVELS.index(row.state.level), row.state.dpd), default=None)  # type: ignore[union-attr]


def _paid(ledgers: Any, since: date) -> int:
    money_in = (LedgerEvent.Kind.REPAYMENT, LedgerEvent.Kind.RECOVERY)
    return sum(entry.event.amount_fen or 0 for ledger in ledgers for entry in ledger
               if entry.event is not None and entry.kind in money_in and entry.acts and entry.date > since)


def _given(user: Any, household: Household) -> list[Given]:
    found: Sequence[Guarantee] = list(
        Guarantee.objects.filter(guarantor=household.borrower).select_related("loan", "loan__borrower", "loan__state"))
    if not found:
        return []
    seen = set(scope.loans(user).filter(pk__in=[one.loan_id for one in found]).values_list("pk", flat=True))
    return [Given(one, one.loan_id in seen) for one in found]


def _segment(state: HouseholdState | None, rules: Rules) -> Segment | None:
    if state is None or not state.segment:
        return None
    inputs = {"business_state": _("经营状况"), "ability": _("还款能力"), "willingness": _("还款意愿"),
              "guarantee": _("担保条件")}
    names = {code.code: code.name for code in segments.codes(rules)}
    missing = [inputs.get(name, name) for name in state.segment_missing.split(",") if name]
    return Segment(state.segment, _(names.get(state.segment, state.segment)), missing)


def _next_step(state: HouseholdState | None, rules: Rules) -> NextStep | None:
    if state is None or not state.next_step:
        return None
    steps = {step["step"]: step["title"] for step in paths.preview(state.path, rules)}
    return NextStep(_(steps.get(state.next_step, state.next_step)), _(paths.names(rules).get(state.path, state.path)))
