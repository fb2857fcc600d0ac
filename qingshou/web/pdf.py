"""PDF by Typst: a Django template renders ``.typ`` source, Typst sets it, Chinese in Noto Sans CJK SC on any machine.

Every value in such a template goes through ``|typ``: plain in markup, ``[{{ name|typ }}]``, or between quotes in code,
``title: "{{ title|typ }}"``. In both places nothing that a person typed can become markup or code. A template begins with
``#import "letter.typ": *`` (from ``web/typst/``), which brings the page, its header and number, and tables.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import typst
from django.http import HttpResponse
from django.template import loader

from qingshou.web import fonts as fonts_package

LETTER = Path(__file__).parent / "typst" / "letter.typ"
# Controls, marks of direction, halves of pairs, separators of lines. Private letters stay: rare names are written with them.
GONE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def escape(value: Any) -> str:
    r"""Text that Typst prints as it stands, in markup and inside a string alike.

    All ASCII punctuation becomes ``\u{..}``, an escape that both know; control characters go, except the line break.
    """
    return "".join(_escaped(letter) for letter in ("" if value is None else str(value)))


def _escaped(letter: str) -> str:
    if letter in "\n\t" or (letter.isascii() and letter.isprintable() and not letter.isalnum() and letter != " "):
        return f"\\u{{{ord(letter):x}}}"
    return "" if unicodedata.category(letter) in GONE else letter


@cache
def fonts() -> typst.Fonts:
    """The shipped fonts and no others, so that a sheet looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, font_paths=[fonts_package.folder()])


def render(template_name: str, context: dict[str, Any], files: dict[str, bytes] | None = None) -> bytes:
    """The PDF of a ``.typ`` template. *files*: pictures and the like that the source refers to by name.

    Raises typst.TypstError when the template itself is wrong; values cannot make it so.
    """
    source = loader.render_to_string(template_name, context)
    parts = {"main.typ": source.encode(), "letter.typ": LETTER.read_bytes(), **(files or {})}
    # The package documents a mapping of names to contents; its stubs leave it out.
    return typst.compile(parts, font_paths=fonts())  # type: ignore[call-overload]


def response(content: bytes, filename: str, inline: bool = True) -> HttpResponse:
    """The PDF for the browser to show (or, not *inline*, to save). The name may be Chinese."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(filename)}"
    return answer
