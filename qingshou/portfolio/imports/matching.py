"""Which source of a profile reads which sheet of which file, and the lookup tables that it needs beside them."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence

import polars as pl

from qingshou.portfolio.imports.profile import Lookup, Profile, Source
from qingshou.portfolio.imports.readers import FileRefused, Sheet
from qingshou.portfolio.imports.values import Columns, MissingColumn, Reader, needed


def choose(profile: Profile, file: str, sheets: list[Sheet]) -> list[tuple[Sheet, Source]]:
    """Which source reads which sheet of a file: those whose patterns fit the names (or that have none); where none of them
    finds its columns, the one whose columns are all there. Raises FileRefused when no sheet of the file is read."""
    chosen: list[tuple[Sheet, Source]] = []
    lacking: list[tuple[str, list[str]]] = []
    is_lookup = any(_fits(lookup.files, file) for lookup in profile.lookups.values())
    for sheet in sheets:
        missing = {number: _missing(source, sheet) for number, source in enumerate(profile.sources)}
        named = [number for number, source in enumerate(profile.sources) if _named(source, sheet)]
        fitting = [number for number in named if not missing[number]]
        if fitting and len(fitting) < len(named):
            raise FileRefused(label(sheet), "columns", names=", ".join(next(missing[n] for n in named if missing[n])))
        if not fitting and not is_lookup:
            by_header = [number for number in missing if not missing[number]]
            fitting = sorted(by_header, key=lambda number: -len(profile.sources[number].fields))[:1]
        if not fitting and named:
            lacking.append((label(sheet), missing[named[0]]))
        chosen.extend((sheet, profile.sources[number]) for number in fitting)
    if lacking and not (is_lookup and not chosen):
        raise FileRefused(lacking[0][0], "columns", names=", ".join(lacking[0][1]))
    if not chosen and not is_lookup:
        raise FileRefused(file, "no_source", profile=profile.title)
    return chosen


def _named(source: Source, sheet: Sheet) -> bool:
    """Whether the names say that the source reads the sheet: its title in a workbook, else the file's name."""
    if not source.files and not source.sheets:
        return True
    if sheet.workbook and source.sheets:
        return _fits(source.sheets, sheet.title) and (not source.files or _fits(source.files, sheet.file))
    return _fits(source.files, sheet.file)


def _fits(patterns: Sequence[str], name: str) -> bool:
    plain = name.lower()
    return any(fnmatch.fnmatchcase(candidate, pattern.lower()) for pattern in patterns
               for candidate in (plain, plain.removesuffix(".gz")))


def _missing(source: Source, sheet: Sheet) -> list[str]:
    columns = Columns(sheet.header)
    return [names[0] for names in needed(source, required_only=True) if not columns.has(names)]


def label(sheet: Sheet) -> str:
    return f"{sheet.file} [{sheet.title}]" if sheet.title else sheet.file


def read_lookups(profile: Profile, sheets: list[Sheet]) -> dict[str, tuple[str, pl.DataFrame]]:
    found = {}
    for name, lookup in profile.lookups.items():
        sheet = next((sheet for sheet in sheets if _fits(lookup.files, sheet.file)
                      and (not lookup.sheets or not sheet.workbook or _fits(lookup.sheets, sheet.title))), None)
        if sheet is None:
            raise FileRefused(name, "lookup", profile=profile.title, names=" / ".join(lookup.files))
        found[name] = _lookup(profile, lookup, sheet)
    return found


def _lookup(profile: Profile, lookup: Lookup, sheet: Sheet) -> tuple[str, pl.DataFrame]:
    """(key column, frame): cleaned text, the first row of each key."""
    reader = Reader(profile, Columns(sheet.header), {}, workbook=sheet.workbook)
    try:
        key = reader.columns.find((lookup.key,))
        kept = [name for name in dict.fromkeys(sheet.header) if name]
        frames = [chunk.frame.filter(reader.meets(chunk.frame, lookup.where)).select(
            reader.column((name,)).alias(name) for name in kept) for chunk in sheet.chunks(kept)]
    except MissingColumn as error:
        raise FileRefused(sheet.file, "lookup_key", names=str(error)) from None
    frame = pl.concat(frames) if frames else pl.DataFrame(schema=dict.fromkeys(kept, pl.String))
    return key, frame.filter(pl.col(key).is_not_null()).unique(key, keep="first", maintain_order=True)
