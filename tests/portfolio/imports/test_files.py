"""Files as banks really send them: each is read, or refused with a reason that says what to do."""

from __future__ import annotations

import datetime
import gzip
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from qingshou.portfolio.imports.readers import FileRefused, open_sheets
from qingshou.portfolio.models import Loan, Party, Reject
from tests.portfolio.imports import book
from tests.portfolio.imports.book import BORROWER, LOAN, row

pytestmark = pytest.mark.django_db(transaction=True)


def workbook(path: Path, **sheets: list[dict[str, str]]) -> openpyxl.Workbook:
    """A workbook with a sheet for each table; the first row is the header."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        page.append(list(rows[0]))
        for one in rows:
            page.append(list(one.values()))
    made.save(path)
    return openpyxl.load_workbook(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_is_found_by_the_bytes(tmp_path, encoding):
    path = tmp_path / "borrower.csv"
    path.write_bytes(book.text("borrower", BORROWER).encode(encoding))
    assert book.take(path).total("taken") == 1
    assert Party.objects.get().name == "周满仓"


def test_a_file_packed_with_gzip_is_read_and_its_name_still_says_the_table(tmp_path):
    path = tmp_path / "borrower_2026-11.csv.gz"
    path.write_bytes(gzip.compress(book.text("borrower", BORROWER).encode()))
    assert book.take(path).counts()["borrower"]["taken"] == 1


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_the_delimiter_is_found_by_the_header(tmp_path, delimiter):
    path = tmp_path / "borrower.txt"
    path.write_text(book.text("borrower", BORROWER).replace(",", delimiter), encoding="utf-8")
    assert book.take(path).total("taken") == 1


def test_chinese_headers_and_words_are_taken_as_well_as_english_ones(tmp_path):
    path = tmp_path / "导出.csv"
    path.write_text("客户号,客户类型,姓名或名称,证件号码\nB1,自然人,周满仓,990101198001010011\n", encoding="gb18030")
    assert book.take(path).counts() == {"borrower": {"read": 1, "taken": 1, "changed": 0, "unchanged": 0, "rejected": 0,
                                                     "skipped": 0}}


def test_a_file_with_an_unknown_name_is_recognised_by_its_header(tmp_path):
    path = tmp_path / "loan_transactions_export.csv"
    book.base(tmp_path)
    path.write_text(book.text("transaction", book.TRANSACTION), encoding="utf-8")
    assert book.take(path).counts()["transaction"]["taken"] == 1


@pytest.mark.parametrize(("name", "content", "told"), [
    ("borrower.csv", b"", "没有表头"),
    ("borrower.csv", b"\n\n", "没有表头"),
    ("borrower.csv", b"\xfe\xfd\x81\xff", "编码"),
    ("borrower.csv", "borrower_no,kind,name,id_number\nB1,person,周".encode() + b"\xff\xff,x\n", "第 2 行"),
    ("borrower.csv", b"PK\x03\x04rest", "不是文本文件"),
    ("borrower.csv", b"borrower_no,kind,name\nB1,person,x\n", "缺少列：id_number"),
    ("borrower.csv", b"borrower_no,kind,name,id_number,Name\nB1,person,x,1234,y\n", "列名重复：name"),
    ("borrower.csv", b'borrower_no,kind,name,id_number\nB1,person,"x,1234\n', "引号不成对"),
    ("borrower.csv.gz", gzip.compress(b"borrower_no,kind\n" * 5000, mtime=0)[:60], "压缩文件不完整"),
    ("nothing.csv", b"a,b\n1,2\n", "不认得这个文件"),
    ("borrower.pdf", b"%PDF-1.7", "只能导入"),
    ("borrower.xlsx", b"PK\x03\x04 and then the line broke", "不完整或已损坏"),
    ("borrower.xlsx", b"\xd0\xcf\x11\xe0old", "旧版 XLS"),
])
def test_a_file_that_cannot_be_used_is_refused_with_its_reason_and_nothing_is_taken(tmp_path, name, content, told):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=told) as refused:
        book.take(path)
    assert str(refused.value).startswith(name)
    assert not Party.objects.exists()


def test_one_bad_file_among_good_ones_refuses_the_whole_import(tmp_path):
    good = book.write(tmp_path, borrower=[BORROWER])[0]
    bad = tmp_path / "loan.csv"
    bad.write_text("loan_no,borrower_no\nL1,B1\n")
    with pytest.raises(FileRefused, match=r"loan\.csv：缺少列"):
        book.take(good, bad)
    assert not Party.objects.exists()


def test_a_workbook_of_several_sheets_is_imported_in_the_order_of_the_tables(tmp_path):
    path = tmp_path / "导出.xlsx"
    workbook(path, 贷款=[LOAN], borrower=[BORROWER], 说明=[{"a": "仅供参考"}])
    counts = book.take(path).counts()
    assert {name: table["taken"] for name, table in counts.items()} == {"borrower": 1, "loan": 1}


def test_a_workbook_that_was_cut_off_anywhere_is_refused(tmp_path):
    path = tmp_path / "borrower.xlsx"
    workbook(path, borrower=[BORROWER])
    whole = path.read_bytes()
    for length in range(5, len(whole) - 1, len(whole) // 7):
        path.write_bytes(whole[:length])
        with pytest.raises(FileRefused, match="不完整或已损坏"):
            book.take(path)
    assert not Party.objects.exists()


def test_formulas_are_refused_cell_by_cell_even_where_a_value_was_kept_with_them(tmp_path):
    path = tmp_path / "loan.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        page = made.add_worksheet("loan")
        page.write_row(0, 0, list(LOAN))
        page.write_row(1, 0, list(LOAN.values()))
        page.write_row(2, 0, list(row("loan", loan_no="L2").values()))
        page.write_formula(2, list(LOAN).index("principal"), "=2*60000", value=120000)
    book.take_rows(tmp_path, borrower=[BORROWER])
    outcome = book.take(path)
    assert outcome.counts()["loan"]["taken"] == 1
    assert book.reasons(outcome) == [("loan", 3, "principal", "120000", "formula")]


def test_a_formula_in_a_column_that_nobody_reads_does_no_harm(tmp_path):
    path = tmp_path / "borrower.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        page = made.add_worksheet("borrower")
        page.write_row(0, 0, [*BORROWER, "备注"])
        page.write_row(1, 0, list(BORROWER.values()))
        page.write_formula(1, len(BORROWER), "=1+1", value=2)
    assert book.take(path).total("taken") == 1


def test_every_row_of_a_merged_range_is_refused_and_a_merged_title_above_the_header_is_not(tmp_path):
    path = tmp_path / "borrower.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        page = made.add_worksheet("borrower")
        page.merge_range(0, 0, 0, 5, "2026 年 11 月借款人一览表")
        page.write_row(1, 0, list(BORROWER))
        for line, number in enumerate(("B1", "B2", "B3"), 2):
            page.write_row(line, 0, list(row("borrower", borrower_no=number).values()))
        page.merge_range(3, list(BORROWER).index("village"), 4, list(BORROWER).index("village"), "柳沟村")
    outcome = book.take(path)
    assert [(line, column, code) for _, line, column, _, code in book.reasons(outcome)] == [
        (4, "village", "merged"), (5, "village", "merged")]
    assert list(Party.objects.values_list("borrower_no", flat=True)) == ["B1"]


def test_numbers_dates_and_error_cells_of_a_workbook_are_read_as_they_are_shown(tmp_path):
    path = tmp_path / "loan.xlsx"
    made = workbook(path, borrower=[BORROWER], loan=[LOAN, row("loan", loan_no="L2"), row("loan", loan_no="L3")])
    page = made["loan"]
    columns = {name: index for index, name in enumerate(LOAN, 1)}
    page.cell(2, columns["principal"]).value = 0.1 + 0.2
    page.cell(2, columns["annual_rate"]).value = 7.2
    page.cell(2, columns["start"]).value = datetime.datetime(2026, 1, 10)  # noqa: DTZ001 - a spreadsheet's date has no zone
    page.cell(3, columns["principal"]).value = "#DIV/0!"
    page.cell(3, columns["principal"]).data_type = "e"
    page.cell(4, columns["borrower_no"]).value = 12345678901234567890
    made.save(path)
    outcome = book.take(path)
    loan = Loan.objects.get()
    assert (loan.principal_fen, loan.rate_ppm, loan.starts_on) == (30, 72_000, datetime.date(2026, 1, 10))
    assert [(line, code) for _, line, _, _, code in book.reasons(outcome)] == [(3, "error_cell"), (4, "digits_lost")]


def test_row_numbers_are_those_that_a_spreadsheet_shows(tmp_path):
    path = tmp_path / "borrower.csv"
    lines = book.text("borrower", row("borrower", address="第一行\n第二行"),
                      row("borrower", borrower_no="B2", kind="cat")).splitlines()
    path.write_text("\n" + "\n".join([*lines[:1], "", *lines[1:]]) + "\n", encoding="utf-8")
    outcome = book.take(path)
    assert book.reasons(outcome) == [("borrower", 5, "kind", "cat", "not_a_choice")]


def test_a_row_with_more_cells_than_the_header_is_refused_and_a_shorter_one_is_filled_up(tmp_path):
    path = tmp_path / "borrower.csv"
    path.write_text("borrower_no,kind,name,id_number,phone\nB1,person,周,满仓,1234,x\nB2,person,何桂兰,1234\n",
                    encoding="utf-8")
    outcome = book.take(path)
    assert [code for *_, code in book.reasons(outcome)] == ["too_many_cells"]
    assert Reject.objects.get().value == "B1,person,周,…"  # a whole row may hold an identity number
    assert Party.objects.get().borrower_no == "B2"


def test_only_the_rows_asked_for_are_read_from_a_wide_file_and_in_chunks(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("a,b,c\n" + "".join(f"{n},x,{n * 2}\n" for n in range(10)), encoding="utf-8")
    (sheet,) = open_sheets(path, "wide.csv")
    chunks = list(sheet.chunks(["c"], size=4))
    assert [chunk.frame.height for chunk in chunks] == [4, 4, 2]
    assert chunks[1].frame.rows()[0] == (6, "8")


def test_the_empty_template_is_taken_back_filled_in(tmp_path):
    from qingshou.portfolio.imports.template import EXAMPLES, standard_workbook

    path = tmp_path / "模板.xlsx"
    path.write_bytes(standard_workbook())
    made = openpyxl.load_workbook(path)
    assert [page.title for page in made] == ["借款人", "贷款", "还款计划", "交易", "保证人", "抵质押物", "余额"]
    for page, table in zip(made, ("borrower", "loan"), strict=False):
        page.append([EXAMPLES[table].get(field, "") for field in book.ROWS[table]])
    made.save(path)
    outcome = book.take(path)
    assert book.reasons(outcome) == []
    assert {name: counts["taken"] for name, counts in outcome.counts().items() if counts["read"]} == {"borrower": 1, "loan": 1}
