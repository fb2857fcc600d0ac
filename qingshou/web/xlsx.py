"""XLSX out: money as numbers of yuan, dates as dates, and text that stays text.

A cell never becomes a formula: text is always written as a string, whatever it begins with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {"text": "@", "fen": "#,##0.00", "ppm": "0.00##%", "date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm",
         "number": "#,##0"}
LARGEST_EXACT_FEN = 10**15  # a spreadsheet's number keeps 15 digits; larger amounts are written as text
MOST_ROWS = 1_048_575  # the format's own limit, less the header
BAD_IN_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True)
class Column:
    """*kind*: text, fen (integer fen shown as yuan), ppm (integer millionths shown as percent), date, moment, number."""

    title: str
    kind: str = "text"
    width: int = 14


@dataclass(frozen=True)
class Sheet:
    """One sheet: a line of notes above, if any, then the header and the rows."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    notes: Sequence[str] = field(default_factory=tuple)


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The file. Raises ValueError on an unknown kind of column or a value that does not fit its column."""
    stream = BytesIO()
    # constant_memory writes row by row, so a long list does not stand in memory twice.
    book = xlsxwriter.Workbook(stream, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                        "strings_to_numbers": False})
    formats = {kind: book.add_format({"num_format": code, "valign": "top"}) for kind, code in KINDS.items()}
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E4F1F3", "valign": "top"})
    note = book.add_format({"font_color": "#66758A"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name.translate(BAD_IN_NAME)[:31])
        for index, column in enumerate(sheet.columns):
            if column.kind not in KINDS:
                raise ValueError(f"{sheet.name}: unknown kind of column {column.kind!r}")
            page.set_column(index, index, column.width)
        line = 0
        for text in sheet.notes:
            page.write_string(line, 0, text, note)
            line += 1
        for index, column in enumerate(sheet.columns):
            page.write_string(line, index, column.title, head)
        page.freeze_panes(line + 1, 0)
        for row in sheet.rows:
            line += 1
            if line > MOST_ROWS:
                raise ValueError(f"{sheet.name}: a sheet holds at most {MOST_ROWS} rows")
            for index, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                _write(page, line, index, column.kind, value, formats)
    book.close()
    return stream.getvalue()


def _write(page: Any, line: int, index: int, kind: str, value: Any, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if kind == "fen":
        _write_scaled(page, line, index, int(value), 2, formats[kind], formats["text"])
    elif kind == "ppm":
        _write_scaled(page, line, index, int(value), 6, formats[kind], formats["text"])
    elif kind == "number":
        page.write_number(line, index, value, formats[kind])
    elif kind in ("date", "moment"):
        if isinstance(value, datetime) and timezone.is_aware(value):
            value = timezone.make_naive(value)
        if not isinstance(value, date):
            raise ValueError(f"{value!r} is not a date")
        page.write_datetime(line, index, value, formats[kind])
    else:
        page.write_string(line, index, str(value), formats["text"])


def _write_scaled(page: Any, line: int, index: int, value: int, digits: int, number: Any, text: Any) -> None:
    """An integer shifted by *digits* decimals. The file holds the decimal text; only the reader's program makes a number."""
    exact = Decimal(value).scaleb(-digits)
    if abs(value) < LARGEST_EXACT_FEN:
        page.write_number(line, index, exact, number)
    else:
        page.write_string(line, index, f"{exact:f}", text)


def response(content: bytes, filename: str) -> HttpResponse:
    """A download. The name may be Chinese."""
    answer = HttpResponse(content, content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    return answer
