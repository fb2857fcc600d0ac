"""State derived from facts by the engine: replaced at day end or when an event lands, never edited by hand."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from qingshou.portfolio.models.ledger import LedgerEvent
from qingshou.portfolio.models.loans import Loan
from qingshou.portfolio.models.parties import Household
from qingshou.store.fields import FenField, PpmField


class Stage(models.TextChoices):
    CURRENT = "current", _("未逾期")
    EARLY = "early", _("前期")
    MIDDLE = "middle", _("中期")
    LATE = "late", _("后期")
    M2 = "m2", "M2"
    M3 = "m3", "M3"
    D91_180 = "d91_180", "91–180"
    D181_270 = "d181_270", "181–270"
    D271_360 = "d271_360", "271–360"
    D361_PLUS = "d361_plus", _("360 天以上")


class Level(models.TextChoices):
    NORMAL = "normal", _("正常")
    SPECIAL_MENTION = "special_mention", _("关注")
    SUBSTANDARD = "substandard", _("次级")
    DOUBTFUL = "doubtful", _("可疑")
    LOSS = "loss", _("损失")


BAD_LEVELS = (Level.SUBSTANDARD, Level.DOUBTFUL, Level.LOSS)


class LoanState(models.Model):
    """Where a loan stands as of a date: the fold's carry (what is needed to go on), and what is read from it.

    The first part mirrors ``engine.fold.FOLD_COLUMNS``; the second is written by the day-end steps.
    """

    loan = models.OneToOneField(Loan, on_delete=models.PROTECT, primary_key=True, related_name="state")
    as_of = models.DateField()
    # carry
    disbursed_fen = FenField()
    principal_fen = FenField()
    principal_due_fen = FenField()
    principal_paid_fen = FenField()
    rate_ppm = PpmField()
    interest_closed_fen = FenField()
    interest_from = models.DateField()
    interest_base_fen = FenField()
    plan_fen = FenField(null=True)
    plan_days = models.BigIntegerField(null=True)
    interest_due_fen = FenField()
    interest_paid_fen = FenField()
    penalty_closed_fen = FenField()
    penalty_from = models.DateField()
    penalty_base_fen = FenField()
    penalty_paid_fen = FenField()
    compound_closed_fen = FenField()
    compound_from = models.DateField()
    compound_base_fen = FenField()
    compound_paid_fen = FenField()
    penalty_mark_fen = FenField(default=0)
    compound_mark_fen = FenField(default=0)
    fee_charged_fen = FenField()
    fee_paid_fen = FenField()
    waived_fen = FenField()
    unapplied_fen = FenField()
    written_off_fen = FenField()
    next_due_number = models.BigIntegerField()
    oldest_unpaid_due = models.DateField(null=True)
    paid_up_since = models.DateField(null=True)
    terms_mark = models.BigIntegerField(default=0)  # hash of the terms it was folded under; others: fold anew
    # balances at as_of
    interest_owed_fen = FenField()
    interest_overdue_fen = FenField()
    penalty_owed_fen = FenField()
    compound_owed_fen = FenField()
    fee_owed_fen = FenField()
    principal_overdue_fen = FenField()
    overdue_fen = FenField()
    total_owed_fen = FenField()
    # judged
    dpd = models.BigIntegerField()
    stage = models.CharField(max_length=10, choices=Stage.choices)
    level = models.CharField(max_length=16, choices=Level.choices)
    level_reasons = models.TextField()  # JSON list of {rule, ...parameters}
    bad_since = models.DateField(null=True)  # when it last became bad; an approval to raise it counts from then on
    provision_fen = FenField()

    class Meta:
        indexes = [models.Index(fields=["stage"]), models.Index(fields=["level"])]


class HouseholdState(models.Model):
    """Where a household stands: sums of its loans, worst stage and level, segment, next step, rank and its reasons."""

    household = models.OneToOneField(Household, on_delete=models.PROTECT, primary_key=True, related_name="state")
    as_of = models.DateField()
    loans_count = models.BigIntegerField()
    principal_fen = FenField()
    interest_owed_fen = FenField()
    penalty_owed_fen = FenField()
    compound_owed_fen = FenField()
    fee_owed_fen = FenField()
    overdue_fen = FenField()
    total_owed_fen = FenField()
    npl_principal_fen = FenField()
    provision_fen = FenField()
    dpd = models.BigIntegerField()
    stage = models.CharField(max_length=10, choices=Stage.choices)
    level = models.CharField(max_length=16, choices=Level.choices)
    segment = models.CharField(max_length=12, blank=True)
    segment_missing = models.CharField(max_length=80, blank=True)  # comma separated
    cause = models.CharField(max_length=24, blank=True)
    path = models.CharField(max_length=24, blank=True)
    next_step = models.CharField(max_length=40, blank=True)
    next_channel = models.CharField(max_length=12, blank=True)
    next_due = models.DateField(null=True)
    held_by = models.CharField(max_length=40, blank=True)  # what holds the path: paid, promise, hold kinds
    score = models.BigIntegerField(default=0)  # orders the queue, greater first
    expected_fen_per_hour = FenField(default=0)
    minutes = models.BigIntegerField(default=0)
    reasons = models.TextField(blank=True)  # JSON list of {code, ...parameters}
    promise_due = models.DateField(null=True)
    promise_fen = FenField(null=True)
    last_contact_on = models.DateField(null=True)
    last_contact_channel = models.CharField(max_length=12, blank=True)
    last_contact_outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-score"]), models.Index(fields=["stage"]), models.Index(fields=["segment"])]


class AllocationLine(models.Model):
    """How one repayment, recovery or waiver was divided. Derived by the fold; replaced when its loan is replayed."""

    event = models.OneToOneField(LedgerEvent, on_delete=models.PROTECT, primary_key=True, related_name="split")
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="splits", db_index=False)
    date = models.DateField()
    principal_fen = FenField()
    interest_fen = FenField()
    penalty_fen = FenField()
    compound_fen = FenField()
    fee_fen = FenField()
    unapplied_fen = FenField()

    class Meta:
        indexes = [models.Index(fields=["loan", "date"]), models.Index(fields=["date"])]


class LevelChange(models.Model):
    """A change of five-level class with its reasons. Append-only."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="level_changes")
    date = models.DateField()
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16, choices=Level.choices)
    reasons = models.TextField()

    class Meta:
        ordering = ["loan_id", "date", "id"]
        indexes = [models.Index(fields=["date"])]


class LevelDecision(models.Model):
    """A person's decision on a class: a manual downgrade, or the approval of an upgrade. Append-only."""

    class Kind(models.TextChoices):
        LOWER = "lower", _("人工下调")
        RAISE = "raise", _("批准上调")
        LIFT = "lift", _("撤销人工下调")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="level_decisions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    level = models.CharField(max_length=16, choices=Level.choices)
    decided_on = models.DateField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["loan_id", "decided_on", "id"]
