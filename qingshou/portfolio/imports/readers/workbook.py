"""XLSX by python-calamine, with what it does not tell read from the sheet's own XML: formulas and error values."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import python_calamine as calamine

from qingshou.portfolio.imports.readers.sheet import (
    CHUNK_ROWS,
    LARGEST_UNPACKED_BYTES,
    Chunk,
    FileRefused,
    Flaw,
    Sheet,
    frame_of,
)
from qingshou.portfolio.imports.values import ROW

HEADER_WITHIN_ROWS = 20  # titles and notes may stand above the header
_EXACT_DIGITS = 10**15  # beyond them a spreadsheet's number has lost digits
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_BLOCK = 1 << 20
_CELL = re.compile(r"([A-Z]+)(\d+)")


class Worksheet(Sheet):
    """A sheet of a workbook."""

    workbook = True

    def __init__(self, file: str, sheet: calamine.CalamineSheet, special: dict[int, dict[int, str]]) -> None:
        self._start = sheet.start or (0, 0)
        self._sheet = sheet
        self._special = special
        self._merged = _merged_cells(sheet)
        self._done = 0
        self.header_row, header = _find_header(sheet, self._start, self._merged)
        super().__init__(file, sheet.name, header)

    def chunks(self, columns: Sequence[str], size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        left = self._start[1]
        places = [self.header.index(name) for name in columns]
        numbers: list[int] = []
        rows: list[Sequence[str]] = []
        flaws: list[Flaw] = []
        for number, cells in enumerate(self._sheet.iter_rows(), self._start[0] + 1):
            self._done = number
            if number <= self.header_row:
                continue
            picked = []
            for name, place in zip(columns, places, strict=True):
                value, code = _text(cells[place]) if place < len(cells) else ("", "")
                if place + left in self._special.get(number, ()):
                    code = self._special[number][place + left]
                elif place + left in self._merged.get(number, ()):
                    code = "merged"
                if code:
                    flaws.append(Flaw(number, name, value, code))
                picked.append(value)
            if not any(picked) and not (flaws and flaws[-1].row == number) and not any(cell != "" for cell in cells):
                continue
            numbers.append(number)
            rows.append(picked)
            if len(rows) == size:
                yield Chunk(frame_of(numbers, rows, columns, ROW), flaws)
                numbers, rows, flaws = [], [], []
        if rows:
            yield Chunk(frame_of(numbers, rows, columns, ROW), flaws)

    def permille(self) -> int:
        return min(1000, self._done * 1000 // max(self._sheet.total_height, 1))


def open_workbook(path: Path, name: str) -> list[Sheet]:
    """The visible worksheets that hold anything. Raises FileRefused."""
    with open(path, "rb") as raw:
        start = raw.read(4)
    if start == _OLD_WORKBOOK:
        raise FileRefused(name, "old_workbook")
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > LARGEST_UNPACKED_BYTES:
                raise FileRefused(name, "too_large")
            files = _sheet_files(archive)
            book = calamine.CalamineWorkbook.from_path(path)
            sheets: list[Sheet] = []
            for about in book.sheets_metadata:
                if about.typ != calamine.SheetTypeEnum.WorkSheet or about.visible != calamine.SheetVisibleEnum.Visible:
                    continue
                sheet = book.get_sheet_by_name(about.name)
                if sheet.height:
                    sheets.append(Worksheet(name, sheet, _special_cells(archive, files.get(about.name, ""))))
    except (zipfile.BadZipFile, calamine.CalamineError, KeyError, EOFError, OSError, ElementTree.ParseError):
        raise FileRefused(name, "broken_workbook") from None
    if not sheets:
        raise FileRefused(name, "empty")
    return sheets


def _find_header(sheet: calamine.CalamineSheet, start: tuple[int, int],
                 merged: dict[int, set[int]]) -> tuple[int, list[str]]:
    """The first of the top rows with the most filled cells that are text and not merged: (row number, names)."""
    best: tuple[int, int, list[str]] = (0, start[0] + 1, [])
    for number, cells in enumerate(sheet.iter_rows(), start[0] + 1):
        if number > start[0] + HEADER_WITHIN_ROWS:
            break
        texts = [cell.strip() if isinstance(cell, str) else "" for cell in cells]
        filled = sum(bool(text) for text in texts)
        if filled > best[0] and not merged.get(number):
            best = (filled, number, texts)
    return best[1], best[2]


def _merged_cells(sheet: calamine.CalamineSheet) -> dict[int, set[int]]:
    """Columns (from 0) that are part of a merged range, by row number (from 1)."""
    found: dict[int, set[int]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        for row in range(top, bottom + 1):
            found.setdefault(row + 1, set()).update(range(left, right + 1))
    return found


def _sheet_files(archive: zipfile.ZipFile) -> dict[str, str]:
    """The archive's file of each sheet, by the sheet's name."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {item.get("Id"): str(item.get("Target")).lstrip("/") for item in relations}
    found = {}
    for item in book.iter():
        if item.tag.endswith("}sheet"):
            relation = next((value for key, value in item.attrib.items() if key.endswith("}id")), "")
            target = targets.get(relation, "")
            found[str(item.get("name"))] = target if target.startswith("xl/") else f"xl/{target}"
    return found


def _special_cells(archive: zipfile.ZipFile, file: str) -> dict[int, dict[int, str]]:
    """Codes of cells that are formulas or error values, by row number and column (from 0). A sheet without any costs one
    scan of its bytes."""
    if file not in archive.namelist() or not _mentions_special(archive, file):
        return {}
    found: dict[int, dict[int, str]] = {}
    with archive.open(file) as xml:
        for _, element in ElementTree.iterparse(xml):
            local = element.tag.rpartition("}")[2]
            if local == "c":
                match = _CELL.fullmatch(element.get("r", ""))
                formula = any(child.tag.rpartition("}")[2] == "f" for child in element)
                if match and (formula or element.get("t") == "e"):
                    found.setdefault(int(match[2]), {})[_column_index(match[1])] = "formula" if formula else "error_cell"
            elif local == "row":
                element.clear()
    return found


def _mentions_special(archive: zipfile.ZipFile, file: str) -> bool:
    tail = b""
    with archive.open(file) as xml:
        while block := xml.read(_BLOCK):
            if re.search(rb'<(\w+:)?f[ />]|\bt="e"', tail + block):
                return True
            tail = block[-16:]
    return False


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _text(cell: Any) -> tuple[str, str]:
    """A cell as the text that a spreadsheet would show, and the code of what is wrong with it."""
    if isinstance(cell, str):
        return cell, ""
    if isinstance(cell, bool):
        return ("1" if cell else "0"), ""
    if isinstance(cell, int | float):
        if abs(cell) >= _EXACT_DIGITS:
            return format(Decimal(cell), "f"), "digits_lost"
        plain = format(Decimal(format(cell, ".15g")), "f")
        return (plain.rstrip("0").rstrip(".") if "." in plain else plain), ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d" if cell.time() == time() else "%Y-%m-%d %H:%M:%S"), ""
    if isinstance(cell, date):
        return cell.isoformat(), ""
    if isinstance(cell, time | timedelta):
        return str(cell), ""
    return str(cell), ""
