"""One thing that happened, as a timeline shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone

TONES = ("good", "warn", "alarm", "law", "calm", "mut")


@dataclass(frozen=True)
class Item:
    """*kind* is the word in the chip, *tone* its colour (one of ``TONES``), *title* the fact, *detail* the reason or proof.

    *at* is midnight when only the day is known: then the day alone is shown.
    """

    at: datetime
    kind: str
    tone: str
    title: str
    detail: str
    url: str = ""

    @property
    def timed(self) -> bool:
        """Whether the hour is known as well as the day."""
        local = timezone.localtime(self.at) if timezone.is_aware(self.at) else self.at
        return local.time() != time.min


def newest_first(items: list[Item]) -> list[Item]:
    """Sorted by time, newest first; equal times keep the order in which they came."""
    return sorted(items, key=lambda item: item.at, reverse=True)
