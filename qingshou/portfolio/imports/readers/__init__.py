"""Open a file of an export and hand out its rows in chunks of text, with what is wrong with single cells.

A file that cannot be read as a whole raises ``FileRefused`` with the reason; nothing of it is taken then.
"""

from __future__ import annotations

from pathlib import Path

from qingshou.portfolio.imports.readers.sheet import CHUNK_ROWS, Chunk, FileRefused, Flaw, Sheet

__all__ = ["CHUNK_ROWS", "Chunk", "FileRefused", "Flaw", "Sheet", "open_sheets"]

CSV_ENDINGS = (".csv", ".txt", ".tsv", ".csv.gz", ".txt.gz", ".tsv.gz")


def open_sheets(path: Path, name: str, *, encoding: str = "auto", delimiter: str = "auto") -> list[Sheet]:
    """The sheets of a file: one of a text file, those with any content of a workbook. *name*: as the user calls it."""
    from qingshou.portfolio.imports.readers import delimited, workbook

    ending = name.lower()
    if ending.endswith(".xlsx"):
        return workbook.open_workbook(path, name)
    if ending.endswith(CSV_ENDINGS):
        return [delimited.open_delimited(path, name, encoding=encoding, delimiter=delimiter)]
    raise FileRefused(name, "kind")
