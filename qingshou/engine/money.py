"""Money as integer fen, rates as integer millionths (ppm): exact products, and the edges where text becomes numbers.

Bounds: an amount is at most ``MAX_FEN`` (10^15 fen, ten trillion yuan); a product's factor (rate in ppm × days) at most
``MAX_FACTOR``; then nothing in :func:`mul_div` leaves 64 bits (proved by ``tests/engine/test_money.py``).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TypeVar

MAX_FEN = 10**15
MAX_FACTOR = 12_000_000_000  # such as 100 % a year (1,000,000 ppm) for 12,000 days
MAX_RATE_PPM = 1_000_000_000
PPM = 1_000_000

Number = TypeVar("Number")  # int, numpy int64 array, Polars integer expression

_PLAIN = re.compile(r"-?\d{1,200}(\.\d{1,2})?")  # longer than any amount: too large is another fault than no number
_RATE = re.compile(r"-?\d{1,200}(\.\d{1,4})?")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d{1,2})?")


class MoneyError(ValueError):
    """Text that is not an amount or rate; ``code`` says why: empty, not_a_number, decimals, too_large."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


def mul_div(p: Number, a: Number, d: Number) -> Number:
    """p × a ÷ d rounded half up, exactly, without leaving 64 bits.

    For Python ints, numpy int64 arrays and Polars integer expressions alike. *p* ≥ 0 (fen, ≤ MAX_FEN), *a* ≥ 0
    (≤ MAX_FACTOR), *d* > 0 (≤ 366,000,000).
    """
    return p // d * a + (p % d * a * 2 + d) // (2 * d)  # type: ignore[operator]


def parse_yuan(text: str, *, lenient: bool = False) -> int:
    """Fen of an amount in yuan with at most two decimals, such as ``"1234.50"``.

    *lenient* (imports) also takes full-width digits, thousands commas, a currency sign and surrounding spaces.
    Raises MoneyError; never rounds.
    """
    plain = text
    if lenient:
        plain = unicodedata.normalize("NFKC", text).strip().lstrip("¥￥").strip()
        if _GROUPED.fullmatch(plain):
            plain = plain.replace(",", "")
        if plain.startswith("+"):
            plain = plain[1:]
    if not plain.strip():
        raise MoneyError("empty", text)
    if not (plain.isascii() and _PLAIN.fullmatch(plain)):
        raise MoneyError("decimals" if plain.isascii() and re.fullmatch(r"-?\d+\.\d{3,}", plain) else "not_a_number", text)
    whole, _, part = plain.lstrip("-").partition(".")
    fen = int(whole) * 100 + int(part.ljust(2, "0") or 0)
    if fen > MAX_FEN:
        raise MoneyError("too_large", text)
    return -fen if plain.startswith("-") else fen


def format_yuan(fen: int) -> str:
    """``"1234.50"`` of 123450."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def parse_percent(text: str) -> int:
    """Ppm of a rate in percent with at most four decimals, such as ``"7.2"`` → 72,000. Raises MoneyError."""
    plain = text.strip().removesuffix("%")
    if not plain:
        raise MoneyError("empty", text)
    if not (plain.isascii() and _RATE.fullmatch(plain)):
        raise MoneyError("decimals" if plain.isascii() and re.fullmatch(r"-?\d+\.\d{5,}", plain) else "not_a_number", text)
    whole, _, part = plain.lstrip("-").partition(".")
    ppm = int(whole) * 10_000 + int(part.ljust(4, "0") or 0)
    if ppm > MAX_RATE_PPM:
        raise MoneyError("too_large", text)
    return -ppm if plain.startswith("-") else ppm


def format_percent(ppm: int) -> str:
    """``"7.2"`` of 72,000; no trailing zeros."""
    sign = "-" if ppm < 0 else ""
    whole, part = divmod(abs(ppm), 10_000)
    return f"{sign}{whole}" + (f".{part:04d}".rstrip("0") if part else "")
