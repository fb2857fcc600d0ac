"""The calendar of workdays and holidays: filled from the published years, provisional beyond them, corrected by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import chinese_calendar
from chinese_calendar import constants
from django.db import transaction
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.access.permissions import require
from qingshou.portfolio.models import CalendarDay

SOURCE = "国务院办公厅关于节假日安排的通知"
PROVISIONAL = "全国年节及纪念日放假办法（当年通知未公布，暂按固定日期）"
PROVISIONAL_YEARS = 2
NAMES = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "Mid-autumn Festival": "中秋节", "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利七十周年纪念日",
}
FIXED = ((1, 1, "元旦"), (5, 1, "劳动节"), (5, 2, "劳动节"), (10, 1, "国庆节"), (10, 2, "国庆节"), (10, 3, "国庆节"))
MAKE_UP = "调休上班"


def fill_calendar(*, user: Any, since: int = 2019) -> int:
    """Enter the days that are not ordinary, from January of *since* to two years beyond the last published year.

    Days that are there already stay as they are (a bank's own correction wins), but a provisional day gives way to an
    official one. Returns how many days were entered. Permission: calendar.change.
    """
    require(user, "calendar.change")
    last = max(constants.holidays).year
    days = [*_published(since, last), *_provisional(last + 1, last + PROVISIONAL_YEARS)]
    with transaction.atomic():
        CalendarDay.objects.filter(official=False, source=PROVISIONAL, date__year__lte=last).delete()
        known = set(CalendarDay.objects.values_list("date", flat=True))
        new = [day for day in days if day.date not in known]
        CalendarDay.objects.bulk_create(new)
        if new:
            audit.record(actor=user, action="calendar.fill", subject="calendar",
                         after={"days": len(new), "since": since, "published_to": last})
    return len(new)


def _published(first: int, last: int) -> list[CalendarDay]:
    """Every day of the years that is a holiday, or a weekend day on which work is done."""
    found, day = [], date(first, 1, 1)
    while day.year <= last:
        holiday, name = chinese_calendar.get_holiday_detail(day)
        if holiday and name:
            found.append(CalendarDay(date=day, workday=False, name=NAMES.get(name, name), official=True, source=SOURCE))
        elif not holiday and day.weekday() >= 5:
            found.append(CalendarDay(date=day, workday=True, name=_make_up(name), official=True, source=SOURCE))
        day += timedelta(days=1)
    return found


def _make_up(name: str | None) -> str:
    return f"{NAMES.get(name, name)}{MAKE_UP}" if name else MAKE_UP


def _provisional(first: int, last: int) -> list[CalendarDay]:
    return [CalendarDay(date=date(year, month, day), workday=False, name=name, official=False, source=PROVISIONAL)
            for year in range(first, last + 1) for month, day, name in FIXED]


def set_day(*, user: Any, day: date, workday: bool, name: str, source: str) -> CalendarDay:
    """Enter or correct one day by hand, with its source. Permission: calendar.change."""
    require(user, "calendar.change")
    with transaction.atomic():
        before = CalendarDay.objects.filter(date=day).first()
        told = {"workday": workday, "name": name.strip()[:40], "official": True,
                "source": source.strip()[:120] or _("本行录入")}
        made, _created = CalendarDay.objects.update_or_create(date=day, defaults=told)
        audit.record(actor=user, action="calendar.set", subject=f"calendar:{day}",
                     before=None if before is None else {"workday": before.workday, "name": before.name}, after=told)
    return made
