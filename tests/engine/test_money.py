"""Money: exact products within stated bounds, and text that becomes numbers or is refused with a reason."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshou.engine.daycount import YEAR_DAYS
from qingshou.engine.money import (
    MAX_FACTOR,
    MAX_FEN,
    PPM,
    MoneyError,
    format_percent,
    format_yuan,
    mul_div,
    parse_percent,
    parse_yuan,
)

DIVISORS = st.one_of(st.sampled_from([int(year) * PPM for year in YEAR_DAYS]), st.integers(1, 366 * PPM))


@given(st.integers(0, MAX_FEN), st.integers(0, MAX_FACTOR), DIVISORS)
def test_a_product_is_exact_and_rounded_half_up_for_numbers_and_columns_alike(p: int, a: int, d: int) -> None:
    exact = Fraction(p) * a / d
    expected = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    assert mul_div(p, a, d) == expected
    if p // d * a <= 2**62:  # a result that fits
        assert mul_div(np.array([p]), np.array([a]), np.array([d]))[0] == expected
        frame = pl.DataFrame({"p": [p], "a": [a], "d": [d]}).select(mul_div(pl.col("p"), pl.col("a"), pl.col("d")))
        assert frame.item() == expected


@pytest.mark.parametrize("d", [366 * PPM, 365 * PPM, 360 * PPM, 365 * PPM - 1])
def test_nothing_leaves_64_bits_at_the_bounds(d: int) -> None:
    for p in (MAX_FEN, MAX_FEN - 1, d - 1, d * (MAX_FEN // d) - 1):
        whole, rest = p // d * MAX_FACTOR, p % d * MAX_FACTOR * 2 + d
        assert max(whole, rest, whole + rest) < 2**63


@given(st.integers(-MAX_FEN, MAX_FEN))
def test_an_amount_reads_back_as_it_was_written(fen: int) -> None:
    assert parse_yuan(format_yuan(fen)) == fen


@given(st.integers(0, 100 * PPM))
def test_a_rate_reads_back_as_it_was_written(ppm: int) -> None:
    assert parse_percent(format_percent(ppm)) == ppm


@pytest.mark.parametrize(("text", "fen"), [
    ("100000", 10_000_000), ("0.1", 10), ("0.01", 1), ("-3.50", -350), ("10000000000000.00", MAX_FEN), ("007.00", 700)])
def test_amounts_of_yuan_are_read(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(("text", "code"), [
    ("", "empty"), (" ", "empty"), ("1.234", "decimals"), ("1" * 20, "too_large"), ("9" * 60 + ".00", "too_large"),
    ("10000000000000.01", "too_large"), ("1,000.00", "not_a_number"), ("1e5", "not_a_number"), ("٣", "not_a_number"),
    ("１００", "not_a_number"), ("0x10", "not_a_number"), ("NaN", "not_a_number"), ("1.", "not_a_number"),
    ("--1", "not_a_number")])
def test_what_is_not_an_amount_is_refused_with_a_reason(text: str, code: str) -> None:
    with pytest.raises(MoneyError) as refusal:
        parse_yuan(text)
    assert refusal.value.code == code


@pytest.mark.parametrize(("text", "fen"), [
    ("１，２３４．５０", 123_450), ("￥1,234.5", 123_450), (" +5 ", 500), ("¥-7.00", -700)])
def test_an_import_reads_what_spreadsheets_write(text: str, fen: int) -> None:
    assert parse_yuan(text, lenient=True) == fen


@pytest.mark.parametrize(("text", "ppm"), [("7.2", 72_000), ("4.35%", 43_500), ("0", 0), ("15.4", 154_000), ("0.0001", 1)])
def test_rates_in_percent_are_read(text: str, ppm: int) -> None:
    assert parse_percent(text) == ppm


@pytest.mark.parametrize(("text", "code"), [
    ("", "empty"), ("7.23456", "decimals"), ("seven", "not_a_number"), ("9" * 30, "too_large")])
def test_what_is_not_a_rate_is_refused_with_a_reason(text: str, code: str) -> None:
    with pytest.raises(MoneyError) as refusal:
        parse_percent(text)
    assert refusal.value.code == code
