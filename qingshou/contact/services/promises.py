"""Promises to pay 承诺还款 (C5): taken within a contact, judged by day end from the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.contact.models import ContactAttempt, PartyRole, Promise
from qingshou.portfolio.models import HouseholdState
from qingshou.store.policy import rules_on


@dataclass(frozen=True)
class PromiseTerms:
    """What was promised: how much (fen), by which day, out of what."""

    amount_fen: int
    due: date
    source_of_money: str


def check(terms: PromiseTerms, *, made_on: date, household_id: int, role: str) -> None:
    """Raise ValidationError by field (``amount, due, source_of_money``) where the terms cannot be a promise."""
    if role not in (PartyRole.BORROWER, PartyRole.GUARANTOR):
        raise ValidationError(_("只有借款人或保证人可以承诺还款"))
    last = made_on + timedelta(days=rules_on(made_on)["contact.promise_days_max"])
    wrong: dict[str, str] = {}
    owed = HouseholdState.objects.filter(household_id=household_id).values_list("total_owed_fen", flat=True).first()
    if terms.amount_fen <= 0:
        wrong["amount"] = _("金额须大于零")
    elif owed is not None and terms.amount_fen > owed:
        wrong["amount"] = _("金额超过该户欠款合计")
    if not made_on <= terms.due <= last:
        wrong["due"] = _("承诺日期须在 %(first)s 至 %(last)s 之间") % {"first": made_on, "last": last}
    if not terms.source_of_money.strip():
        wrong["source_of_money"] = _("请写明钱从哪里来")
    elif len(terms.source_of_money.strip()) > 80:
        wrong["source_of_money"] = _("最多 %(longest)s 字") % {"longest": 80}
    if wrong:
        raise ValidationError(wrong)


def take(contact: ContactAttempt, terms: PromiseTerms) -> Promise:
    """Keep the promise made in a contact (inside its transaction; checked before)."""
    made_on = timezone.localtime(contact.at).date()
    return Promise.objects.create(
        promise_no=f"{contact.contact_no}-P", household_id=contact.household_id, contact=contact, made_on=made_on,
        due=terms.due, amount_fen=terms.amount_fen, source_of_money=terms.source_of_money.strip(),
        taken_by_id=contact.made_by_id, recorded_at=contact.recorded_at)
