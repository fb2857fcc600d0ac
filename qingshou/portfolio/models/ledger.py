"""The ledger: what was agreed to fall due and what happened. Both append-only in the database."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from qingshou.portfolio.models.loans import Loan
from qingshou.store.fields import FenField, PpmField


class Instalment(models.Model):
    """One row of a repayment schedule. A new schedule is a new version; the loan names the one in force."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="instalments", db_index=False)
    version = models.SmallIntegerField(default=1)
    number = models.IntegerField()
    due = models.DateField()
    principal_fen = FenField()
    interest_fen = FenField(null=True)  # null: accrues by days

    class Meta:
        ordering = ["loan_id", "version", "number"]
        constraints = [
            models.UniqueConstraint(fields=["loan", "version", "number"], name="instalment_once"),
            models.CheckConstraint(condition=models.Q(principal_fen__gte=0), name="instalment_principal_not_negative"),
        ]
        indexes = [models.Index(fields=["due"])]


class LedgerEvent(models.Model):
    """A dated fact about a loan's money. A correction is a new event: a reversal names the event that it undoes."""

    class Kind(models.TextChoices):
        DISBURSEMENT = "disbursement", _("放款")
        REPAYMENT = "repayment", _("还款")
        RATE_CHANGE = "rate_change", _("利率调整")
        FEE = "fee", _("费用")
        FEE_WAIVER = "fee_waiver", _("费用减免")
        INTEREST_WAIVER = "interest_waiver", _("利息减免")
        WRITE_OFF = "write_off", _("核销")
        RECOVERY = "recovery", _("核销后收回")
        REVERSAL = "reversal", _("冲正")

    event_no = models.CharField(max_length=60, unique=True)  # the core system's number: the idempotency key
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="events", db_index=False)
    date = models.DateField()  # business (value) date
    kind = models.CharField(max_length=16, choices=Kind.choices)
    amount_fen = FenField(null=True)
    rate_ppm = PpmField(null=True)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    channel = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=20)  # import, hand, api, dayend
    note = models.CharField(max_length=200, blank=True)
    source_hash = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["loan_id", "date", "id"]
        indexes = [models.Index(fields=["loan", "date"]), models.Index(fields=["date", "kind"])]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_fen__isnull=True) | models.Q(amount_fen__gte=0),
                                   name="ledger_amount_not_negative"),
            models.UniqueConstraint(fields=["reverses"], condition=models.Q(reverses__isnull=False),
                                    name="ledger_reversed_once"),
        ]
