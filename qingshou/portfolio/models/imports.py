"""Imports and what came of them; reconciliation with the core system. Append-only."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from qingshou.portfolio.models.loans import Loan
from qingshou.store.fields import FenField


class ImportBatch(models.Model):
    """One import of a set of files by a profile: what came in."""

    profile = models.CharField(max_length=60)
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    files = models.TextField()  # JSON list of {name, sha256, bytes, table, rows}
    counts = models.TextField()  # JSON {table: {taken, changed, unchanged, rejected}}

    class Meta:
        ordering = ["-id"]


class Reject(models.Model):
    """A row that was not taken: where it stood, which value, why."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rejects")
    file = models.CharField(max_length=200)
    table = models.CharField(max_length=20)
    row_number = models.BigIntegerField()  # as a spreadsheet shows it: the header is row 1
    column = models.CharField(max_length=80, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["batch_id", "id"]


class Reconciliation(models.Model):
    """对账: what we derive for a loan on a date beside what the core system says, kind by kind, and why they differ."""

    class Cause(models.TextChoices):
        AGREES = "agrees", _("一致")
        ROUNDING = "rounding", _("尾差")
        MISSING_EVENT = "missing_event", _("缺少交易")
        RATE = "rate", _("利率或罚息口径")
        ALLOCATION = "allocation", _("冲抵顺序")
        FEE = "fee", _("费用")
        UNKNOWN = "unknown", _("待查")

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="reconciliations")
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="reconciliations")
    date = models.DateField()
    ours_principal_fen = FenField()
    ours_interest_fen = FenField()
    ours_penalty_fen = FenField()
    ours_compound_fen = FenField()
    ours_fee_fen = FenField()
    theirs_principal_fen = FenField()
    theirs_interest_fen = FenField()
    theirs_penalty_fen = FenField()
    theirs_compound_fen = FenField()
    theirs_fee_fen = FenField()
    difference_fen = FenField()  # ours less theirs, in all
    cause = models.CharField(max_length=16, choices=Cause.choices)

    class Meta:
        ordering = ["batch_id", "-difference_fen"]
        indexes = [models.Index(fields=["loan", "-date"])]
