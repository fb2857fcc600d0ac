"""Units, users and their postings, the audit chain, unmaskings, API tokens, saved views."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from qingshou.access.roles import Role


class Unit(models.Model):
    """An organisational unit 机构. Dated; the tree is read by ``queries.units_below``."""

    class Kind(models.TextChoices):
        HEAD_OFFICE = "head_office", _("总部")
        DIVISION = "division", _("分部")
        BRANCH = "branch", _("支行")
        TEAM = "team", _("小组")

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who signs in. What they may do follows from their postings, never from flags here."""

    display_name = models.CharField(max_length=40)
    phone_extension = models.CharField(max_length=20, blank=True)
    must_change_password = models.BooleanField(default=False)  # somebody else knows it

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.display_name or self.username


class Posting(models.Model):
    """A posting 任职: a user holds a role in a unit from a date to a date (exclusive)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="postings")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="postings")
    role = models.CharField(max_length=12, choices=Role.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["user_id", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gt=models.F("starts_on")),
                name="posting_ends_after_start",
            )
        ]


class AuditEntry(models.Model):
    """One change, in order, chained by hash to the one before (X2). Append-only."""

    sequence = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)  # username, or "system"
    action = models.CharField(max_length=60)  # such as portfolio.import
    subject = models.CharField(max_length=80, blank=True)  # such as household:12
    before = models.TextField(blank=True)  # canonical JSON
    after = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["sequence"]
        indexes = [models.Index(fields=["subject", "sequence"]), models.Index(fields=["actor", "sequence"]),
                   models.Index(fields=["action", "sequence"])]


class Unmasking(models.Model):
    """Who saw which personal datum of whom, when and why. Append-only."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    subject = models.CharField(max_length=80)  # such as party:12
    field = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject", "-id"])]


class ApiToken(models.Model):
    """A key for a machine: scopes, expiry; only its hash is kept."""

    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12, unique=True)
    token_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    acts_as = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]


class SavedView(models.Model):
    """A named set of filters on a list page, of one user."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    query = models.TextField()  # query string without the page number
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["page", "name"]
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_name_once")]
