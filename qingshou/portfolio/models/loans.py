"""Contracts: loans, guarantees, collateral and its valuations."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from qingshou.engine.money import PPM, mul_div
from qingshou.portfolio.models.parties import Household, Party
from qingshou.store.fields import FenField, PpmField


class Loan(models.Model):
    """A loan contract 贷款 as booked. What happens to it are LedgerEvents; what it stands at is its LoanState."""

    class Method(models.TextChoices):
        EQUAL_INSTALMENT = "equal_instalment", _("等额本息")
        EQUAL_PRINCIPAL = "equal_principal", _("等额本金")
        INTEREST_ONLY = "interest_only", _("先息后本")
        BULLET = "bullet", _("利随本清")
        CUSTOM = "custom", _("自定义")

    class GuaranteeKind(models.TextChoices):
        CREDIT = "credit", _("信用")
        GUARANTEE = "guarantee", _("保证")
        MORTGAGE = "mortgage", _("抵押")
        PLEDGE = "pledge", _("质押")

    class Compound(models.TextChoices):
        NONE = "none", _("不计复利")
        MONTHLY = "monthly", _("按月结息")
        QUARTERLY = "quarterly", _("按季结息")

    loan_no = models.CharField(max_length=40, unique=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="loans")
    borrower = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="loans")
    product = models.CharField(max_length=60, db_index=True)
    branch = models.CharField(max_length=60)
    principal_fen = FenField()
    rate_ppm = PpmField()
    penalty_surcharge_ppm = PpmField()  # 500000: penalty rate = contract rate × 1.5
    misuse_surcharge_ppm = PpmField(null=True)
    misused = models.BooleanField(default=False)
    basis = models.CharField(max_length=10)
    method = models.CharField(max_length=16, choices=Method.choices)
    starts_on = models.DateField()
    matures_on = models.DateField()
    due_day = models.SmallIntegerField(null=True)
    compound = models.CharField(max_length=10, choices=Compound.choices)
    compound_rate_in_term = models.CharField(max_length=10, default="contract")
    guarantee_kind = models.CharField(max_length=10, choices=GuaranteeKind.choices)
    purpose = models.CharField(max_length=120, blank=True)
    failed_debit_fee_fen = FenField(default=0)
    accrual_stops_on = models.DateField(null=True)  # the debtor's bankruptcy (企业破产法 46)
    restructured_on = models.DateField(null=True)
    credit_impaired = models.BooleanField(default=False)
    schedule_version = models.SmallIntegerField(default=1)
    source_hash = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["loan_no"]
        constraints = [
            models.CheckConstraint(condition=models.Q(principal_fen__gt=0), name="loan_principal_positive"),
            models.CheckConstraint(condition=models.Q(matures_on__gt=models.F("starts_on")), name="loan_matures_later"),
            models.CheckConstraint(condition=models.Q(rate_ppm__gte=0, rate_ppm__lte=1_000_000), name="loan_rate_bounds"),
        ]

    def __str__(self) -> str:
        return self.loan_no

    @property
    def penalty_rate_ppm(self) -> int:
        """The yearly rate on overdue principal at the contract's rate: the heavier surcharge, never both."""
        misuse = (self.misuse_surcharge_ppm or 0) if self.misused else 0
        return mul_div(self.rate_ppm, PPM + max(self.penalty_surcharge_ppm, misuse), PPM)


class Guarantee(models.Model):
    """A guarantee 保证: who, for which loan, joint or general, how much, for how long."""

    class Kind(models.TextChoices):
        JOINT = "joint", _("连带责任保证")
        GENERAL = "general", _("一般保证")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="guarantees")
    guarantor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="guarantees_given")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    amount_fen = FenField(null=True)  # null: the whole claim
    agreed_months = models.SmallIntegerField(null=True)
    source_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["loan_id", "id"]
        constraints = [models.UniqueConstraint(fields=["loan", "guarantor"], name="guarantee_once_per_loan")]


class Collateral(models.Model):
    """A thing mortgaged or pledged 抵质押物 for a loan."""

    collateral_no = models.CharField(max_length=40, unique=True)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="collaterals")
    kind = models.CharField(max_length=40)
    description = models.CharField(max_length=200)
    owner = models.CharField(max_length=120, blank=True)
    rank = models.SmallIntegerField(null=True)
    source_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["loan_id", "id"]


class Valuation(models.Model):
    """What a collateral was worth on a day, by whom. Append-only."""

    collateral = models.ForeignKey(Collateral, on_delete=models.PROTECT, related_name="valuations")
    valued_on = models.DateField()
    amount_fen = FenField()
    source = models.CharField(max_length=80)

    class Meta:
        ordering = ["collateral_id", "valued_on", "id"]
