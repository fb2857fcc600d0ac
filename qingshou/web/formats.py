"""Integers of fen and millionths, dates and times, as people read them. Exact: no float is made on the way."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

NOTHING = "—"
SHORT_UNITS = {"zh": [(10**10, " 亿"), (10**6, " 万")], "en": [(10**11, "B"), (10**8, "M"), (10**5, "K")]}  # fen; # data


def _scaled(value: int, divisor: int, digits: int) -> str:
    """*value* ÷ *divisor* with *digits* decimals, rounded half up away from zero, thousands separated."""
    scale = 10**digits
    whole, rest = divmod((abs(value) * scale * 2 + divisor) // (2 * divisor), scale)
    sign = "-" if value < 0 and (whole or rest) else ""
    return f"{sign}{whole:,}" + (f".{rest:0{digits}d}" if digits else "")


def yuan(fen: Any) -> str:
    """4862035 → ``48,620.35``; nothing for None."""
    return NOTHING if fen is None or fen == "" else _scaled(int(fen), 100, 2)


def yuan_short(fen: Any) -> str:
    """41230000 → ``41.23 万`` (in English ``412.30K``); amounts below the first unit in full."""
    if fen is None or fen == "":
        return NOTHING
    fen = int(fen)
    for divisor, unit in SHORT_UNITS["en" if (get_language() or "zh").startswith("en") else "zh"]:
        if abs(fen) >= divisor:
            return _scaled(fen, divisor, 2) + unit
    return yuan(fen)


def percent(ppm: Any, digits: int = 2) -> str:
    """72000 → ``7.20%``."""
    return NOTHING if ppm is None or ppm == "" else _scaled(int(ppm), 10_000, int(digits)) + "%"


def day(value: date | None) -> str:
    """``11-24`` in the current year, else ``2025-11-24``."""
    if not value:
        return NOTHING
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value.strftime("%m-%d") if value.year == timezone.localdate().year else value.isoformat()


def moment(value: datetime | None) -> str:
    """``11-23 15:40`` on the local clock, with the year when it is another one."""
    if not value:
        return NOTHING
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local.date())} {local:%H:%M}"
