"""A clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

import pytest
from django.utils import timezone

from qingshou.contact import clock
from tests.factories import TODAY


def on(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    """That time of day on the local clock."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def move(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    move(on(10))
    return move
