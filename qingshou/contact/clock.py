"""The moment that contact happens at."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from qingshou.portfolio.queries.business import business_date


def now() -> datetime:
    """Now, on the local clock. The demo bank's days stand still, so there it is this time of day on its business date."""
    moment = timezone.localtime()
    return datetime.combine(business_date(), moment.timetz()) if settings.DEMO else moment
