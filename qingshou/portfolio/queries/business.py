"""The bank's date."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from qingshou.portfolio.models import BusinessDay


def business_date() -> date:
    """The open business day; else the day after the last closed one; else, in an empty store, the calendar's today."""
    day = BusinessDay.objects.filter(state=BusinessDay.State.OPEN).values_list("date", flat=True).first()
    if day is not None:
        return day
    last = BusinessDay.objects.order_by("-date").values_list("date", flat=True).first()
    return last + timedelta(days=1) if last is not None else timezone.localdate()
