"""Contacts as they happened (C10): each behind a decision of the guard that let it happen; corrections are new entries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.casework.services import end_task
from qingshou.casework.services.field import changed, locked
from qingshou.contact import clock
from qingshou.contact.models import ContactAttempt, GuardDecision, Outcome
from qingshou.contact.outcomes import ANSWERED, BY_CHANNEL
from qingshou.contact.services.promises import PromiseTerms, check, take
from qingshou.portfolio.models import Household
from qingshou.store.policy import rules_on

DURATION_MOST = 6 * 3600  # seconds; a longer talk is a slip of the finger


def record_attempt(*, user: Any, guard_id: int, outcome: str, identity_verified: bool = False, note: str = "",
                   duration_seconds: int | None = None, recording: str = "", at: datetime | None = None,
                   promise: PromiseTerms | None = None, source: str = "page") -> ContactAttempt:
    """Record the contact that the decision *guard_id* allowed: to whom, how and with whom stand there.

    *at* (default: the decision's moment) lies between the decision and now. A promise needs the outcome ``promised``, and
    that outcome a promise. The task that the decision names ends with it. Sent twice, it is recorded once. Raises
    PermissionDenied, GuardDecision.DoesNotExist outside the field of view or for another's decision, or ValidationError
    by field: the guard refused (code ``refused``) or too long ago (``stale``), an outcome that the channel does not have,
    details of the debt before the identity was checked.
    """
    with transaction.atomic():
        mine = GuardDecision.objects.filter(pk=guard_id, asked_by=user)
        try:
            household = locked(user, mine.values_list("household_id", flat=True).get())
        except Household.DoesNotExist:
            raise GuardDecision.DoesNotExist from None  # as if it were not there
        guard = mine.select_related("task").get()
        done = ContactAttempt.objects.filter(guard=guard).first()
        if done is not None:
            if done.outcome == outcome and done.note == note.strip():
                return done
            raise ValidationError(_("这次联系已经登记；如有错误，请登记更正"), code="recorded")
        contact = ContactAttempt(
            contact_no=f"C{timezone.localtime(guard.at):%Y%m%d}-{guard.pk}", household=household, party_id=guard.party_id,
            party_role=guard.party_role, channel=guard.channel, at=at or guard.at, duration_seconds=duration_seconds,
            answered=outcome in ANSWERED, identity_verified=identity_verified, outcome=outcome, note=note.strip(),
            recording=recording.strip(), made_by=user, companion_id=guard.companion_id, guard=guard, task_id=guard.task_id,
            source=source, recorded_at=timezone.now())
        _check_guard(guard, contact.at)
        _check_content(contact)
        _check_promise(contact, promise)
        contact.save(force_insert=True)
        kept = take(contact, promise) if promise is not None else None
        audit.record(actor=user, action="contact.record", subject=f"household:{household.pk}",
                     after={**_audited(contact), "promise": kept and {
                         "no": kept.promise_no, "due": kept.due, "amount_fen": kept.amount_fen,
                         "source_of_money": kept.source_of_money}})
        if guard.task is not None and guard.task.state == guard.task.State.OPEN:
            end_task(user=user, task_id=guard.task.pk, state="done", outcome=outcome, contact_no=contact.contact_no)
        else:
            changed([household.pk])
    return contact


def correct_attempt(*, user: Any, contact_no: str, outcome: str, note: str, identity_verified: bool = False,
                    duration_seconds: int | None = None, recording: str = "") -> ContactAttempt:
    """A new entry that replaces what *contact_no* says; the old one stays. *note* says what was wrong.

    When, to whom and how cannot be corrected: another contact is another entry. A promise once recorded stands. Raises
    PermissionDenied, ContactAttempt.DoesNotExist outside the field of view, or ValidationError by field.
    """
    with transaction.atomic():
        old = ContactAttempt.objects.get(contact_no=contact_no)
        try:
            household = locked(user, old.household_id)
        except Household.DoesNotExist:
            raise ContactAttempt.DoesNotExist from None  # as if it were not there
        if ContactAttempt.objects.filter(corrects=old).exists():
            raise ValidationError(_("这条记录已有更正，请更正最新的一条"), code="corrected")
        if not note.strip():
            raise ValidationError({"note": _("请写明哪里有误")})
        if (old.outcome == Outcome.PROMISED) != (outcome == Outcome.PROMISED):
            raise ValidationError({"outcome": _("承诺一经登记不能改为其他结果，其他结果也不能改为承诺；请另行登记")})
        contact = ContactAttempt(
            contact_no=f"{old.contact_no}-R", household=household, party_id=old.party_id, party_role=old.party_role,
            channel=old.channel, at=old.at, duration_seconds=duration_seconds, answered=outcome in ANSWERED,
            identity_verified=identity_verified, outcome=outcome, note=note.strip(), recording=recording.strip(),
            made_by=user, companion_id=old.companion_id, task_id=old.task_id, corrects=old, source="page",
            recorded_at=timezone.now())
        if len(contact.contact_no) > 40:
            raise ValidationError(_("更正次数过多，请联系合规审计"))
        _check_content(contact)
        contact.save(force_insert=True)
        audit.record(actor=user, action="contact.correct", subject=f"household:{household.pk}", reason=contact.note,
                     before=_audited(old), after=_audited(contact))
        changed([household.pk])
    return contact


def _check_guard(guard: GuardDecision, at: datetime) -> None:
    moment = clock.now()
    if not guard.allowed:
        raise ValidationError(_("合规闸未放行，不能登记联系"), code="refused")
    if not guard.at.replace(second=0, microsecond=0) <= at <= moment:  # people write times to the minute
        raise ValidationError({"at": _("联系时间须在合规闸放行之后、现在之前")})
    rules = rules_on(timezone.localtime(guard.at).date())
    latest_start = guard.at + timedelta(minutes=rules["contact.decision_minutes"][guard.channel])
    if at > latest_start or moment > latest_start + timedelta(hours=rules["contact.record_hours_max"]):
        raise ValidationError(_("合规闸的放行已过有效时间，请重新询问"), code="stale")


def _check_content(contact: ContactAttempt) -> None:
    if contact.outcome not in BY_CHANNEL[contact.channel]:
        raise ValidationError({"outcome": _("请选择联系结果")})
    if contact.outcome in (Outcome.PROMISED, Outcome.PAID_CLAIM) and not contact.identity_verified:
        raise ValidationError({"identity_verified": _("未核实对方身份，不得谈及欠款")})
    seconds = contact.duration_seconds
    if seconds is not None and not 0 <= seconds <= DURATION_MOST:
        raise ValidationError({"duration": _("通话时长有误")})
    for name, longest in (("note", 500), ("recording", 80)):
        if len(getattr(contact, name)) > longest:
            raise ValidationError({name: _("最多 %(longest)s 字") % {"longest": longest}})


def _check_promise(contact: ContactAttempt, promise: PromiseTerms | None) -> None:
    if (contact.outcome == Outcome.PROMISED) != (promise is not None):
        raise ValidationError({"outcome": _("结果为承诺还款时须填写承诺，其他结果不填")})
    if promise is not None:
        check(promise, made_on=timezone.localtime(contact.at).date(), household_id=contact.household_id,
              role=contact.party_role)


def _audited(contact: ContactAttempt) -> dict[str, Any]:
    return {"contact": contact.contact_no, "channel": contact.channel, "role": contact.party_role, "at": contact.at,
            "outcome": contact.outcome, "identity_verified": contact.identity_verified,
            "seconds": contact.duration_seconds, "note": contact.note, "recording": contact.recording,
            "guard": contact.guard_id, "companion": contact.companion_id, "task": contact.task_id}
