"""A fact that lands during the day moves the states at once, and day end then finds what it would have found anyway."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from qingshou.access.permissions import SYSTEM
from qingshou.casework.models import Task
from qingshou.casework.services import assign, place_hold, record_finding
from qingshou.dayend.services import refresh, run_day_end
from qingshou.portfolio.models import (
    AllocationLine,
    BusinessDay,
    Household,
    HouseholdState,
    LedgerEvent,
    LevelChange,
    LevelDecision,
    LoanState,
)
from qingshou.portfolio.signals import ledger_changed
from tests import factories
from tests.dayend.bank import everything, fill, later
from tests.engine.day.books import draw

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = factories.TODAY


def post(loan, kind="repayment", on=TODAY, amount=None, **fields):
    """As the ledger's service does: the event and what follows from it in one transaction."""
    with transaction.atomic():
        event = factories.make_event(loan, kind, on, amount, **fields)
        ledger_changed.send(sender=LedgerEvent, household_ids=[loan.household_id], loan_ids=[loan.pk])
    return event


@pytest.fixture
def bank(db):
    made = factories.make_bank()
    BusinessDay.objects.all().delete()
    BusinessDay.objects.create(date=TODAY - timedelta(days=1), state="open")
    run_day_end(user=SYSTEM)
    return made


def test_a_repayment_moves_balance_stage_and_tasks_at_once(bank):
    loan = bank.loans[0]
    before = HouseholdState.objects.get(household=loan.household)
    assert before.dpd == 326 and Task.objects.filter(household=loan.household, state="open").exists()
    post(loan, amount=20_000_000)
    state, household = LoanState.objects.get(loan=loan), HouseholdState.objects.get(household=loan.household)
    assert (state.as_of, state.principal_fen, state.dpd, state.stage) == (TODAY, 0, 0, "current")
    assert (household.total_owed_fen, household.score) == (0, 0)
    assert AllocationLine.objects.get(loan=loan).principal_fen == loan.principal_fen
    assert set(Task.objects.filter(household=loan.household, source="path").values_list("state", "reason")) == {
        ("cancelled", "逾期已还清")}
    assert state.level == "doubtful"  # a bad asset does not rise without approval
    other = LoanState.objects.get(loan=bank.loans[1])
    assert other.as_of == TODAY - timedelta(days=1)  # nobody else was touched


def test_a_reversal_brings_back_what_the_payment_had_changed(bank):
    loan = bank.loans[0]
    before = LoanState.objects.filter(loan=bank.loans[1]).values("total_owed_fen", "dpd", "level").get()
    event = post(loan, amount=5_000_000)
    assert LoanState.objects.get(loan=loan).total_owed_fen < before["total_owed_fen"]
    post(loan, "reversal", reverses=event)
    with transaction.atomic():
        refresh([bank.loans[1].household_id])
    fields = ("principal_fen", "interest_owed_fen", "penalty_owed_fen", "total_owed_fen", "dpd", "stage", "level")
    assert LoanState.objects.filter(loan=loan).values(*fields).get() == LoanState.objects.filter(
        loan=bank.loans[1]).values(*fields).get()
    assert not AllocationLine.objects.filter(loan=loan).exists()


def test_a_finding_classifies_the_household_and_a_hold_stops_its_path(bank):
    household, collector = bank.households[0], bank.users["collector"]
    record_finding(user=collector, household_id=household.pk, business_state="ceased", ability="partial",
                   willingness="unwilling", guarantee="effective", cause="market", evidence="实地查看")
    state = HouseholdState.objects.get(household=household)
    assert state.segment not in ("", "unclassified") and state.segment_missing == "" and state.cause == "market"
    place_hold(user=collector, household_id=household.pk, kind="complaint", reason="客户投诉")
    held = HouseholdState.objects.get(household=household)
    assert (held.held_by, held.score) == ("complaint", 0)
    made = Task.objects.filter(household=household).count()
    run_day_end(user=SYSTEM)
    assert not Task.objects.filter(household=household, made_on=TODAY, channel__in=["call", "visit", "letter"]).exists()
    assert Task.objects.filter(household=household).count() >= made


