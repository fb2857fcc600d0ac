"""Profiles: how one core system's export maps to the canonical tables, as data. ``profile_file`` reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qingshou.portfolio.imports.canonical import Table

SOURCES = ("column", "constant", "template", "lookup", "cases", "sum", "difference", "times", "months_between")
BLANKS = ("", "NULL", "null", "NA", "N/A", "\\N", "-", "--")


class ProfileError(ValueError):
    """A profile cannot be used: names the file, the place and the reason."""


@dataclass(frozen=True)
class Value:
    """Where a field's text comes from, and how it is read. Exactly one of ``SOURCES`` is set (``source``)."""

    source: str
    given: Any  # tuple of names, text, (table, by, column), cases or operands, as the source has it
    map: dict[str, str] | None = None
    default: str | None = None
    prefix: str | None = None
    dates: tuple[str, ...] | None = None
    add_months: Value | None = None
    add_days: Value | None = None
    unit: str | None = None
    rounded: bool = False
    scientific: bool = False


@dataclass(frozen=True)
class Condition:
    """On one column: ``equal`` to one of these texts, ``differs`` from all, ``present``, or a number ``above``."""

    columns: tuple[str, ...]
    test: str
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    conditions: tuple[Condition, ...]
    value: Value


@dataclass(frozen=True)
class Lookup:
    """Another file, found by its name patterns: the rows that meet the conditions, by a key column."""

    name: str
    files: tuple[str, ...]
    sheets: tuple[str, ...]
    key: str
    where: tuple[Condition, ...]


@dataclass(frozen=True)
class Source:
    """One canonical table out of the files (and sheets) whose names fit. *distinct*: rows that come out equal are one."""

    table: Table
    files: tuple[str, ...]
    sheets: tuple[str, ...]
    where: tuple[Condition, ...]
    fields: dict[str, Value]
    distinct: bool = False


@dataclass(frozen=True)
class Profile:
    name: str
    title: str
    currency: str
    note: str
    sources: tuple[Source, ...]
    lookups: dict[str, Lookup]
    encoding: str = "auto"
    delimiter: str = "auto"
    dates: tuple[str, ...] = ("YYYY-MM-DD",)
    amount_unit: str = "yuan"
    rate_unit: str = "percent"
    blanks: tuple[str, ...] = BLANKS
    identity: str = "lenient"
    path: Path = field(default=Path(), compare=False)
