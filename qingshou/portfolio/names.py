"""Names as they are searched: pinyin initials."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# Surnames that are read otherwise than the character is elsewhere.
SURNAMES = {"单": "s", "仇": "q", "解": "x", "查": "z", "朴": "p", "区": "o", "曾": "z", "盖": "g", "冼": "x", "缪": "m",
            "翟": "z", "覃": "q", "种": "c", "尉迟": "yc", "令狐": "lh", "万俟": "mq", "长孙": "zs"}
LONGEST = 120


@lru_cache(maxsize=65_536)
def initials(name: str, person: bool = True) -> str:
    """Lower-case pinyin initials of a name; Latin letters and digits stay: ``周满仓`` → ``zmc``, ``永顺A店`` → ``ysad``."""
    plain = unicodedata.normalize("NFKC", name).strip()
    start = ""
    if person:
        for length in (2, 1):
            if plain[:length] in SURNAMES and len(plain) > length:
                start, plain = SURNAMES[plain[:length]], plain[length:]
                break
    letters = start + "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER, errors=lambda other: list(other)))
    return "".join(letter for letter in letters.lower() if letter.isascii() and letter.isalnum())[:LONGEST]


def initials_many(names: Iterable[str], persons: Iterable[bool]) -> list[str]:
    """:func:`initials` for a column."""
    return [initials(name, person) for name, person in zip(names, persons, strict=True)]


def tail(phone: str) -> str:
    """The last four digits of a telephone number, or '' where it has fewer."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    return digits[-4:] if len(digits) >= 4 else ""
