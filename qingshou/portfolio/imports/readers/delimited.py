"""CSV and its kin: encoding found by the bytes, delimiter by the header, rows streamed."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import IO, Any

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

BLOCK = 1 << 20
DELIMITERS = (",", "\t", ";", "|")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG")
_LONGEST_CELL = 100_000

csv.field_size_limit(_LONGEST_CELL)


class Delimited(Sheet):
    """A text file of rows."""

    def __init__(self, path: Path, file: str, encoding: str, delimiter: str) -> None:
        self.path = path
        self.encoding = encoding
        self._size = max(path.stat().st_size, 1)
        self._raw: IO[bytes] | None = None
        with _text(path, encoding) as text:
            first = next((line for line in text if line.strip()), "")
        self.delimiter = max(DELIMITERS, key=first.count) if delimiter == "auto" else delimiter
        self.file = file
        header = next((cells for _, cells in self._rows() if any(cell.strip() for cell in cells)), [])
        super().__init__(file, "", header)

    def chunks(self, columns: Sequence[str], size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        places = [self.header.index(name) for name in columns]
        pick: Any = itemgetter(*places) if len(places) > 1 else lambda cells: tuple(cells[place] for place in places)
        width = len(self.header)
        padding = [""] * width
        numbers: list[int] = []
        rows: list[Sequence[str]] = []
        flaws: list[Flaw] = []
        seen_header = False
        for number, cells in self._rows():
            if not seen_header:
                seen_header = any(cell.strip() for cell in cells)
                continue
            if len(cells) != width:
                if len(cells) > width and any(cell.strip() for cell in cells[width:]):
                    flaws.append(Flaw(number, "", self.delimiter.join(cells)[:200], "too_many_cells"))
                cells = (cells + padding)[:width]
            if not any(cells):
                continue
            numbers.append(number)
            rows.append(pick(cells))
            if len(rows) == size:
                yield Chunk(frame_of(numbers, rows, columns, ROW), flaws)
                numbers, rows, flaws = [], [], []
        if rows or flaws:
            yield Chunk(frame_of(numbers, rows, columns, ROW), flaws)

    def permille(self) -> int:
        raw = self._raw
        return 0 if raw is None or raw.closed else min(1000, raw.tell() * 1000 // self._size)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """(row number, cells): a row of a spreadsheet is a record here, also where a cell holds line breaks."""
        number = 0
        with open(self.path, "rb") as raw, _decoded(raw, self.path, self.encoding) as text:
            self._raw = raw
            try:
                for cells in csv.reader(text, delimiter=self.delimiter, strict=True):
                    number += 1
                    yield number, cells
            except csv.Error as error:
                code = "cell" if "field larger" in str(error) else "quotes"
                raise FileRefused(self.file, code, row=number + 1) from None
            except UnicodeError:
                raise FileRefused(self.file, "encoding", encoding=self.encoding, row=number + 1) from None
            except (EOFError, zlib.error, gzip.BadGzipFile):
                raise FileRefused(self.file, "broken_gzip") from None


def open_delimited(path: Path, name: str, *, encoding: str, delimiter: str) -> Delimited:
    """Find the encoding (unless told) and open. Raises FileRefused."""
    try:
        with open(path, "rb") as raw:
            start = _unpacked(raw, path).read(4)
        if not start:
            raise FileRefused(name, "empty")
        if start.startswith(_MAGIC):
            raise FileRefused(name, "binary")
        if encoding == "auto":
            encoding = detect(path, name)
        elif encoding == "utf-8":
            encoding = "utf-8-sig"
        return Delimited(path, name, encoding, delimiter)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise FileRefused(name, "broken_gzip") from None
    except UnicodeError:
        raise FileRefused(name, "encoding", encoding=encoding, row=1) from None


def detect(path: Path, name: str) -> str:
    """UTF-8 with or without its mark, UTF-16 by its mark, else GB18030 if every byte fits it. Reads the whole file once."""
    total, row = 0, 1
    decoders = {"utf-8": codecs.getincrementaldecoder("utf-8")(), "gb18030": codecs.getincrementaldecoder("gb18030")()}
    with open(path, "rb") as raw:
        file = _unpacked(raw, path)
        while block := file.read(BLOCK):
            if not total:
                for mark, encoding in BOMS:
                    if block.startswith(mark):
                        return encoding
            total += len(block)
            if total > LARGEST_UNPACKED_BYTES:
                raise FileRefused(name, "too_large")
            for encoding in list(decoders):
                try:
                    decoders[encoding].decode(block)
                except UnicodeDecodeError as error:
                    del decoders[encoding]
                    if not decoders:
                        row += block[:error.start].count(b"\n")
                        raise FileRefused(name, "encoding", encoding="UTF-8 / GB18030", row=row) from None
            row += block.count(b"\n")
    for encoding, decoder in decoders.items():
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileRefused(name, "encoding", encoding="UTF-8 / GB18030", row=row)


def _zipped(path: Path) -> bool:
    with open(path, "rb") as raw:
        return raw.read(2) == b"\x1f\x8b"


def _decoded(raw: IO[bytes], path: Path, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(_unpacked(raw, path), encoding=encoding, errors="strict", newline="")


def _unpacked(raw: IO[bytes], path: Path) -> Any:
    return gzip.GzipFile(fileobj=raw, mode="rb") if _zipped(path) else raw


def _text(path: Path, encoding: str) -> io.TextIOWrapper:
    return _decoded(open(path, "rb"), path, encoding)
