"""How commands speak: results on standard output, refusals on standard error, one reason a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any


class Refused(Exception):
    """The input was refused; ``reasons`` are for the user, one a line. Exit status 1."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


def show(value: Any, *, as_json: bool, lines: Iterable[str]) -> None:
    """Print *value* as JSON, or *lines* for people."""
    if as_json:
        json.dump(value, sys.stdout, ensure_ascii=False, default=str)
        sys.stdout.write("\n")
    else:
        for line in lines:
            sys.stdout.write(line + "\n")


def progress(note: str, permille: int | None = None) -> None:
    """A progress line on standard error when it is a terminal."""
    if sys.stderr.isatty():
        share = "" if permille is None else f"{permille / 10:5.1f}% "
        sys.stderr.write(f"\r\033[K{share}{note}")
        sys.stderr.flush()
