"""Identity numbers: resident ID cards (GB 11643-1999: 18 characters, 15 before 1999) and unified social credit codes
(GB 32100-2015). Whole columns at once."""

from __future__ import annotations

import polars as pl

from qingshou.portfolio.imports.parsing import SHORTENED, Parsed, judged

MANNERS = ("lenient", "strict", "any")
_CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CARD_CHECKS = "10X98765432"
_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def identity(column: pl.Series, manner: str, person: pl.Series, length: int) -> Parsed:
    """An identity number of a person or company (*person* is a Boolean column).

    ``lenient``: letters, digits, hyphens and brackets; a number shaped like an ID card must hold a possible date of
    birth. ``strict``: a card or code with its right check character and nothing else. ``any``: whatever is there.
    """
    value = pl.col("value")
    frame = pl.DataFrame({"text": column, "person": person}).with_columns(
        value=pl.col("text").str.normalize("NFKC").str.replace_all(" ", "").str.to_uppercase())
    damaged = [(value.str.starts_with("="), "formula"), (value.str.contains(SHORTENED), "shortened"),
               (value.str.len_chars() > length, "too_long")]
    if manner == "any":
        return judged(frame, *damaged)
    frame = frame.with_columns(card=value.str.contains(r"^\d{17}[\dX]$") & pl.col("person"),
                               old_card=value.str.contains(r"^\d{15}$") & pl.col("person"))
    frame = frame.with_columns(born=pl.when("card").then(value.str.slice(6, 8))
                               .when("old_card").then(pl.lit("19") + value.str.slice(6, 6)))
    impossible = pl.col("born").is_not_null() & pl.col("born").str.to_date("%Y%m%d", strict=False).is_null()
    wrong = [(~value.str.contains(r"^[0-9A-Z][0-9A-Z()\-]{3,}$"), "id_characters"), (impossible, "id_birth_date")]
    if manner == "strict":
        frame = frame.with_columns(code_shape=value.str.contains(f"^[{_CODE_SIGNS}]{{18}}$") & ~pl.col("person"))
        wrong += [(~(pl.col("card") | pl.col("old_card") | pl.col("code_shape")), "id_shape"),
                  (pl.col("card") & ~_card_checks(value), "id_check"),
                  (pl.col("code_shape") & ~_code_checks(value), "id_check")]
    return judged(frame, *damaged, *wrong)


def _card_checks(plain: pl.Expr) -> pl.Expr:
    total = pl.sum_horizontal(plain.str.slice(place, 1).cast(pl.Int64, strict=False) * weight
                              for place, weight in enumerate(_CARD_WEIGHTS))
    expected = (total % 11).replace_strict(dict(enumerate(_CARD_CHECKS)), default=None, return_dtype=pl.String)
    return plain.str.slice(17, 1) == expected


def _code_checks(plain: pl.Expr) -> pl.Expr:
    signs = {sign: number for number, sign in enumerate(_CODE_SIGNS)}
    total = pl.sum_horizontal(
        plain.str.slice(place, 1).replace_strict(signs, default=None, return_dtype=pl.Int64) * weight
        for place, weight in enumerate(_CODE_WEIGHTS))
    expected = ((31 - total % 31) % 31).replace_strict(dict(enumerate(_CODE_SIGNS)), default=None, return_dtype=pl.String)
    return plain.str.slice(17, 1) == expected
