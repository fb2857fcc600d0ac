"""People and companies, how they are related and reached, and the household that is worked together."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from qingshou.access.models import Unit
from qingshou.store.fields import FenField, SealedField


class Party(models.Model):
    """A person or company 当事人: borrower, guarantor, heir or contact by relation, never by copy."""

    class Kind(models.TextChoices):
        PERSON = "person", _("自然人")
        COMPANY = "company", _("企业")

    borrower_no = models.CharField(max_length=40, null=True, unique=True)  # the core system's number, borrowers only
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=120, db_index=True)
    initials = models.CharField(max_length=120, db_index=True)  # pinyin initials, lower case, for search
    id_number = SealedField(blank=True, default="")
    id_hash = models.CharField(max_length=64, blank=True, db_index=True)  # crypto.keyed_hash
    phone = SealedField(blank=True, default="")
    phone_hash = models.CharField(max_length=64, blank=True, db_index=True)
    phone_tail = models.CharField(max_length=4, blank=True, db_index=True)
    address = SealedField(blank=True, default="")
    village = models.CharField(max_length=60, blank=True)
    industry = models.CharField(max_length=60, blank=True)
    employer = models.CharField(max_length=120, blank=True)
    public_servant = models.BooleanField(default=False)
    monthly_income_fen = FenField(null=True)
    source_hash = models.CharField(max_length=64, blank=True)  # of the canonical row it was imported from
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(monthly_income_fen__isnull=True) | models.Q(monthly_income_fen__gte=0),
                                   name="party_income_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class Relation(models.Model):
    """How another party, or somebody known by name only, stands to a party."""

    class Kind(models.TextChoices):
        KIN = "kin", _("亲属")
        SPOUSE = "spouse", _("配偶")
        EMPLOYER = "employer", _("雇主")
        SHAREHOLDER = "shareholder", _("股东")
        NEIGHBOUR = "neighbour", _("邻居")
        CO_DEBTOR = "co_debtor", _("共同借款人")
        COMMITTEE = "committee", _("村委")
        FRIEND = "friend", _("朋友")

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="relations")
    other = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    phone = SealedField(blank=True, default="")
    phone_tail = models.CharField(max_length=4, blank=True, db_index=True)
    source = models.CharField(max_length=80)
    confidence_percent = models.SmallIntegerField(default=50)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    class Meta:
        ordering = ["party_id", "id"]


class ContactPoint(models.Model):
    """A phone, address or e-mail of a party beyond the first: source, lawful basis, whether verified or withdrawn."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("电话")
        ADDRESS = "address", _("地址")
        EMAIL = "email", _("邮箱")

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="contact_points")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = SealedField()
    tail = models.CharField(max_length=4, blank=True, db_index=True)
    source = models.CharField(max_length=80)
    lawful_basis = models.CharField(max_length=80, blank=True)
    verified_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    seen_on = models.DateField(null=True)

    class Meta:
        ordering = ["party_id", "id"]


class Household(models.Model):
    """户, the unit of collection: one responsible borrower with the loans and parties worked together.

    ``unit`` and ``custodian`` repeat the current casework Assignment, so that the field of view is one indexed filter;
    only casework.services.assign changes them.
    """

    borrower = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="household")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    custodian = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    village = models.CharField(max_length=60, blank=True, db_index=True)
    longitude_e6 = models.BigIntegerField(null=True)
    latitude_e6 = models.BigIntegerField(null=True)
    opened_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["unit", "custodian"])]

    def __str__(self) -> str:
        return str(self.borrower)
