"""Posting to the ledger by hand or by a machine (P3): preview, then post what was previewed."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.access.permissions import require
from qingshou.portfolio.models import LedgerEvent, Loan
from qingshou.portfolio.queries import scope
from qingshou.portfolio.queries.business import business_date
from qingshou.portfolio.services.entry import Entry
from qingshou.portfolio.services.preview import Preview, make
from qingshou.portfolio.signals import ledger_changed

LONGEST_REASON = 200
LONGEST_NUMBER = 60


def new_event_no(day: date) -> str:
    """A number for an event that has none from the core system, such as ``H20261124-5f2c9a1b77d0``."""
    return f"H{day:%Y%m%d}-{secrets.token_hex(6)}"


def preview_event(*, user: Any, loan: Loan, kind: str, date: date, amount_fen: int | None = None, rate_ppm: int | None = None,
                  reverses: int | None = None, channel: str = "", note: str = "") -> Preview:
    """What posting this event would change; nothing is written.

    *reverses*: id of the event that a reversal undoes. Raises PermissionDenied, Loan.DoesNotExist outside the field of
    view, ValidationError by field (kind, date, amount, rate, reverses).
    """
    require(user, "ledger.post")
    seen = scope.loan_for(user, loan.loan_no)
    return make(seen, Entry(kind, date, amount_fen, rate_ppm, reverses, channel, note), business_date())


@transaction.atomic
def post_event(*, user: Any, loan: Loan, kind: str, date: date, event_no: str, reason: str, amount_fen: int | None = None,
               rate_ppm: int | None = None, reverses: int | None = None, channel: str = "", note: str = "",
               expected: str | None = None, source: str = "hand") -> LedgerEvent:
    """Add an event to the ledger and let everything after it be derived again. Returns the event.

    *event_no* is the idempotency key: the same number with the same content again returns the event that stands; with
    other content it is refused. *expected*: the fingerprint of the preview that was confirmed; a stale one is refused.
    Raises as :func:`preview_event`, and ValidationError on ``event_no``, ``reason``, or as a whole when stale.
    """
    require(user, "ledger.post")
    seen = scope.loan_for(user, loan.loan_no)
    entry = Entry(kind, date, amount_fen, rate_ppm, reverses, channel, note)
    reason, event_no = reason.strip(), event_no.strip()
    _check_words(event_no, reason)
    Loan.objects.select_for_update(of=("self",)).get(pk=seen.pk)  # others who post to this loan wait here
    standing = LedgerEvent.objects.filter(event_no=event_no).first()
    if standing is not None:
        return _same(standing, seen, entry)
    preview = make(seen, entry, business_date())
    if expected is not None and expected != preview.fingerprint:
        raise ValidationError(_("预览之后，账务、业务日或填写内容已有变动，请重新预览后再确认。"), code="stale")
    event = LedgerEvent.objects.create(
        event_no=event_no, loan=seen, date=entry.date, kind=entry.kind, amount_fen=entry.amount_fen, rate_ppm=entry.rate_ppm,
        reverses_id=entry.reverses, channel=entry.channel, source=source, note=entry.note, recorded_at=timezone.now(),
        recorded_by=user.username)
    audit.record(actor=user, action="ledger.post", subject=f"loan:{seen.pk}", before=preview.audit("before"),
                 after=preview.audit("after") | {"event": {"event_no": event_no, **entry.facts()}}, reason=reason)
    ledger_changed.send(sender=LedgerEvent, household_ids=[seen.household_id], loan_ids=[seen.pk])
    return event


def _check_words(event_no: str, reason: str) -> None:
    errors = {}
    if not event_no:
        errors["event_no"] = _("请填写交易号。")
    elif len(event_no) > LONGEST_NUMBER:
        errors["event_no"] = _("交易号不超过 %(most)d 个字。") % {"most": LONGEST_NUMBER}
    if not reason:
        errors["reason"] = _("请填写原因。")
    elif len(reason) > LONGEST_REASON:
        errors["reason"] = _("原因不超过 %(most)d 个字。") % {"most": LONGEST_REASON}
    if errors:
        raise ValidationError(errors)


def _same(standing: LedgerEvent, loan: Loan, entry: Entry) -> LedgerEvent:
    """The event already there under this number, if it says the same; otherwise the number is taken."""
    there = Entry(standing.kind, standing.date, standing.amount_fen, standing.rate_ppm, standing.reverses_id, standing.channel,
                  standing.note)
    if standing.loan_id != loan.pk or there.facts() != entry.facts():
        raise ValidationError({"event_no": _("交易号 %(number)s 已用于另一条交易。") % {"number": standing.event_no}})
    return standing
