"""A profile's values as columns: what ``profile.Value`` says, read out of a file's text columns."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence

import polars as pl

from qingshou.portfolio.imports import identity, parsing
from qingshou.portfolio.imports.canonical import Field
from qingshou.portfolio.imports.parsing import Parsed
from qingshou.portfolio.imports.profile import Case, Condition, Profile, Source, Value

ROW = "row_number"  # the column that readers add


class MissingColumn(LookupError):
    """A file has none of the columns that a profile names for something."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names[0])
        self.names = names


class Columns:
    """The header of one file: finds a column by name, not minding case, width and surrounding space."""

    def __init__(self, header: Sequence[str]) -> None:
        self.by_name: dict[str, str] = {}
        self.twice: set[str] = set()  # names that stand again further on
        for name in header:
            key = plain_name(name)
            if key and key in self.by_name:
                self.twice.add(self.by_name[key])
            self.by_name.setdefault(key, name)

    def find(self, names: Sequence[str]) -> str:
        """The first of *names* that is there. Raises MissingColumn."""
        for name in names:
            if plain_name(name) in self.by_name:
                return self.by_name[plain_name(name)]
        raise MissingColumn(names)

    def has(self, names: Sequence[str]) -> bool:
        return any(plain_name(name) in self.by_name for name in names)


