"""The demo's clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from qingshou.contact import clock
from tests.factories import TODAY, Bank

pytestmark = pytest.mark.django_db


def test_a_day_of_the_demo_is_a_working_day_of_its_business_date(bank: Bank) -> None:
    midnight = datetime(2027, 3, 1, tzinfo=timezone.get_default_timezone())
    told = [clock.working_moment(midnight + timedelta(minutes=minute)) for minute in range(0, 24 * 60, 7)]
    assert told == sorted(set(told)), "later stays later"
    assert {moment.date() for moment in told} == {TODAY}
    assert told[0].hour == 9 and told[-1].hour == 18


def test_a_real_bank_lives_by_the_real_clock(bank: Bank) -> None:
    before = timezone.now()
    assert before <= clock.now() <= timezone.now()
