"""Text columns to typed columns, whole columns at once: a value, or the code of why there is none.

Nothing here rounds, guesses or repairs unless the profile says so. Codes are explained by ``reasons``. Each step is a
column of its own, so that nothing is computed twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from qingshou.engine.money import MAX_FEN
from qingshou.portfolio.imports.canonical import EARLIEST, LATEST

# How many decimals of the unit make one fen; for rates also by what to multiply and divide to make ppm a year.
AMOUNT_UNITS = {"fen": 0, "yuan": 2, "thousand": 5, "wan": 6}
RATE_UNITS = {"percent": (4, 1, 1), "fraction": (6, 1, 1), "permille": (3, 1, 1), "permille_month": (5, 12, 100),
              "basis_point_day": (4, 360, 100)}
TOKENS = {"YYYY": (r"\d{4}", "%Y"), "YY": (r"\d{2}", "%y"), "MON": (r"[A-Za-z]{3}", "%b"), "MM": (r"\d{2}", "%m"),
          "M": (r"\d{1,2}", "%m"), "DD": (r"\d{2}", "%d"), "D": (r"\d{1,2}", "%d")}
TIME_OF_DAY = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
YES, NO = ("1", "true", "yes", "y", "是"), ("0", "false", "no", "n", "否")
SHORTENED = r"^-?\d(\.\d+)?E\+\d{2,3}$"  # 4.2E+17: a spreadsheet dropped the digits
_SCIENTIFIC = r"^(-?)(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})$"
_MOST_DIGITS = 18  # what surely fits 64 bits
_MOST_PPM = 10**9
_TOKEN = re.compile("|".join(TOKENS))


@dataclass(frozen=True)
class Parsed:
    """A typed column, and a column of codes that is null where the value (or its absence) is fine."""

    value: pl.Series
    code: pl.Series


def clean(text: pl.Expr, blanks: Sequence[str]) -> pl.Expr:
    """Text without surrounding space and line breaks; null where it stands for nothing. ``="0012"`` gives 0012."""
    plain = text.str.strip_chars().str.replace(r'^="([^"]*)"$', "$1").str.replace_all(r"\s*[\r\n\t]+\s*", " ")
    return plain.replace_strict(dict.fromkeys(("", *blanks)), default=plain, return_dtype=pl.String)


def judged(frame: pl.DataFrame, *cases: tuple[pl.Expr, str]) -> Parsed:
    """The frame's column ``value``, with the code of the first case that holds; a value with a code is no value."""
    code = pl.coalesce(*(pl.when(condition).then(pl.lit(code)) for condition, code in cases))
    frame = frame.with_columns(code=code)
    return Parsed(frame.select(pl.when(pl.col("code").is_null()).then("value").alias("value")).to_series(), frame["code"])


def bounded(parsed: Parsed, *cases: tuple[pl.Expr, str]) -> Parsed:
    """*parsed* with more cases (over ``value``) that must not hold; the code that it has already stays."""
    frame = pl.DataFrame({"value": parsed.value, "before": parsed.code})
    again = judged(frame, *cases)
    code = pl.DataFrame({"before": parsed.code, "code": again.code}).select(pl.coalesce("before", "code")).to_series()
    return Parsed(again.value, code)


def text(column: pl.Series, length: int) -> Parsed:
    """Plain text of at most *length* characters."""
    value = pl.col("value")
    return judged(pl.DataFrame({"value": column}),
                  (value.str.starts_with("="), "formula"), (value.str.contains(SHORTENED), "shortened"),
                  (value.str.contains(r"[\x00-\x1f\x7f]"), "control_character"), (value.str.len_chars() > length, "too_long"))


def choice(column: pl.Series, choices: Sequence[str]) -> Parsed:
    """One of a few words."""
    value = pl.col("value")
    return judged(pl.DataFrame({"value": column.str.to_lowercase()}),
                  (value.str.starts_with("="), "formula"), (~value.is_in(list(choices)), "not_a_choice"))


def yes_no(column: pl.Series) -> Parsed:
    """Yes or no, in words or digits."""
    words = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}
    frame = pl.DataFrame({"text": column}).with_columns(
        value=pl.col("text").str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean))
    return judged(frame, (pl.col("text").is_not_null() & pl.col("value").is_null(), "not_yes_no"))


def integer(column: pl.Series, least: int, most: int) -> Parsed:
    """A whole number (``36`` or ``36.0``) within bounds."""
    frame = pl.DataFrame({"text": column}).with_columns(
        value=pl.col("text").str.normalize("NFKC").str.extract(r"^(-?\d{1,9})(?:\.0*)?$", 1).cast(pl.Int64))
    return judged(frame, (pl.col("text").str.starts_with("="), "formula"),
                  (pl.col("text").is_not_null() & pl.col("value").is_null(), "not_an_integer"),
                  (pl.col("value") < least, "too_small"), (pl.col("value") > most, "too_large"))


