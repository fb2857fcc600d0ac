"""A profile is data: what is mapped comes out, what is not understood is refused by name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from qingshou.access.permissions import SYSTEM
from qingshou.portfolio.imports import profiles
from qingshou.portfolio.imports.profile import ProfileError
from qingshou.portfolio.imports.profile_file import load
from qingshou.portfolio.imports.readers import FileRefused
from qingshou.portfolio.models import LedgerEvent, Loan, Party
from qingshou.portfolio.services.imports import import_files
from tests.portfolio.imports import book

BANK = """
title = "某农信社核心系统"
currency = "CNY"
[read]
dates = ["YYYYMMDD"]
amount_unit = "wan"
rate_unit = "permille_month"
blanks = ["", "无"]
identity = "strict"
[lookup.branch]
files = ["branches.csv"]
key = "CODE"
where = { OPEN = "1" }
[[source]]
table = "borrower"
files = ["ln*.csv"]
distinct = true
[source.fields]
borrower_no = { template = "K{CUST}" }
kind = { column = "TYP", map = { "1" = "person", "2" = "company" }, default = "person" }
name = ["KHMC", "NAME"]
id_number = "ZJHM"
[[source]]
table = "loan"
files = ["ln*.csv"]
where = { STATUS = { not = "9" }, AMT = { above = "0" } }
[source.fields]
loan_no = { template = "{ORG}-{row}" }
borrower_no = { template = "K{CUST}" }
product = { cases = [{ if = { TERM = ["12", "24"] }, value = { constant = "短中期" } }, { value = { template = "{TERM}月" } }] }
branch = { lookup = "branch", by = "ORG", column = "TITLE", default = "其他网点" }
principal = "AMT"
annual_rate = "RATE"
penalty_surcharge = { constant = "50", unit = "percent" }
basis = { constant = "actual/360" }
method = { constant = "bullet" }
start = "D1"
maturity = { column = "D1", add_months = "TERM" }
compound = { constant = "none" }
guarantee_kind = { constant = "credit" }
[[source]]
table = "transaction"
files = ["ln*.csv"]
where = { PAID = "*" }
[source.fields]
transaction_no = { template = "{ORG}-{row}-R" }
loan_no = { template = "{ORG}-{row}" }
date = { constant = "2026-06-30" }
kind = { constant = "repayment" }
amount = { difference = ["PAID", { column = "BACK", unit = "fen", default = "0" }] }
"""
HEADER = "ORG,CUST,TYP,KHMC,ZJHM,STATUS,AMT,RATE,D1,TERM,PAID,BACK\n"
GOOD = "01,7,,周满仓,11010519491231002X,1,12.5,6,20260131,1,0.1,300\n"


def write(folder: Path, text: str, name: str = "bank") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.django_db(transaction=True)
def test_a_new_bank_needs_a_profile_and_no_code(tmp_path):
    export, branches = tmp_path / "LN_202606.csv", tmp_path / "branches.csv"
    export.write_text(HEADER + GOOD + "02,7,无,周满仓,11010519491231002X,1,1,5,20260105,24,,\n"
                      "03,7,1,周满仓,11010519491231002X,9,1,5,20260105,24,,\n03,7,1,周满仓,11010519491231002X,1,0,5,x,24,,\n",
                      encoding="gb18030")
    branches.write_text("CODE,TITLE,OPEN\n01,城关支行,1\n02,已撤网点,0\n", encoding="gb18030")
    outcome = import_files(user=SYSTEM, profile=load(write(tmp_path, BANK)),
                           files=[(path.name, path) for path in (branches, export)])
    assert book.reasons(outcome) == []
    assert {name: (counts["read"], counts["taken"], counts["skipped"]) for name, counts in outcome.counts().items()} == {
        "borrower": (4, 1, 3), "loan": (4, 2, 2), "transaction": (4, 1, 3)}
    party = Party.objects.get()
    assert (party.borrower_no, party.kind) == ("K7", "person")
    first, second = Loan.objects.order_by("loan_no")
    assert (first.loan_no, first.principal_fen, first.rate_ppm, first.branch) == ("01-2", 12_500_000, 72_000, "城关支行")
    assert (first.starts_on, first.matures_on, first.product) == (date(2026, 1, 31), date(2026, 2, 28), "1月")
    assert (second.branch, second.product, second.penalty_surcharge_ppm) == ("其他网点", "短中期", 500_000)
    assert LedgerEvent.objects.get().amount_fen == 100_000 - 300


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("change", "column", "code"), [
    (("11010519491231002X", "110105194912310021"), "ZJHM", "id_check"), (("20260131", "2026-01-31"), "D1", "not_a_date"),
    ((",12.5,", ",12.5000001,"), "AMT", "decimals"), ((",0.1,", ",x,"), "PAID", "not_a_number"),
    ((",1,0.1", ",often,0.1"), "D1", "not_an_integer"),
])
def test_a_reject_names_the_banks_own_column(tmp_path, change, column, code):
    export, branches = tmp_path / "ln.csv", tmp_path / "branches.csv"
    export.write_text(HEADER + GOOD.replace(*change), encoding="utf-8")
    branches.write_text("CODE,TITLE,OPEN\n", encoding="utf-8")
    outcome = import_files(user=SYSTEM, profile=load(write(tmp_path, BANK)),
                           files=[(path.name, path) for path in (branches, export)])
    assert (2, column, code) in [(found[1], found[2], found[4]) for found in book.reasons(outcome)]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_the_profile_needs_beside_the_others_is_asked_for_by_name(tmp_path):
    export = tmp_path / "ln.csv"
    export.write_text(HEADER + GOOD, encoding="utf-8")
    with pytest.raises(FileRefused, match=r"还需要文件 branches\.csv"):
        import_files(user=SYSTEM, profile=load(write(tmp_path, BANK)), files=[(export.name, export)])


@pytest.mark.parametrize(("old", "new", "told"), [
    ('title = "某农信社核心系统"', 'titel = "某农信社核心系统"', "titel"),
    ('table = "loan"', 'table = "loans"', "table 只能是"),
    ('start = "D1"', 'begins = "D1"', "begins"), ('start = "D1"', "", "缺少必需字段：start"),
    ('start = "D1"', 'start = { colum = "D1" }', "colum"),
    ('start = "D1"', 'start = { column = "D1", constant = "1" }', "须且只能有其中一项"),
    ('start = "D1"', "start = 20260101", "须为列名"), ('dates = ["YYYYMMDD"]', 'dates = ["DD.MM"]', "DD.MM"),
    ('amount_unit = "wan"', 'amount_unit = "pence"', "pence|只能是"), ('identity = "strict"', 'identity = "very"', "只能是"),
    ("[read]", '[read]\nencoding = "latin-1"', "只能是"), ("[read]", '[read]\ndelimiter = "ab"', "delimiter"),
    ('lookup = "branch"', 'lookup = "town"', "lookup 须写明"), ('key = "CODE"', "", "需要 files 和 key"),
    ('difference = ["PAID", {', 'difference = [{', "须有两项"), ("{ not = ", "{ is = ", "不认识的设置：is"),
    ('title = "某农信社核心系统"', "title = ", r"bank\.toml"),
    ('name = ["KHMC", "NAME"]', 'name = { sum = ["A", "B"] }', "sum 不能"),
    ('start = "D1"', 'start = { times = ["A", "B"] }', "times 不能"),
    ('principal = "AMT"', 'principal = { column = "A", unit = "percent" }', r"unit: 只能是 fen"),
    ('principal = "AMT"', 'principal = { column = "A", add_days = "B" }', "add_days 不能"),
    ('"PAID", {', '{ months_between = ["A", "B"] }, {', "months_between 不能"),
])
def test_what_a_profile_says_wrongly_is_refused_by_name(tmp_path, old, new, told):
    assert old in BANK
    with pytest.raises(ProfileError, match=told) as refused:
        load(write(tmp_path, BANK.replace(old, new, 1)))
    assert str(refused.value).startswith("bank.toml: ")


def test_a_banks_own_profile_stands_beside_the_shipped_ones_and_is_found_by_name_or_path(tmp_path, settings):
    settings.HOME = tmp_path
    own = tmp_path / "profiles"
    own.mkdir()
    path = write(own, BANK)
    assert profiles.find("bank").title == "某农信社核心系统" == profiles.find(str(path)).title
    assert next(item.name for item in profiles.listed()) == "standard"
    with pytest.raises(ProfileError, match=r"没有名为 nobody 的导入方案；有：.*bank.*standard"):
        profiles.find("nobody")


def test_the_standard_profile_has_exactly_the_canonical_headers():
    from qingshou.portfolio.imports.canonical import TABLES

    for source in profiles.find("standard").sources:
        assert {name: value.given[0] for name, value in source.fields.items()} == {
            field.name: field.name for field in source.table.fields}
        assert [value.given[1] for value in source.fields.values()] == [str(item.title) for item in source.table.fields]
    assert {source.table.name for source in profiles.find("standard").sources} == set(TABLES)
    assert Path(settings.PROFILES).is_dir()


def test_the_profile_that_the_documentation_starts_from_can_be_read(tmp_path):
    page = (Path(settings.PROFILES).parent / "docs" / "import.md").read_text(encoding="utf-8")
    example = page.split("```toml\n", 1)[1].split("```", 1)[0]
    profile = load(write(tmp_path, example))
    assert [source.table.name for source in profile.sources] == ["loan"] and profile.rate_unit == "permille_month"


@pytest.mark.django_db(transaction=True)
def test_a_row_read_for_one_table_by_two_sources_is_counted_for_each(tmp_path):
    both = BANK + BANK[BANK.rindex("[[source]]"):].replace("-R", "-S").replace(
        'amount = { difference = ["PAID", { column = "BACK", unit = "fen", default = "0" }] }', 'amount = "BACK"')
    export, branches = tmp_path / "ln.csv", tmp_path / "branches.csv"
    export.write_text(HEADER + GOOD.replace(",0.1,300", ",x,y") + GOOD, encoding="utf-8")
    branches.write_text("CODE,TITLE,OPEN\n01,城关支行,1\n", encoding="utf-8")
    outcome = import_files(user=SYSTEM, profile=load(write(tmp_path, both)),
                           files=[(path.name, path) for path in (branches, export)])
    counts = outcome.counts()["transaction"]
    assert (counts["read"], counts["taken"], counts["rejected"]) == (4, 2, 2)
    assert [found[:3] for found in book.reasons(outcome)] == [("transaction", 2, "PAID"), ("transaction", 2, "BACK")]
