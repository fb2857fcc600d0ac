"""Workdays: the calendar's own days first, else Monday to Friday."""

from __future__ import annotations

from datetime import date, timedelta

from qingshou.portfolio.models import CalendarDay


def is_workday(day: date) -> bool:
    """Whether the bank works on *day*."""
    told = CalendarDay.objects.filter(date=day).values_list("workday", flat=True).first()
    return day.weekday() < 5 if told is None else told


def next_workday(day: date) -> date:
    """The first workday on or after *day*."""
    told = dict(CalendarDay.objects.filter(date__gte=day, date__lt=day + timedelta(days=60)).values_list("date", "workday"))
    while not told.get(day, day.weekday() < 5):
        day += timedelta(days=1)
    return day