def plain_name(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def columns_of(value: Value) -> Iterator[tuple[str, ...]]:
    """The columns of the file that a value reads, each with its synonyms."""
    if value.source == "column":
        yield value.given
    elif value.source == "template":
        yield from ((name,) for _, name, _, _ in string.Formatter().parse(value.given) if name and name != "row")
    elif value.source == "lookup":
        yield from columns_of(value.given[1])
    elif value.source == "cases":
        for case in value.given:
            yield from (condition.columns for condition in case.conditions)
        for case in value.given:
            yield from columns_of(case.value)
    elif value.source != "constant":
        for operand in value.given:
            yield from columns_of(operand)
    for shift in (value.add_months, value.add_days):
        if shift is not None:
            yield from columns_of(shift)


def needed(source: Source, *, required_only: bool = False) -> list[tuple[str, ...]]:
    """The columns that a source reads; with *required_only*, those without which no row could be taken."""
    found = [condition.columns for condition in source.where]
    for name, value in source.fields.items():
        if not required_only or source.table.field(name).required:
            found.extend(columns_of(value))
    return list(dict.fromkeys(found))


class Reader:
    """Reads a profile's values out of one file's chunks. *lookups*: by name, (key column, frame of text columns)."""

    def __init__(self, profile: Profile, columns: Columns, lookups: Mapping[str, tuple[str, pl.DataFrame]],
                 *, workbook: bool) -> None:
        self.profile = profile
        self.columns = columns
        self.lookups = lookups
        self.workbook = workbook

    def column(self, names: Sequence[str]) -> pl.Expr:
        """A column's cleaned text. Raises MissingColumn."""
        return parsing.clean(pl.col(self.columns.find(names)), self.profile.blanks)

    def meets(self, frame: pl.DataFrame, conditions: Sequence[Condition]) -> pl.Series:
        """Whether each row meets all conditions."""
        holds = pl.repeat(True, frame.height, eager=True)
        for condition in conditions:
            column = frame.select(self.column(condition.columns)).to_series()
            if condition.test == "present":
                holds = holds & column.is_not_null()
            elif condition.test == "equal":
                holds = holds & column.is_in(list(condition.given)).fill_null("" in condition.given)
            elif condition.test == "differs":
                holds = holds & ~column.is_in(list(condition.given)).fill_null("" in condition.given)
            else:  # a number that cannot be read stays in, so that its field says why
                least = parsing.decimal(pl.Series([condition.given[0]]), 2, rounded=True).value[0]
                number = parsing.decimal(column, 2, rounded=True).value
                holds = holds & pl.select(pl.lit(number > least).fill_null(pl.lit(column.is_not_null()))).to_series()
        return holds

    def text(self, value: Value, frame: pl.DataFrame) -> pl.Series:
        """The text that a value gives. Raises MissingColumn."""
        made = self._bare_text(value, frame).alias("text")
        if value.map is not None:
            made = made.replace_strict(value.map, default=made if value.default is None else value.default,
                                       return_dtype=pl.String)
        made = made if value.default is None else made.fill_null(value.default)
        return made if value.prefix is None else pl.select(pl.lit(value.prefix) + pl.lit(made)).to_series()

    def _bare_text(self, value: Value, frame: pl.DataFrame) -> pl.Series:
        given = value.given
        if value.source == "column":
            return frame.select(self.column(given)).to_series()
        if value.source == "constant":
            return pl.repeat(given or None, frame.height, dtype=pl.String, eager=True)
        if value.source == "template":
            pieces: list[pl.Expr] = []
            for literal, name, _, _ in string.Formatter().parse(given):
                pieces.append(pl.lit(literal))
                if name is not None:
                    pieces.append(pl.col(ROW).cast(pl.String) if name == "row" else self.column((name,)))
            return frame.select(pl.concat_str(pieces)).to_series() if len(pieces) > 1 else frame.select(
                pl.repeat(given, pl.len())).to_series()
        if value.source == "lookup":
            name, by, wanted = given
            key, table = self.lookups[name]
            column = Columns(table.columns).find((wanted,))
            return self.text(by, frame).replace_strict(table[key], table[column], default=None, return_dtype=pl.String)
        if value.source == "cases":
            return self._first(given, frame, lambda inner: self.text(inner, frame))
        raise ValueError(value.source)  # sums and the like are numbers: see parse

    def _first(self, cases: Sequence[Case], frame: pl.DataFrame, make: Callable[[Value], pl.Series]) -> pl.Series:
        """By row, what the first case whose conditions hold gives."""
        columns, chain = [], pl.lit(None)
        for number, case in reversed(list(enumerate(cases))):
            columns += [self.meets(frame, case.conditions).alias(f"if{number}"), make(case.value).alias(f"then{number}")]
            chain = pl.when(pl.col(f"if{number}")).then(pl.col(f"then{number}")).otherwise(chain)
        return pl.DataFrame(columns).select(chain.alias("made")).to_series()

    def parse(self, field: Field, value: Value, frame: pl.DataFrame, person: pl.Series | None = None) -> Parsed:
        """The typed column of a field, within the field's bounds. *person*: for identity numbers."""
        parsed = self._typed(field, value, frame, person)
        cases = []
        if field.kind in ("amount", "rate"):
            cases += [(pl.col("value") < 0, "negative"), (pl.col("value") < field.least, "zero"),
                      (pl.col("value") > field.most, "too_large")]
        if field.required:
            cases.append((pl.col("value").is_null(), "no_case" if value.source == "cases" else "empty"))
        return parsing.bounded(parsed, *cases) if cases else parsed

    def _typed(self, field: Field, value: Value, frame: pl.DataFrame, person: pl.Series | None) -> Parsed:
        if value.source == "cases" and field.kind in ("amount", "date", "integer"):
            inner = {id(case.value): self._typed(field, case.value, frame, person) for case in value.given}
            return Parsed(self._first(value.given, frame, lambda one: inner[id(one)].value),
                          self._first(value.given, frame, lambda one: inner[id(one)].code))
        if field.kind == "amount":
            return self._amount(value, frame)
        if field.kind == "date":
            return self._date(value, frame)
        if field.kind == "integer":
            return self._integer(value, frame, field.least, field.most)
        made = self.text(value, frame)
        if field.kind == "rate":
            return parsing.rate(made, value.unit or self.profile.rate_unit)
        if field.kind == "choice":
            return parsing.choice(made, field.choices)
        if field.kind == "yes_no":
            return parsing.yes_no(made)
        if field.kind == "identity":
            everyone = pl.repeat(True, frame.height, eager=True)
            return identity.identity(made, self.profile.identity, everyone if person is None else person, field.length)
        return parsing.text(made, field.length)

    def _amount(self, value: Value, frame: pl.DataFrame) -> Parsed:
        if value.source == "times":
            amount, count = self._amount(value.given[0], frame), self._integer(value.given[1], frame, -100_000, 100_000)
            return _both(amount.value * count.value, amount, count)
        if value.source in ("sum", "difference"):
            parts = [self._amount(inner, frame) for inner in value.given]
            total = parts[0].value
            for part in parts[1:]:
                total = total + part.value if value.source == "sum" else total - part.value
            return _both(total, *parts)
        return parsing.amount(self.text(value, frame), value.unit or self.profile.amount_unit, rounded=value.rounded,
                              scientific=value.scientific)

    def _integer(self, value: Value, frame: pl.DataFrame, least: int, most: int) -> Parsed:
        if value.source == "sum":
            counts = [self._integer(inner, frame, -most, most) for inner in value.given]
            total = counts[0].value
            for count in counts[1:]:
                total = total + count.value
            return _both(total, *counts)
        if value.source != "months_between":
            return parsing.integer(self.text(value, frame), least, most)
        first, last = (self._date(inner, frame) for inner in value.given)
        a, b = first.value.dt, last.value.dt
        months = (b.year() - a.year()) * 12 + b.month().cast(pl.Int32) - a.month().cast(pl.Int32) \
            - (b.day() < a.day()).cast(pl.Int32)
        return _both(months.cast(pl.Int64), first, last)

    def _date(self, value: Value, frame: pl.DataFrame) -> Parsed:
        formats = value.dates or self.profile.dates
        if (self.workbook or value.source == "constant") and "YYYY-MM-DD" not in formats:
            formats = (*formats, "YYYY-MM-DD")  # as the reader writes a date cell
        parsed = parsing.day(self.text(value, frame), formats)
        for shift, unit in ((value.add_months, "mo"), (value.add_days, "d")):
            if shift is not None:
                count = self._integer(shift, frame, -100_000, 100_000)
                steps = pl.select(pl.format("{}" + unit, pl.lit(count.value))).to_series()
                parsed = _both(parsed.value.dt.offset_by(steps), parsed, count)
        return parsed


def _both(value: pl.Series, *parts: Parsed) -> Parsed:
    """A value computed from several: the first code among them is its code."""
    codes = pl.DataFrame([part.code.alias(str(number)) for number, part in enumerate(parts)])
    return Parsed(value, codes.select(pl.coalesce(pl.all()).alias("code")).to_series())
