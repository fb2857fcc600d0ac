"""How calculators read money, rates, dates and choices.

Money arrives as a string of yuan and becomes int fen; a rate as a string of percent and becomes int ppm. Titles are
Chinese texts that pages and schemas translate when they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, Any, ClassVar

from django.utils.translation import gettext_noop
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

from qingshou.engine import money

EARLIEST, LATEST = date(1949, 10, 1), date(2199, 12, 31)
MOST_PPM = money.PPM  # 100 %: the most that a loan's rate, or a surcharge on it, may be


def _money(value: Any, read: Callable[[str], int], name: str) -> int:
    if not isinstance(value, str):
        raise PydanticCustomError(f"{name}_text", "not text")
    try:
        amount = read(value.strip())
    except money.MoneyError as error:
        raise PydanticCustomError(f"{name}_{error.code}", "not readable") from None
    if amount < 0:
        raise PydanticCustomError(f"{name}_negative", "negative")
    return amount


def _yuan(value: Any) -> int:
    return _money(value, money.parse_yuan, "money")


def _percent(value: Any) -> int:
    ppm = _money(value, money.parse_percent, "rate")
    if ppm > MOST_PPM:
        raise PydanticCustomError("rate_too_large", "too large")
    return ppm


def _day(value: Any) -> date:
    if not isinstance(value, str):
        raise PydanticCustomError("date_text", "not text")
    try:
        day = date.fromisoformat(value) if len(value) == 10 and value[4] == value[7] == "-" else None
    except ValueError:
        day = None
    if day is None:
        raise PydanticCustomError("date_impossible", "no such day")
    if not EARLIEST <= day <= LATEST:
        raise PydanticCustomError("date_range", "out of range")
    return day


Yuan = Annotated[int, BeforeValidator(_yuan), PlainSerializer(money.format_yuan),
                 WithJsonSchema({"type": "string", "format": "yuan", "examples": ["100000.00"]})]
Percent = Annotated[int, BeforeValidator(_percent), PlainSerializer(money.format_percent),
                    WithJsonSchema({"type": "string", "format": "percent", "examples": ["7.2"]})]
Day = Annotated[date, BeforeValidator(_day),
                WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-24"]})]
Count = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Id = Annotated[str, Field(min_length=1, max_length=60)]


def choices(**labels: str) -> dict[str, Any]:
    """What a field of named values shows for each: for ``Field(json_schema_extra=...)``."""
    return {"labels": labels}


BASIS_LABELS = {"actual/360": gettext_noop("实际天数/360"), "actual/365": gettext_noop("实际天数/365"),
                "30/360": "30/360"}
KIND_LABELS = {"fee": gettext_noop("费用"), "interest": gettext_noop("利息"), "penalty": gettext_noop("罚息"),
               "compound": gettext_noop("复利"), "principal": gettext_noop("本金")}


class Part(BaseModel):
    """A piece of an input: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=200)


class Input(Part):
    """Every calculator's input. ``check`` yields what single fields cannot know: (field, reason) pairs.

    ``judged_on`` names the field whose date chooses the rules.
    """

    judged_on: ClassVar[str] = "as_of"

    def check(self) -> Iterator[tuple[str, str]]:
        return iter(())
