"""What every reader gives: a sheet with its header and its rows in chunks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

CHUNK_ROWS = 100_000
LARGEST_UNPACKED_BYTES = 8 * 1024**3

REFUSALS: dict[str, Any] = {
    "kind": _("只能导入 CSV（可用 gz 压缩）或 XLSX 文件"),
    "old_workbook": _("是旧版 XLS 或加了密码的工作簿，请另存为不加密的 XLSX"),
    "broken_workbook": _("工作簿不完整或已损坏，请重新导出"),
    "broken_gzip": _("压缩文件不完整或已损坏，请重新导出"),
    "too_large": _("文件过大"),
    "empty": _("文件里没有表头"),
    "binary": _("不是文本文件"),
    "encoding": _("不是 %(encoding)s 编码：第 %(row)s 行附近读不出来"),
    "quotes": _("第 %(row)s 行附近引号不成对"),
    "cell": _("第 %(row)s 行有一格过长，前面可能有引号不成对"),
    "columns": _("缺少列：%(names)s"),
    "columns_twice": _("列名重复：%(names)s"),
    "no_source": _("方案“%(profile)s”不认得这个文件：文件名和表头都对不上"),
    "lookup": _("方案“%(profile)s”还需要文件 %(names)s"),
    "lookup_key": _("对照表缺少列：%(names)s"),
}


class FileRefused(Exception):
    """A file cannot be used; ``str()`` is the reason for the user, with the file's name before it."""

    def __init__(self, name: str, code: str, **parameters: Any) -> None:
        super().__init__(gettext("%(file)s：%(reason)s") % {"file": name, "reason": str(REFUSALS[code]) % parameters})
        self.name = name
        self.code = code


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a cell before its text is even looked at. *column*: the header's name, '' for the whole row."""

    row: int
    column: str
    value: str
    code: str


@dataclass(frozen=True)
class Chunk:
    """Rows as text columns by header name, with ``row_number`` as a spreadsheet shows it."""

    frame: pl.DataFrame
    flaws: list[Flaw]


class Sheet(ABC):
    """A table of text. ``title`` is '' unless the file is a workbook."""

    workbook = False

    def __init__(self, file: str, title: str, header: Sequence[str]) -> None:
        self.file = file
        self.title = title
        self.header = [name.strip() for name in header]
        if not any(self.header):
            raise FileRefused(file, "empty")

    @abstractmethod
    def chunks(self, columns: Sequence[str], size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """The rows, only the *columns* named. Blank rows count in the numbering and are not handed out."""

    @abstractmethod
    def permille(self) -> int:
        """How far the reading is."""


def frame_of(rows: list[int], cells: Sequence[Sequence[str]], columns: Sequence[str], row_name: str) -> pl.DataFrame:
    """A frame of text columns from rows of cells."""
    by_column = list(zip(*cells, strict=True)) if cells else [()] * len(columns)
    data: dict[str, pl.Series] = {row_name: pl.Series(row_name, rows, dtype=pl.Int64)}
    data.update({name: pl.Series(name, values, dtype=pl.String) for name, values in zip(columns, by_column, strict=True)})
    return pl.DataFrame(data)
