"""Files to typed rows on disk: each source of the profile is read once, row by row judged by itself, and written as
chunks of columns. Nothing is locked meanwhile and memory holds a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from qingshou.portfolio.imports.canonical import TABLES, Field, Table
from qingshou.portfolio.imports.matching import choose, label, read_lookups
from qingshou.portfolio.imports.profile import Profile, Source, Value
from qingshou.portfolio.imports.readers import Chunk, FileRefused, Flaw, Sheet, open_sheets
from qingshou.portfolio.imports.reasons import reason
from qingshou.portfolio.imports.rejects import Rejects
from qingshou.portfolio.imports.rows import ROW_CHECKS
from qingshou.portfolio.imports.values import ROW, Columns, Reader, columns_of, needed

FILE = "file"  # column of a staged chunk: which reading of a sheet for a table it came from
TYPES: dict[str, Any] = {"amount": pl.Int64, "rate": pl.Int64, "integer": pl.Int64, "date": pl.Date, "yes_no": pl.Boolean}
CODE = "code:"  # prefix of the columns that hold a field's code


@dataclass
class StagedTable:
    """The good rows of one canonical table, as files of columns, in the order of reading."""

    table: Table
    chunks: list[Path] = field(default_factory=list)
    read: int = 0  # rows of the files, rejected ones included
    skipped: int = 0  # rows that the profile leaves out, and repeats of a row where it says ``distinct``
    dropped: list[pl.DataFrame] = field(default_factory=list)  # rows (FILE, ROW) found bad after they were staged

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return (self._without_dropped(pl.read_ipc(path)) for path in self.chunks)

    def columns(self, names: Sequence[str], where: pl.Expr | None = None) -> pl.DataFrame:
        """Some columns of all rows (for which *where* holds), with the place of each."""
        names = list(dict.fromkeys([FILE, ROW, *names]))
        pieces = [pl.DataFrame(schema={name: schema_of(self.table)[name] for name in names})]
        for path in self.chunks:
            piece = self._without_dropped(pl.read_ipc(path, columns=names).select(names))
            pieces.append(piece if where is None else piece.filter(where))
        return pl.concat(pieces)

    def drop(self, rows: pl.DataFrame) -> None:
        """Leave rows (by FILE and ROW) out from now on."""
        if rows.height:
            self.dropped.append(rows.select(FILE, ROW).unique())

    def _without_dropped(self, frame: pl.DataFrame) -> pl.DataFrame:
        for rows in self.dropped:
            frame = frame.join(rows, on=[FILE, ROW], how="anti", maintain_order="left")
        return frame


@dataclass
class Staged:
    """All files of an import, read. *notes*: what a person should know of each file (columns left unused and the like)."""

    tables: dict[str, StagedTable]
    notes: list[str] = field(default_factory=list)
    used: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # file -> (table, rows)


def schema_of(table: Table) -> dict[str, Any]:
    """Types of a staged chunk of *table*."""
    return {FILE: pl.Int64, ROW: pl.Int64, **{item.column: TYPES.get(item.kind, pl.String) for item in table.fields}}


def stage(profile: Profile, files: Sequence[tuple[str, Path]], folder: Path, rejects: Rejects,
          report: Callable[[int, str], None]) -> Staged:
    """Read *files* (name, path) by *profile* into *folder*. Raises FileRefused for one that cannot be used."""
    sheets = [sheet for name, path in files
              for sheet in open_sheets(path, name, encoding=profile.encoding, delimiter=profile.delimiter)]
    lookups = read_lookups(profile, sheets)
    staged = Staged({name: StagedTable(table) for name, table in TABLES.items()})
    work: list[tuple[Sheet, Source]] = []
    for name, _path in files:
        work.extend(choose(profile, name, [sheet for sheet in sheets if sheet.file == name]))
    work.sort(key=lambda item: list(TABLES).index(item[1].table.name))
    rejects.places = [label(sheet) for sheet, _source in work]
    for place, (sheet, source) in enumerate(work):
        def tell(sheet: Sheet = sheet, place: int = place) -> None:
            report((place * 1000 + sheet.permille()) // len(work), label(sheet))

        rows = _stage_sheet(profile, source, sheet, place, lookups, staged, folder, rejects, tell)
        staged.used.setdefault(sheet.file, []).append((source.table.name, rows))
    return staged


def _stage_sheet(profile: Profile, source: Source, sheet: Sheet, place: int, lookups: dict[str, tuple[str, pl.DataFrame]],
                 staged: Staged, folder: Path, rejects: Rejects, tell: Callable[[], None]) -> int:
    columns = Columns(sheet.header)
    table = staged.tables[source.table.name]
    present = {name: value for name, value in source.fields.items() if all(columns.has(names) for names in columns_of(value))}
    read = [columns.find(names) for names in needed(source) if columns.has(names)]
    twice = sorted(columns.twice & set(read))
    if twice:
        raise FileRefused(label(sheet), "columns_twice", names=", ".join(twice))
    reader = Reader(profile, columns, lookups, workbook=sheet.workbook)
    parse = _Parse(source, present, reader)
    rows = 0
    for chunk in sheet.chunks(list(dict.fromkeys(read))):
        rows += chunk.frame.height
        table.read += chunk.frame.height
        wanted = chunk.frame.filter(reader.meets(chunk.frame, source.where))
        table.skipped += chunk.frame.height - wanted.height
        good = parse.rows(Chunk(wanted, chunk.flaws), place, rejects)
        good = good.with_columns(pl.lit(place, dtype=pl.Int64).alias(FILE))
        path = folder / f"{source.table.name}-{len(table.chunks):05d}.arrow"
        good.select(list(schema_of(source.table))).write_ipc(path)
        table.chunks.append(path)
        tell()
    if source.distinct:
        _merge_repeats(table)
    return rows


class _Parse:
    """One source's fields over one sheet: chunk by chunk to typed columns; what does not fit goes to the rejects."""

    def __init__(self, source: Source, present: dict[str, Value], reader: Reader) -> None:
        self.table = source.table
        self.reader = reader
        self.present = present
        self.shown: dict[str, tuple[str, pl.Expr]] = {}  # field -> (column named in a reject, text shown)
        self.reads: dict[str, set[str]] = {}
        for name, value in present.items():
            reads = [reader.columns.find(names) for names in columns_of(value)]
            self.reads[name] = set(reads)
            self.shown[name] = (reads[0], pl.col(reads[0])) if reads else (name, pl.lit(""))

    def _typed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The table's columns, and the code of each field."""
        person: pl.Series | None = None
        columns = [frame[ROW]]
        for item in self.table.fields:
            if item.name not in self.present:
                nothing = pl.repeat(None, frame.height, dtype=TYPES.get(item.kind, pl.String), eager=True)
                columns.append(nothing.alias(item.column))
                continue
            parsed = self.reader.parse(item, self.present[item.name], frame, person)
            if self.table.name == "borrower" and item.name == "kind":
                person = (parsed.value == "person").fill_null(True)
            columns += [parsed.value.alias(item.column), parsed.code.alias(CODE + item.name)]
        return pl.DataFrame(columns)

    def rows(self, chunk: Chunk, place: int, rejects: Rejects) -> pl.DataFrame:
        """The chunk's good rows, typed."""
        flawed = self._flawed(chunk, place, rejects)
        typed = self._typed(chunk.frame).join(flawed, on=ROW, how="anti", maintain_order="left")
        bad = [flawed]
        for name, (column, text) in self.shown.items():
            failing = typed.select(ROW, pl.col(CODE + name).alias("code")).filter(pl.col("code").is_not_null())
            if failing.height:
                failing = failing.join(chunk.frame.select(ROW, value=text), on=ROW, how="left")
                self._reject(failing, name, column, place, rejects)
                bad.append(failing.select(ROW))
        good = typed.join(pl.concat(bad).unique(), on=ROW, how="anti", maintain_order="left")
        for check in ROW_CHECKS.get(self.table.name, ()):
            failing = good.filter(check.fails.fill_null(False))
            if failing.height:
                column, text = self.shown.get(check.field, (check.field, pl.lit("")))
                told = failing.join(chunk.frame.select(ROW, told=text), on=ROW, how="left", maintain_order="left")
                rejects.add_rows(place, self.table.name, [
                    (row[ROW], column, row["told"] or "", check.code, check.field, check.parameters(row))
                    for row in told.iter_rows(named=True)])
                good = good.filter(~check.fails.fill_null(False))
        return good

    def _reject(self, failing: pl.DataFrame, name: str, column: str, place: int, rejects: Rejects) -> None:
        item = self.table.field(name)
        texts = {code: reason(code, **_parameters(item)) for code in failing["code"].unique().to_list()}
        rejects.add(failing.select(
            place=pl.lit(place, dtype=pl.Int64), file=pl.lit(""), table=pl.lit(self.table.name), row_number=pl.col(ROW),
            column=pl.lit(column), value=pl.col("value").fill_null("").str.slice(0, 200), code="code",
            reason=pl.col("code").replace_strict(texts, return_dtype=pl.String), field=pl.lit(name)))

    def _flawed(self, chunk: Chunk, place: int, rejects: Rejects) -> pl.DataFrame:
        """Rows whose cells are flawed in a column that this table reads."""
        wanted = set(chunk.frame[ROW].to_list()) if chunk.flaws else set()
        mine = [flaw for flaw in chunk.flaws if flaw.row in wanted and (not flaw.column or self._field(flaw))]
        rejects.add_rows(place, self.table.name, [
            (flaw.row, flaw.column, flaw.value, flaw.code, self._field(flaw), {}) for flaw in mine])
        return pl.DataFrame({ROW: [flaw.row for flaw in mine]}, schema={ROW: pl.Int64})

    def _field(self, flaw: Flaw) -> str:
        return next((name for name, reads in self.reads.items() if flaw.column in reads), "")


def _parameters(item: Field) -> dict[str, Any]:
    return {"choices": " ".join(item.choices), "length": item.length, "least": item.least}


def _merge_repeats(table: StagedTable) -> None:
    """Keep the first of rows that are equal in every column of the table."""
    names = [item.column for item in table.table.fields]
    again = table.columns(names).filter(~pl.struct(names).is_first_distinct())
    table.skipped += again.height
    table.drop(again)