def test_a_decision_on_a_class_counts_at_once_and_is_undone_by_its_lifting(bank):
    loan = bank.loans[0]

    def decide(kind, level):
        with transaction.atomic():
            LevelDecision.objects.create(loan=loan, kind=kind, level=level, decided_on=TODAY, reason="复核",
                                         decided_by=bank.users["risk"])
            refresh([loan.household_id])
        return LoanState.objects.get(loan=loan).level

    assert LoanState.objects.get(loan=loan).level == "doubtful"
    assert decide("lower", "loss") == "loss"
    assert decide("lift", "loss") == "doubtful"
    assert list(LevelChange.objects.filter(loan=loan).order_by("id").values_list("date", "before", "after")) == [
        (TODAY - timedelta(days=1), "", "doubtful"), (TODAY, "doubtful", "loss"), (TODAY, "loss", "doubtful")]


def test_handing_over_leaves_the_states_and_moves_the_owner(bank):
    household = bank.households[0]
    before = HouseholdState.objects.filter(household=household).values("score", "total_owed_fen", "path").get()
    assign(user=bank.users["operations"], household_ids=[household.pk], collector_id=bank.other_collector.pk,
           why="rotation", reason="轮换")
    after = HouseholdState.objects.filter(household=household).values("score", "total_owed_fen", "path").get()
    assert after["path"] == before["path"] and after["total_owed_fen"] >= before["total_owed_fen"]
    assert set(Task.objects.filter(household=household, state="open").values_list("owner", flat=True)) == {
        bank.other_collector.pk}


def test_refresh_does_nothing_before_the_first_day_end_and_fails_outside_a_transaction():
    loan = factories.make_loan(factories.make_household())
    BusinessDay.objects.create(date=TODAY, state="open")
    post(loan, amount=100)
    assert not LoanState.objects.exists()
    run_day_end(user=SYSTEM)
    with pytest.raises(transaction.TransactionManagementError):
        refresh([loan.household_id])


def test_a_change_that_fails_takes_its_states_back(bank):
    loan = bank.loans[0]
    before = everything()
    with pytest.raises(RuntimeError), transaction.atomic():
        factories.make_event(loan, "repayment", TODAY, 100_000)
        refresh([loan.household_id])
        raise RuntimeError
    assert everything() == before


@pytest.mark.parametrize("seed", [21, 22])
def test_refreshing_everybody_changes_nothing_of_what_day_end_gives(seed):
    from tests.dayend.test_run import _empty

    book = draw(seed, households=15)
    fill(book, opened=120)
    run_day_end(user=SYSTEM, through=later(121))
    _late_payments(book)
    run_day_end(user=SYSTEM)
    direct = everything()
    _empty()
    fill(book, opened=120)
    run_day_end(user=SYSTEM, through=later(121))
    _late_payments(book)
    for _ in range(2):
        with transaction.atomic():
            refresh(Household.objects.values_list("pk", flat=True))
    morning = list(LoanState.objects.order_by("loan").values_list("loan", "total_owed_fen", "dpd", "level"))
    run_day_end(user=SYSTEM)
    assert list(LoanState.objects.order_by("loan").values_list("loan", "total_owed_fen", "dpd", "level")) == morning
    through = everything()
    for table in direct:
        assert through[table] == direct[table], table


def _late_payments(book):
    """Payments recorded after the last day end: today's and backdated ones, and some undone again."""
    told = {"source": "hand", "recorded_at": timezone.now(), "recorded_by": "x"}
    for loan_id in book.loans["loan_id"].to_list()[::3]:
        event = LedgerEvent.objects.create(id=10_000 + loan_id, event_no=f"X{loan_id}", loan_id=loan_id, kind="repayment",
                                           date=later(122 - loan_id % 5), amount_fen=90_000, **told)
        if loan_id % 2:
            LedgerEvent.objects.create(id=20_000 + loan_id, event_no=f"Y{loan_id}", loan_id=loan_id, kind="reversal",
                                       date=later(122), reverses=event, **told)


def test_an_approval_counts_from_when_the_loan_last_became_bad(bank):
    loan = bank.loans[0]
    assert LoanState.objects.get(loan=loan).bad_since == TODAY - timedelta(days=1)
    LevelDecision.objects.create(loan=loan, kind="raise", level="substandard", decided_on=TODAY - timedelta(days=9),
                                 reason="旧批准", decided_by=bank.users["risk"])
    post(loan, amount=20_000_000)
    assert LoanState.objects.get(loan=loan).level == "doubtful"
    LevelDecision.objects.create(loan=loan, kind="raise", level="substandard", decided_on=TODAY, reason="新批准",
                                 decided_by=bank.users["risk"])
    run_day_end(user=SYSTEM)
    assert LoanState.objects.get(loan=loan).level == "substandard"
