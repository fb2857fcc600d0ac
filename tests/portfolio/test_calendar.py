"""The calendar of workdays and holidays."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from qingshou.access.permissions import SYSTEM
from qingshou.portfolio.models import CalendarDay
from qingshou.portfolio.queries.calendar import is_workday, next_workday
from qingshou.portfolio.services.calendar import fill_calendar, set_day

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("day", "works"), [
    (date(2026, 10, 1), False),  # National Day, a Thursday
    (date(2026, 10, 10), True),  # a Saturday worked for it
    (date(2026, 11, 24), True), (date(2026, 11, 22), False),
    (date(2024, 2, 12), False),  # Spring Festival
    (date(2027, 5, 1), False),  # not published yet: provisional
])
def test_published_years_say_which_days_are_worked(day, works):
    fill_calendar(user=SYSTEM)
    assert is_workday(day) is works


def test_filling_again_changes_nothing_and_keeps_what_the_bank_entered():
    assert fill_calendar(user=SYSTEM) > 100
    set_day(user=SYSTEM, day=date(2026, 10, 10), workday=False, name="本行休息", source="行发〔2026〕8号")
    assert fill_calendar(user=SYSTEM) == 0
    assert is_workday(date(2026, 10, 10)) is False
    assert CalendarDay.objects.filter(official=False, date__year=2026).count() == 0


def test_the_next_workday_jumps_over_a_whole_holiday():
    fill_calendar(user=SYSTEM)
    assert next_workday(date(2026, 10, 1)) == date(2026, 10, 8)


def test_a_collector_cannot_change_the_calendar(make_user):
    with pytest.raises(PermissionDenied):
        set_day(user=make_user("collector"), day=date(2026, 1, 5), workday=False, name="x", source="y")
