"""People's decisions on a loan's five-level class (V5): lower it at any time, lift that, approve a rise."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.access.permissions import require
from qingshou.engine.classification import LEVELS
from qingshou.portfolio.models import LevelDecision, Loan
from qingshou.portfolio.queries import scope
from qingshou.portfolio.queries.business import business_date
from qingshou.portfolio.queries.ledger import read_book
from qingshou.portfolio.queries.levels import Class, classes, family, read_grounds
from qingshou.portfolio.signals import ledger_changed
from qingshou.store.policy import rules_on

Kind = LevelDecision.Kind


def lower_level(*, user: Any, loan: Loan, level: str, reason: str) -> LevelDecision:
    """Hold the loan's class at *level* or worse until lifted. *level* must be worse than the class it has.

    Raises PermissionDenied, Loan.DoesNotExist outside the field of view, ValidationError on ``level`` or ``reason``.
    """
    require(user, "level.lower")
    return _decide(user, loan, Kind.LOWER, level, reason)


def raise_level(*, user: Any, loan: Loan, level: str, reason: str) -> LevelDecision:
    """Approve that a bad loan's class rises to *level*. Refused where the rules would not let it rise all the same.

    Raises as :func:`lower_level`.
    """
    require(user, "level.raise")
    return _decide(user, loan, Kind.RAISE, level, reason)


def lift_lowering(*, user: Any, loan: Loan, reason: str) -> LevelDecision:
    """Take back the lowering by hand that is in force; the rules decide alone again. Raises as :func:`lower_level`."""
    require(user, "level.raise")
    last = LevelDecision.objects.filter(loan=loan).exclude(kind=Kind.RAISE).order_by("-decided_on", "-id").first()
    if last is None or last.kind != Kind.LOWER:
        raise ValidationError({"level": _("本笔贷款没有生效的人工下调。")})
    return _decide(user, loan, Kind.LIFT, last.level, reason)


@transaction.atomic
def _decide(user: Any, loan: Loan, kind: str, level: str, reason: str) -> LevelDecision:
    seen = scope.loan_for(user, loan.loan_no)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("请填写原因。")})
    if len(reason) > 300:
        raise ValidationError({"reason": _("原因不超过 300 个字。")})
    if level not in LEVELS:
        raise ValidationError({"level": _("请选择分类。")})
    Loan.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    before, after = _effect(seen, kind, level)
    _check(kind, level, before, after)
    decision = LevelDecision.objects.create(loan=seen, kind=kind, level=level, decided_on=business_date(), decided_by=user,
                                            reason=reason)
    audit.record(actor=user, action=f"level.{kind}", subject=f"loan:{seen.pk}", before={"level": before.level},
                 after={"level": after.level, "decision": level}, reason=reason)
    ledger_changed.send(sender=LevelDecision, household_ids=[seen.household_id], loan_ids=[seen.pk])
    return decision


def _effect(loan: Loan, kind: str, level: str) -> tuple[Class, Class]:
    """The loan's class by the rules as things stand, and with the decision."""
    today = business_date()
    rules = rules_on(today)
    loans = family(loan)
    book, grounds = read_book(loans, rules), read_grounds(loans, today)
    decided = grounds.with_decision(loan.pk, kind, level, today)
    return classes(book, grounds, today, rules)[loan.pk], classes(book, decided, today, rules)[loan.pk]


def _check(kind: str, level: str, before: Class, after: Class) -> None:
    if kind == Kind.LOWER and LEVELS.index(level) <= LEVELS.index(before.level):
        raise ValidationError({"level": _("须低于现分类。")})
    if kind == Kind.RAISE:
        if LEVELS.index(level) >= LEVELS.index(before.level):
            raise ValidationError({"level": _("须高于现分类。")})
        if after.level == before.level:
            raise ValidationError({"level": _("批准后分类仍不能上调：逾期未清、正常还款期不足，或仍有已减值的债权。")})
