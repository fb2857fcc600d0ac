"""XLSX: money to the fen, dates as dates, and text that stays text."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest

from qingshou.web.xlsx import Column, Sheet, response, workbook


def cells(columns: list[Column], rows, **rest):
    book = openpyxl.load_workbook(io.BytesIO(workbook([Sheet("表", columns, rows, **rest)])))
    return list(book.active.iter_rows())


@pytest.mark.parametrize("text", [
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "00123", "1e5", "http://x.y", "周满仓"])
def test_text_is_never_a_formula_a_number_or_a_link(text: str):
    cell = cells([Column("姓名")], [(text,)])[1][0]
    assert cell.value == text and cell.data_type == "s" and cell.hyperlink is None


@pytest.mark.parametrize("kind", ["text", "fen", "ppm", "date", "moment", "number"])
def test_what_is_missing_leaves_its_cell_empty(kind: str):
    row = cells([Column("甲", kind), Column("乙", kind), Column("丙")], [(None, "", "end")])[1]
    assert [cell.value for cell in row] == [None, None, "end"]


@pytest.mark.parametrize(("fen", "written"), [
    (4_862_035, "48620.35"), (1, "0.01"), (-250, "-2.50"), (0, "0"), (99_999_999_999_999_9, "9999999999999.99")])
def test_fen_are_written_exactly_as_yuan(fen: int, written: str):
    content = workbook([Sheet("表", [Column("欠款", "fen")], [(fen,)])])
    xml = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert float(xml.split("<v>")[-1].split("</v>")[0]) == float(written)
    assert cells([Column("欠款", "fen")], [(fen,)])[1][0].number_format == "#,##0.00"


def test_money_too_large_for_a_number_is_written_in_full_as_text():
    cell = cells([Column("欠款", "fen")], [(12_345_678_901_234_567,)])[1][0]
    assert cell.value == "123456789012345.67" and cell.data_type == "s"


def test_rates_dates_and_moments_keep_their_kind():
    row = cells([Column("利率", "ppm"), Column("日期", "date"), Column("时间", "moment"), Column("天数", "number")],
                [(72_000, date(2026, 11, 24), datetime(2026, 11, 24, 1, 0, tzinfo=UTC), 12)])[1]
    assert row[0].value == 0.072 and "%" in row[0].number_format
    assert row[1].value == datetime(2026, 11, 24) and row[1].is_date  # noqa: DTZ001
    assert row[2].value == datetime(2026, 11, 24, 9, 0)  # noqa: DTZ001
    assert row[3].value == 12


def test_notes_stand_above_the_header():
    rows = cells([Column("甲"), Column("乙")], [("1", "2")], notes=["截至 2026-11-24", "=不是公式"])
    assert [row[0].value for row in rows] == ["截至 2026-11-24", "=不是公式", "甲", "1"]


def test_what_does_not_fit_its_column_is_refused():
    with pytest.raises(ValueError, match="not a date"):
        workbook([Sheet("表", [Column("日期", "date")], [("2026-11-24",)])])
    with pytest.raises(ValueError, match="unknown kind"):
        workbook([Sheet("表", [Column("日期", "day")], [])])


def test_a_name_that_a_sheet_cannot_have_is_mended():
    book = openpyxl.load_workbook(io.BytesIO(workbook([Sheet("一/二:[三]" + "长" * 40, [Column("甲")], [])])))
    assert len(book.sheetnames[0]) == 31 and not set("[]:*?/\\") & set(book.sheetnames[0])


def test_the_download_may_have_a_chinese_name():
    assert response(b"", "清单.xlsx")["Content-Disposition"] == "attachment; filename*=UTF-8''%E6%B8%85%E5%8D%95.xlsx"
