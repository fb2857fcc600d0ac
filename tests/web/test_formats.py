"""Money, rates and dates as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from django.utils.translation import override

from qingshou.web import formats


@pytest.mark.parametrize(("fen", "text"), [
    (0, "0.00"), (1, "0.01"), (-1, "-0.01"), (4_862_035, "48,620.35"), (-100_000, "-1,000.00"),
    (2**63 - 1, "92,233,720,368,547,758.07"), (None, "—"), ("", "—"),
])
def test_money_is_written_in_yuan_to_the_fen(fen, text: str):
    assert formats.yuan(fen) == text


@pytest.mark.parametrize(("fen", "text", "english"), [
    (999_999, "9,999.99", "10.00K"), (1_000_000, "1.00 万", "10.00K"), (41_230_000, "41.23 万", "412.30K"),
    (41_235_000, "41.24 万", "412.35K"), (-41_235_000, "-41.24 万", "-412.35K"),
    (12_345_678_901, "1.23 亿", "123.46M"), (0, "0.00", "0.00"), (None, "—", "—"),
])
def test_large_money_is_shortened_in_the_units_of_the_language(fen, text: str, english: str):
    with override("zh-hans"):
        assert formats.yuan_short(fen) == text
    with override("en"):
        assert formats.yuan_short(fen) == english


@pytest.mark.parametrize(("ppm", "digits", "text"), [
    (72_000, 2, "7.20%"), (43_500, 2, "4.35%"), (1_000_000, 0, "100%"), (0, 2, "0.00%"), (5, 2, "0.00%"), (50, 2, "0.01%"),
    (-50, 2, "-0.01%"), (-5, 2, "0.00%"), (None, 2, "—"),
])
def test_rates_are_written_in_percent(ppm, digits: int, text: str):
    assert formats.percent(ppm, digits) == text


def test_dates_are_short_in_the_current_year():
    year = timezone.localdate().year
    assert formats.day(date(year, 3, 9)) == "03-09"
    assert formats.day(date(year - 1, 3, 9)) == f"{year - 1}-03-09"
    assert formats.day(None) == "—"


def test_moments_stand_on_the_local_clock():
    assert formats.moment(datetime(2001, 12, 31, 17, 30, tzinfo=UTC)) == "2002-01-01 01:30"
    assert formats.day(datetime(2001, 12, 31, 17, 30, tzinfo=UTC)) == "2002-01-01"
    assert formats.moment(None) == "—"
