"""One payment for several loans of a household (V2): divided by law, shown, then posted loan by loan in one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from qingshou.access.permissions import require
from qingshou.engine.allocation import Claim, across
from qingshou.engine.fold.state import penalty_rate
from qingshou.engine.terms import SECURITY_RANK
from qingshou.portfolio.models import Household, LedgerEvent, Loan
from qingshou.portfolio.queries import scope
from qingshou.portfolio.queries.business import business_date
from qingshou.portfolio.queries.ledger import Standing, fold, read_book, standings
from qingshou.portfolio.services.entry import LARGEST_FEN
from qingshou.portfolio.services.ledger import post_event
from qingshou.store.policy import rules_on

SOURCE = "民法典第560条"


@dataclass(frozen=True)
class Share:
    """What of the payment goes to a loan, and what that loan owes on the day before it."""

    loan: Loan
    fen: int
    standing: Standing


@dataclass(frozen=True)
class Division:
    """A payment as it would be divided; *fingerprint* names the facts that this rests on."""

    date: date
    amount_fen: int
    shares: list[Share]
    fingerprint: str


def preview_payment(*, user: Any, household_id: int, date: date, amount_fen: int) -> Division:
    """How a payment of *amount_fen* on *date* would be divided among the household's loans; nothing is written.

    Raises PermissionDenied, Household.DoesNotExist outside the field of view, and ValidationError on ``date`` or ``amount``,
    as for more than all loans owe. Permission: ledger.post.
    """
    require(user, "ledger.post")
    household = scope.household_for(user, household_id)
    today = business_date()
    if date > today:
        raise ValidationError({"date": _("业务日期不能晚于业务日 %(day)s。") % {"day": today}})
    if not 0 < amount_fen <= LARGEST_FEN:
        raise ValidationError({"amount": _("请填写大于零的金额。")})
    loans = list(Loan.objects.filter(household=household, starts_on__lte=date).select_related("household", "borrower")
                 .order_by("loan_no"))
    rules = rules_on(date)
    book = read_book(loans, rules).until(date)
    owed = standings(book, fold(book, date), date, rules) if loans else {}
    shares, left = across(amount_fen, [_claim(loan, owed[loan.pk]) for loan in loans])
    if left:
        raise ValidationError({"amount": _("超过名下全部贷款的欠款合计，多出 %(left)s 元。") % {
            "left": f"{left // 100}.{left % 100:02d}"}})
    by_id = {loan.pk: loan for loan in loans}
    found = [Share(by_id[loan_id], fen, owed[loan_id]) for loan_id, fen in shares]
    return Division(date, amount_fen, found, _fingerprint(household, date, amount_fen, found))


@transaction.atomic
def post_payment(*, user: Any, household_id: int, date: date, amount_fen: int, event_no: str, reason: str, expected: str,
                 channel: str = "", note: str = "") -> list[LedgerEvent]:
    """Post what :func:`preview_payment` showed: a repayment for each share, numbered ``event_no.1``, ``.2`` …

    The same number again returns the events that stand. Each loan's posting has its own audit entry, which names what
    changed in it. Raises as the preview, and ValidationError when the facts have moved since (*expected*).
    """
    require(user, "ledger.post")
    household = scope.household_for(user, household_id)
    list(Loan.objects.select_for_update().filter(household=household).order_by("pk").values_list("pk", flat=True))
    standing = list(LedgerEvent.objects.filter(loan__household=household, event_no__startswith=f"{event_no}.").order_by("id"))
    if standing:
        return standing
    division = preview_payment(user=user, household_id=household_id, date=date, amount_fen=amount_fen)
    if division.fingerprint != expected:
        raise ValidationError(_("预览之后，账务、业务日或填写内容已有变动，请重新预览后再确认。"), code="stale")
    return [post_event(user=user, loan=share.loan, kind=LedgerEvent.Kind.REPAYMENT, date=date, amount_fen=share.fen,
                       event_no=f"{event_no}.{number}", reason=reason, channel=channel, note=note)
            for number, share in enumerate(division.shares, 1)]


def _claim(loan: Loan, standing: Standing) -> Claim:
    burden = int(penalty_rate(standing.rate_ppm, loan.penalty_surcharge_ppm))  # type: ignore[arg-type]
    return Claim(loan.pk, max(standing.overdue_fen - standing.unapplied_fen, 0), standing.payoff_fen,
                 SECURITY_RANK[loan.guarantee_kind], burden, standing.oldest_unpaid_due)


def _fingerprint(household: Household, day: date, amount_fen: int, shares: list[Share]) -> str:
    facts = [household.pk, day, amount_fen, business_date(), [(share.loan.pk, share.fen, share.standing) for share in shares]]
    return hashlib.sha256(repr(facts).encode()).hexdigest()
