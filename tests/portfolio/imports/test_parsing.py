"""Text to amounts, rates, dates, identity numbers: exactly, or with the reason why not."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshou.engine.money import MAX_FEN, format_yuan
from qingshou.portfolio.imports import parsing
from qingshou.portfolio.imports.identity import identity
from qingshou.portfolio.imports.profile import BLANKS
from qingshou.portfolio.names import initials


def one(parsed: parsing.Parsed) -> tuple[object, object]:
    return parsed.value[0], parsed.code[0]


def column(text: str) -> pl.Series:
    return pl.DataFrame({"text": [text]}).select(parsing.clean(pl.col("text"), BLANKS)).to_series()


@pytest.mark.parametrize(("text", "unit", "fen", "code"), [
    ("1234.5", "yuan", 123_450, None), ("1,234,567.89", "yuan", 123_456_789, None), ("￥１２.３０", "yuan", 1_230, None),
    (" 7 ", "yuan", 700, None), (".5", "yuan", 50, None), ("5.", "yuan", 500, None), ("000123.400", "yuan", 12_340, None),
    ("0", "yuan", 0, None), ("-3.21", "yuan", -321, None), ("", "yuan", None, None), ("NULL", "yuan", None, None),
    ('="0012"', "yuan", 1_200, None), ("10000000000000.00", "yuan", MAX_FEN, None),
    ("10000000000000.01", "yuan", None, "too_large"), ("99999999999999999999", "yuan", None, "too_large"),
    ("0.005", "yuan", None, "decimals"), ("12,34", "yuan", None, "not_a_number"), ("abc", "yuan", None, "not_a_number"),
    ("1e5", "yuan", None, "not_a_number"), ("1.00E+05", "yuan", None, "shortened"), ("=A1*2", "yuan", None, "formula"),
    ("(5.00)", "yuan", None, "not_a_number"), ("12.5", "wan", 12_500_000, None), ("12.123456", "wan", 12_123_456, None),
    ("12.1234567", "wan", None, "decimals"), ("305", "fen", 305, None), ("3.5", "fen", None, "decimals"),
    ("2.5", "thousand", 250_000, None),
])
def test_an_amount_is_read_exactly_or_refused_with_a_code(text, unit, fen, code):
    assert one(parsing.amount(column(text), unit)) == (fen, code)


@pytest.mark.parametrize(("text", "fen"), [("0.005", 1), ("0.0049", 0), ("-0.005", -1), ("5864.9505117095", 586_495)])
def test_more_decimals_are_rounded_half_up_only_where_the_profile_says_so(text, fen):
    assert one(parsing.amount(column(text), "yuan", rounded=True)) == (fen, None)


def test_an_amount_in_scientific_writing_is_taken_only_where_the_profile_says_so():
    assert one(parsing.amount(column("1.25E+05"), "yuan", scientific=True)) == (12_500_000, None)


@given(st.integers(-MAX_FEN, MAX_FEN))
def test_every_amount_that_is_printed_is_read_back(fen):
    assert one(parsing.amount(pl.Series([format_yuan(fen)]), "yuan")) == (fen, None)


@pytest.mark.parametrize(("text", "unit", "ppm", "code"), [
    ("7.2", "percent", 72_000, None), ("7.2%", "percent", 72_000, None), ("7.20001", "percent", None, "decimals"),
    ("0.072", "fraction", 72_000, None), ("6", "permille_month", 72_000, None), ("6.0125‰", "permille_month", 72_150, None),
    ("5", "basis_point_day", 180_000, None), ("-1", "percent", -10_000, None), ("1000000", "percent", None, "too_large"),
])
def test_a_rate_is_brought_to_millionths_a_year(text, unit, ppm, code):
    assert one(parsing.rate(column(text), unit)) == (ppm, code)


@pytest.mark.parametrize(("text", "formats", "day", "code"), [
    ("2023-02-28", ["YYYY-MM-DD"], date(2023, 2, 28), None), ("2023-02-30", ["YYYY-MM-DD"], None, "date_impossible"),
    ("2023-2-3", ["YYYY-MM-DD"], None, "not_a_date"), ("20240229", ["YYYYMMDD"], date(2024, 2, 29), None),
    ("2024年2月3日", ["YYYY年M月D日"], date(2024, 2, 3), None), ("09/08/16", ["M/D/YYYY", "M/D/YY"], date(2016, 9, 8), None),
    ("9/22/2016 19:31", ["M/D/YYYY", "M/D/YY"], date(2016, 9, 22), None), ("Mar-18", ["MON-YY"], date(2018, 3, 1), None),
    ("2024-01-01T08:00:00", ["YYYY-MM-DD"], date(2024, 1, 1), None), ("0016-01-01", ["YYYY-MM-DD"], None, "date_range"),
    ("45000", ["YYYY-MM-DD"], None, "not_a_date"), ("=TODAY()", ["YYYY-MM-DD"], None, "formula"),
    ("", ["YYYY-MM-DD"], None, None),
])
def test_a_date_fits_one_of_the_formats_and_exists(text, formats, day, code):
    assert one(parsing.day(column(text), formats)) == (day, code)


@pytest.mark.parametrize("written", ["YYYY", "DD.MM", "hello", "YYYY-MM-DD hh"])
def test_a_date_format_without_year_and_month_or_with_other_letters_is_refused(written):
    with pytest.raises(ValueError, match=written):
        parsing.date_format(written)


@pytest.mark.parametrize(("text", "manner", "person", "code"), [
    ("11010519491231002X", "lenient", True, None), ("11010519491231002x", "strict", True, None),
    ("110105194912310021", "strict", True, "id_check"), ("110105194912310021", "lenient", True, None),
    ("990101198002300011", "lenient", True, "id_birth_date"), ("110105491231002", "strict", True, None),
    ("110105491331002", "lenient", True, "id_birth_date"), ("4.2E+17", "lenient", True, "shortened"),
    ("4.2E+17", "any", True, "shortened"), ("A123456(3)", "lenient", True, None), ("张三", "lenient", True, "id_characters"),
    ("ID-0001", "strict", True, "id_shape"), ("91350100M000100Y43", "strict", False, None),
    ("91350100M000100Y44", "strict", False, "id_check"), ("990101198002300011", "lenient", False, None),
    ("anything at all", "any", True, None),
])
def test_an_identity_number_is_judged_as_strictly_as_the_profile_says(text, manner, person, code):
    assert one(identity(column(text), manner, pl.Series([person]), 40))[1] == code


@pytest.mark.parametrize(("text", "code"), [
    ("柳沟村\n3 组", None), ("x" * 41, "too_long"), ("a\x07b", "control_character"), ("=HYPERLINK(1)", "formula"),
    ("2.02E+14", "shortened"), ("5E12", None),
])
def test_text_is_plain_and_within_its_length(text, code):
    assert one(parsing.text(column(text), 40))[1] == code


@pytest.mark.parametrize(("text", "value", "code"), [
    ("36", 36, None), ("36.0", 36, None), ("３６", 36, None), ("36.5", None, "not_an_integer"), ("0", None, "too_small"),
    ("601", None, "too_large"), ("x", None, "not_an_integer"),
])
def test_a_whole_number_is_whole_and_within_bounds(text, value, code):
    assert one(parsing.integer(column(text), 1, 600)) == (value, code)


@pytest.mark.parametrize(("name", "person", "letters"), [
    ("周满仓", True, "zmc"), ("单田芳", True, "stf"), ("尉迟恭", True, "ycg"), ("永顺粮油经营部", False, "yslyjyb"),
    ("单位食堂", False, "dwst"), ("Client 12", True, "client12"),
])
def test_initials_read_surnames_as_surnames(name, person, letters):
    assert initials(name, person) == letters
