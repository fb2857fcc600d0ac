"""The bank's own dates: business days and the calendar of workdays and holidays."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BusinessDay(models.Model):
    """A business date 业务日. One is open; day end closes it and opens the next."""

    class State(models.TextChoices):
        OPEN = "open", _("开放")
        CLOSED = "closed", _("已日终")

    date = models.DateField(unique=True)
    state = models.CharField(max_length=8, choices=State.choices)
    closed_at = models.DateTimeField(null=True)
    report = models.TextField(blank=True)  # JSON: what day end did, step by step
    fingerprint = models.CharField(max_length=64, blank=True)  # hash of the states it left

    class Meta:
        ordering = ["-date"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="open"), name="one_open_business_day")
        ]


class CalendarDay(models.Model):
    """A day that is not an ordinary weekday or weekend: holiday or make-up workday, official or provisional."""

    date = models.DateField(unique=True)
    workday = models.BooleanField()
    name = models.CharField(max_length=40)
    official = models.BooleanField()
    source = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["date"]
