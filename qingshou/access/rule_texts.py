"""How rules are read by people: names of chapters, codes in words, numbers with the unit that their key ends in."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qingshou.access.rule_words import ENTRIES, WORDS
from qingshou.web.formats import percent, yuan

CHAPTERS: dict[str, Any] = {
    "affordability": gettext_lazy("偿债能力"), "allocation": gettext_lazy("冲抵顺序"), "casework": gettext_lazy("作业"),
    "classification": gettext_lazy("五级分类"), "conduct": gettext_lazy("催收行为"), "contact": gettext_lazy("联系"),
    "delinquency": gettext_lazy("逾期"), "interest": gettext_lazy("利息"), "paths": gettext_lazy("策略路径"),
    "priority": gettext_lazy("优先次序"), "promises": gettext_lazy("承诺"), "provision": gettext_lazy("准备金"),
    "reconciliation": gettext_lazy("对账"), "segments": gettext_lazy("客群"),
}
UNITS: dict[str, Any] = {
    "days": gettext_lazy("%(number)s 天"), "workdays": gettext_lazy("%(number)s 个工作日"),
    "months": gettext_lazy("%(number)s 个月"), "years": gettext_lazy("%(number)s 年"),
    "hours": gettext_lazy("%(number)s 小时"), "minutes": gettext_lazy("%(number)s 分钟"),
}


def chapter_name(chapter: str) -> Any:
    """A chapter's name; the file's own for one that has none here."""
    return CHAPTERS.get(chapter, chapter)


def value_text(value: Any, key: str = "") -> str:
    """A rule's value in words: lists of tables one entry a line, ``_ppm`` as percent, ``_fen`` as yuan, others by unit."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int):
        return _number(value, key)
    if isinstance(value, dict):
        shown = {name: inner for name, inner in value.items() if not (name == "step" and "title" in value)}  # its title says it
        return _("，").join(f"{_entry(name)} {value_text(inner, _inner_key(name, key))}" for name, inner in shown.items())
    if isinstance(value, list):
        value = _by_title(value)
        between = "\n" if any(isinstance(inner, dict | list) for inner in value) else _("、")
        return between.join(value_text(inner, key) for inner in value)
    return str(WORDS.get(value) or (_(value) if value else "")) if isinstance(value, str) else str(value)


def _by_title(rows: list[Any]) -> list[Any]:
    """A path's steps: one that comes after another names that other by its title."""
    titles = {row["step"]: row["title"] for row in rows if isinstance(row, dict) and "step" in row and "title" in row}
    return [{**row, "after": titles.get(row["after"], row["after"])} if titles and "after" in row else row for row in rows]


def _entry(name: str) -> Any:
    """What an entry of a table is called."""
    return ENTRIES.get(name) or WORDS.get(name, name)


def _inner_key(name: str, key: str) -> str:
    """A table's entry has its own unit, or that of the whole table (``minutes = { call = 12 }``)."""
    return name if _unit(name) else key


def _unit(key: str) -> str:
    words = key.split("_")
    return next((word for word in ("ppm", "fen", *UNITS) if word in words), "")


def _number(value: int, key: str) -> str:
    unit = _unit(key)
    if unit == "ppm":
        return percent(value)
    if unit == "fen":
        return yuan(value)
    return UNITS[unit] % {"number": value} if unit else str(value)
