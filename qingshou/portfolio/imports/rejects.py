"""Rows that are not taken: kept as columns while an import runs, written beside the file, stored with the batch."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from qingshou.access.masking import mask_address, mask_id, mask_phone
from qingshou.portfolio.imports.canonical import PERSONAL
from qingshou.portfolio.imports.reasons import reason

SCHEMA = {"place": pl.Int64, "file": pl.String, "table": pl.String, "row_number": pl.Int64, "column": pl.String,
          "value": pl.String, "code": pl.String, "reason": pl.String, "field": pl.String}
FILE_COLUMNS = ("table", "row_number", "column", "value", "code", "reason")
MOST_STORED = 10_000  # of one import in the database; the files hold all
ROW_SHOWN = 12
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MASKS = {"id_number": mask_id, "phone": mask_phone, "address": mask_address}


class Rejects:
    """What was not taken so far. A row may have several reasons and counts once. *places*: what each reading of a sheet for
    a table is called, as ``staging.FILE`` counts them."""

    def __init__(self) -> None:
        self.places: list[str] = []
        self._frames: list[pl.DataFrame] = []

    def add(self, frame: pl.DataFrame) -> None:
        """Rows with the columns of ``SCHEMA`` but the file's name."""
        if frame.height:
            names = dict(enumerate(self.places))
            frame = frame.with_columns(file=pl.col("place").replace_strict(names, return_dtype=pl.String))
            printable = [pl.col(name).str.replace_all(r"[\x00-\x1f\x7f]", "\ufffd") for name in ("column", "value")]
            self._frames.append(frame.select(list(SCHEMA)).cast(SCHEMA).with_columns(printable))  # type: ignore[arg-type]

    def add_rows(self, place: int, table: str, rows: Iterable[tuple[int, str, str, str, str, dict[str, Any]]]) -> None:
        """Rows as (row number, column, value, code, field, parameters of the reason)."""
        self.add(pl.DataFrame([(place, "", table, row, column, value[:200], code, reason(code, **parameters), field)
                               for row, column, value, code, field, parameters in rows], schema=SCHEMA, orient="row"))

    def frame(self) -> pl.DataFrame:
        """All, in the order of files, tables and rows."""
        if not self._frames:
            return pl.DataFrame(schema=SCHEMA)
        return pl.concat(self._frames).sort("file", "table", "row_number", maintain_order=True)

    def rows(self, table: str) -> int:
        """How many rows of a table were rejected."""
        found = [frame.filter(pl.col("table") == table).select("place", "row_number") for frame in self._frames]
        return pl.concat(found).n_unique() if found else 0


def write_file(frame: pl.DataFrame, path: Path) -> None:
    """One file's rejects as CSV in UTF-8. Text that a spreadsheet would run as a formula is written behind a quote."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(FILE_COLUMNS)
        for row in frame.select(FILE_COLUMNS).iter_rows():
            writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])


def harmless(text: str) -> str:
    """*text*, behind a quote where a spreadsheet would take it for a formula (a plain negative number is none)."""
    plain_number = text[1:].replace(".", "", 1).isdigit() and text[:1] in "+-"
    return "'" + text if text.startswith(_STARTS_FORMULA) and not plain_number else text


def masked(frame: pl.DataFrame) -> pl.DataFrame:
    """The same with personal values masked, as they are stored and shown; of a whole row only its beginning."""
    hidden = [_hide(field, value) for field, value in frame.select("field", "value").iter_rows()]
    return frame.with_columns(pl.Series("value", hidden, dtype=pl.String))


def _hide(field: str, value: str) -> str:
    if not field:  # a flaw of the row, not of a cell
        return value[:ROW_SHOWN] + "…" if len(value) > ROW_SHOWN else value
    return _MASKS[field](value) if field in PERSONAL and value else value
