"""Facts about contact: guard decisions, attempts, promises and their judgement. All append-only."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from qingshou.casework.models import Task
from qingshou.portfolio.models import Household, Party
from qingshou.store.fields import FenField


class Channel(models.TextChoices):
    CALL = "call", _("电话")
    MESSAGE = "message", _("短信")
    LETTER = "letter", _("函件")
    VISIT = "visit", _("上门")


class PartyRole(models.TextChoices):
    BORROWER = "borrower", _("借款人")
    GUARANTOR = "guarantor", _("保证人")
    CONTACT = "contact", _("联系人")
    STRANGER = "stranger", _("无关人员")


class Outcome(models.TextChoices):
    REACHED = "reached", _("接通")
    NO_ANSWER = "no_answer", _("未接")
    WRONG_NUMBER = "wrong_number", _("号码错误")
    REFUSED = "refused", _("拒绝沟通")
    PROMISED = "promised", _("承诺还款")
    PAID_CLAIM = "paid_claim", _("称已还")
    MET = "met", _("见面")
    NOT_HOME = "not_home", _("无人")
    SIGNED = "signed", _("签收")
    NOT_SIGNED = "not_signed", _("拒签")
    MESSAGE_LEFT = "message_left", _("转告回电")


class GuardDecision(models.Model):
    """What the conduct guard said before an outreach. Append-only."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="guard_decisions")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    party_role = models.CharField(max_length=10, choices=PartyRole.choices)
    at = models.DateTimeField()  # when the outreach was to happen
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.CharField(max_length=120, blank=True, default="")  # who was to be reached, where it is not the borrower
    companion = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="+")
    allowed = models.BooleanField()
    reasons = models.TextField()  # JSON list, see engine/reasons; the rules are those of the day it was asked
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["household", "-id"])]


class ContactAttempt(models.Model):
    """One attempt to reach somebody, as it happened. Append-only; corrections are new entries that name the old."""

    contact_no = models.CharField(max_length=40, unique=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="contacts")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    party_role = models.CharField(max_length=10, choices=PartyRole.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    at = models.DateTimeField()
    duration_seconds = models.IntegerField(null=True)
    answered = models.BooleanField()
    identity_verified = models.BooleanField(default=False)
    outcome = models.CharField(max_length=14, choices=Outcome.choices)
    note = models.CharField(max_length=500, blank=True)
    recording = models.CharField(max_length=80, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    companion = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    guard = models.OneToOneField(GuardDecision, on_delete=models.PROTECT, null=True, related_name="attempt")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="contacts")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    source = models.CharField(max_length=12)  # page, api, import
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["household", "-at"]), models.Index(fields=["made_by", "-at"])]
        constraints = [
            # What came from outside is judged afterwards; what is made here was allowed before; a correction reaches nobody.
            models.CheckConstraint(
                condition=models.Q(source="import") | models.Q(guard__isnull=False) | models.Q(corrects__isnull=False),
                name="contact_has_guard_decision"),
            models.UniqueConstraint(fields=["corrects"], condition=models.Q(corrects__isnull=False),
                                    name="contact_corrected_once"),
        ]


class Promise(models.Model):
    """A promise to pay 承诺还款. Append-only."""

    promise_no = models.CharField(max_length=40, unique=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="promises")
    contact = models.ForeignKey(ContactAttempt, on_delete=models.PROTECT, null=True, related_name="promises")
    made_on = models.DateField()
    due = models.DateField()
    amount_fen = FenField()
    source_of_money = models.CharField(max_length=80, blank=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["household_id", "due", "id"]
        indexes = [models.Index(fields=["due"])]
        constraints = [models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="promise_amount_positive")]


class PromiseJudgement(models.Model):
    """What became of a promise, from the ledger, at the end of the promised day. Append-only; the newest counts."""

    class State(models.TextChoices):
        KEPT = "kept", _("守约")
        PARTLY_KEPT = "partly_kept", _("部分")
        BROKEN = "broken", _("破约")

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="judgements")
    judged_on = models.DateField()
    state = models.CharField(max_length=12, choices=State.choices)
    paid_fen = FenField()

    class Meta:
        ordering = ["promise_id", "id"]
        indexes = [models.Index(fields=["judged_on"])]
