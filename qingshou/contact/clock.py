"""The moment that contact happens at."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from qingshou.portfolio.queries.business import business_date

DEMO_OPENS, DEMO_CLOSES = time(9), time(19)


def now() -> datetime:
    """Now, on the local clock.

    In the demo bank the business date stands still, and whoever looks at it may sit anywhere in the world: there a day of
    the clock passes as one working day, from 9:00 to 19:00 of that date.
    """
    moment = timezone.localtime()
    return working_moment(moment) if settings.DEMO else moment


def working_moment(moment: datetime) -> datetime:
    """The demo's time for a moment of the local clock: in order, never by night."""
    opens = datetime.combine(business_date(), DEMO_OPENS, tzinfo=moment.tzinfo)
    closes = datetime.combine(business_date(), DEMO_CLOSES, tzinfo=moment.tzinfo)
    passed = moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return opens + (closes - opens) * (passed // timedelta(milliseconds=1)) // (24 * 3600 * 1000)