def decimal(column: pl.Series, scale: int, *, rounded: bool, scientific: bool = False) -> Parsed:
    """Digits as a whole number of the unit's 10^-scale part, exactly; *rounded* half up where more decimals came."""
    plain = pl.col("plain")
    frame = pl.DataFrame({"text": column}).with_columns(
        plain=pl.col("text").str.normalize("NFKC").str.replace_all(" ", "").str.replace(r"^[¥￥$]", "")
        .str.replace(r"^\+", "").str.replace(r"^(-?)\.", "${1}0."))
    frame = frame.with_columns(plain=pl.when(plain.str.contains(r"^-?\d{1,3}(,\d{3})+(\.\d*)?$"))
                               .then(plain.str.replace_all(",", "")).otherwise(plain))
    if scientific:
        frame = _written_out(frame)
    frame = frame.with_columns(parts=plain.str.extract_groups(r"^(?<sign>-?)(?<whole>\d+)(?:\.(?<part>\d*))?$")) \
        .unnest("parts").with_columns(known=pl.col("whole").is_not_null(), part=pl.col("part").fill_null(""),
                                      whole=pl.col("whole").str.strip_chars_start("0"))
    frame = frame.with_columns(fits=pl.col("whole").str.len_chars() + scale <= _MOST_DIGITS,
                               rest=pl.col("part").str.slice(scale))
    kept = pl.col("part").str.slice(0, scale).str.pad_end(scale, "0") if scale else pl.lit("")
    up = (pl.col("rest").str.slice(0, 1) >= "5").cast(pl.Int64) if rounded else pl.lit(0)
    frame = frame.with_columns(digits=pl.when("fits").then(pl.lit("0") + pl.col("whole") + kept).cast(pl.Int64) + up)
    frame = frame.with_columns(value=pl.when(pl.col("sign") == "-").then(-pl.col("digits")).otherwise("digits"))
    return judged(
        frame, (pl.col("text").str.starts_with("="), "formula"),
        (pl.col("text").str.contains(SHORTENED) & ~pl.col("known"), "shortened"),
        (pl.col("text").is_not_null() & ~pl.col("known"), "not_a_number"), (pl.col("known") & ~pl.col("fits"), "too_large"),
        (pl.lit(not rounded) & pl.col("rest").str.contains("[1-9]"), "decimals"))


def amount(column: pl.Series, unit: str, *, rounded: bool = False, scientific: bool = False) -> Parsed:
    """Money in fen; sign as written. Beyond ``MAX_FEN``: too_large."""
    return bounded(decimal(column, AMOUNT_UNITS[unit], rounded=rounded, scientific=scientific),
                   (pl.col("value").abs() > MAX_FEN, "too_large"))


def rate(column: pl.Series, unit: str) -> Parsed:
    """A rate a year in ppm."""
    scale, times, divide = RATE_UNITS[unit]
    parsed = decimal(column.str.replace(r"[%％‰]$", ""), scale, rounded=False)
    if divide != 1:
        parsed = Parsed((parsed.value * times * 2 + divide) // (2 * divide), parsed.code)
    return bounded(parsed, (pl.col("value") > _MOST_PPM, "too_large"))


def day(column: pl.Series, formats: Sequence[str]) -> Parsed:
    """A date by the first format that its shape fits; a time of day after it is dropped."""
    frame = pl.DataFrame({"text": column}).with_columns(
        bare=pl.col("text").str.replace(TIME_OF_DAY + "$", ""), value=pl.lit(None, dtype=pl.Date), shaped=pl.lit(False))
    for pattern, layout in map(date_format, formats):
        bare = pl.col("bare")
        if "%d" not in layout:
            bare, layout = pl.lit("01 ") + bare, "%d " + layout
        frame = frame.with_columns(fits=pl.col("text").str.contains(pattern)).with_columns(
            value=pl.coalesce("value", pl.when("fits").then(bare).str.to_date(layout, strict=False)),
            shaped=pl.col("shaped") | pl.col("fits"))
    told = pl.col("text").is_not_null()
    return judged(frame, (pl.col("text").str.starts_with("="), "formula"), (told & ~pl.col("shaped"), "not_a_date"),
                  (told & pl.col("value").is_null(), "date_impossible"),
                  (~pl.col("value").is_between(EARLIEST, LATEST), "date_range"))


def date_format(written: str) -> tuple[str, str]:
    """(pattern, strptime layout) of a format such as ``YYYY-MM-DD``, ``M/D/YY``, ``MON-YY``, ``YYYY年M月D日``.

    Raises ValueError for one without a year and a month.
    """
    pattern, layout, seen, place = "", "", set(), 0
    for match in _TOKEN.finditer(written):
        between = written[place:match.start()]
        shape, directive = TOKENS[match.group()]
        pattern += re.escape(between) + shape
        layout += between + directive
        seen.add(directive)
        place = match.end()
    rest = written[place:]
    if not ({"%Y", "%y"} & seen and {"%m", "%b"} & seen) or re.search("[A-Za-z]", re.sub(_TOKEN, "", written)):
        raise ValueError(written)
    return f"^{pattern}{re.escape(rest)}{TIME_OF_DAY}$", layout + rest


def _written_out(frame: pl.DataFrame) -> pl.DataFrame:
    """``plain`` such as ``1.50E+05`` as 150000, by moving digits."""
    sign, whole, part, power = (pl.col("plain").str.extract(_SCIENTIFIC, group) for group in (1, 2, 3, 4))
    frame = frame.with_columns(s=sign, w=whole, p=part.fill_null(""), e=power.cast(pl.Int64))
    short = pl.col("e") - pl.col("p").str.len_chars().cast(pl.Int64)
    moved = pl.concat_str("s", "w", "p", pl.lit("0" * 99).str.slice(0, short.clip(0, 99)))
    return frame.with_columns(plain=pl.when(short >= 0).then(moved).otherwise("plain")).drop("s", "w", "p", "e")
