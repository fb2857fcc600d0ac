"""People's decisions on a loan's class."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qingshou.access.models import AuditEntry
from qingshou.portfolio.models import LevelDecision, Loan, LoanState
from qingshou.portfolio.queries.ledger import read_book
from qingshou.portfolio.queries.levels import classes, family, read_grounds
from qingshou.portfolio.services.levels import lift_lowering, lower_level, raise_level
from qingshou.store.policy import rules_on
from tests import factories
from tests.portfolio.states import make_states

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY


@pytest.fixture
def paid_up(bank):
    """A bad loan whose arrears have been paid for more than half a year; it runs until 2028."""
    loan = factories.make_loan(bank.households[0], matures_on=date(2028, 1, 1), instalments=[
        (1, date(2025, 6, 1), 1_000_000, 100_000), (2, date(2028, 1, 1), 9_000_000, 100_000)])
    factories.make_event(loan, "repayment", date(2026, 1, 2), 1_200_000)
    make_states(bank.households[0], level="substandard")
    LoanState.objects.filter(loan=loan).update(bad_since=date(2025, 9, 1))
    return loan


def level_of(loan):
    rules = rules_on(TODAY)
    loans = family(loan)
    return classes(read_book(loans, rules), read_grounds(loans, TODAY), TODAY, rules)[loan.pk].level


def test_a_class_is_lowered_with_a_reason_and_lifted_again(bank):
    loan = bank.loans[0]
    factories.make_event(loan, "repayment", date(2026, 1, 1), 10_730_000)
    make_states(bank.households[0], level="normal")
    assert level_of(loan) == "normal"
    lower_level(user=bank.users["manager"], loan=loan, level="doubtful", reason="借款人已停产")
    assert level_of(loan) == "doubtful"
    entry = AuditEntry.objects.get(action="level.lower")
    assert (entry.before, entry.reason) == ('{"level":"normal"}', "借款人已停产") and '"level":"doubtful"' in entry.after
    lift_lowering(user=bank.users["risk"], loan=loan, reason="复核后恢复")
    assert level_of(loan) == "normal"
    with pytest.raises(ValidationError):
        lift_lowering(user=bank.users["risk"], loan=loan, reason="再撤一次")


def test_a_class_is_not_lowered_to_what_it_has_or_better(bank):
    make_states(bank.households[0])
    current = level_of(bank.loans[0])
    assert current == "doubtful"  # 327 days late
    for level in ("normal", "substandard", "doubtful", "nonsense", ""):
        with pytest.raises(ValidationError) as refused:
            lower_level(user=bank.users["risk"], loan=bank.loans[0], level=level, reason="理由")
        assert "level" in refused.value.message_dict
    assert not LevelDecision.objects.exists()


def test_a_bad_loan_that_is_paid_up_rises_only_when_approved(bank, paid_up):
    assert level_of(paid_up) == "substandard"
    raise_level(user=bank.users["risk"], loan=paid_up, level="special_mention", reason="连续正常还款")
    assert level_of(paid_up) == "special_mention"


def test_a_rise_that_the_rules_do_not_bear_is_refused(bank):
    make_states(bank.households[0], level="doubtful")
    with pytest.raises(ValidationError) as refused:
        raise_level(user=bank.users["risk"], loan=bank.loans[0], level="normal", reason="请求")
    assert "level" in refused.value.message_dict and not AuditEntry.objects.filter(action="level.raise").exists()


@pytest.mark.parametrize("reason", ["", "  ", "长" * 301])
def test_a_decision_needs_a_reason(bank, reason):
    make_states(bank.households[0])
    with pytest.raises(ValidationError) as refused:
        lower_level(user=bank.users["risk"], loan=bank.loans[0], level="loss", reason=reason)
    assert "reason" in refused.value.message_dict


def test_who_may_decide(bank):
    make_states(bank.households[0])
    loan = bank.loans[0]
    for role in ("collector", "legal", "compliance", "admin", "reviewer"):
        with pytest.raises(PermissionDenied):
            lower_level(user=bank.users[role], loan=loan, level="loss", reason="理由")
    for role in ("manager", "operations", "collector"):
        with pytest.raises(PermissionDenied):
            raise_level(user=bank.users[role], loan=loan, level="normal", reason="理由")
    with pytest.raises(Loan.DoesNotExist):
        lower_level(user=bank.users["manager"], loan=bank.loans[3], level="loss", reason="他部的户")
