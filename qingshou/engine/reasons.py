"""Reasons as data: every result of a rule says why, a page only prints it.

A reason is ``{"code": ..., "rule": "chapter.key", ...parameters}``; a column of reasons holds a JSON list of them. The
parameters are integers, dates (ISO 8601) and codes of our own, never a user's text.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from qingshou.engine.reason_texts import NAMES, TEXTS
from qingshou.policy import Rules

__all__ = ["NAMES", "TEXTS", "as_json", "describe", "listed", "reason"]


def reason(code: str, rule: str, **params: pl.Expr | str | int | datetime.date) -> pl.Expr:
    """A column with one reason in each row. Integer, date and code columns may be parameters; wrap the result in
    ``pl.when(...)`` where it does not hold for all rows."""
    if code not in TEXTS:
        raise KeyError(f"no text for reason {code}")
    fields = {"code": code, "rule": rule, **params}
    columns = [(value if isinstance(value, pl.Expr) else pl.lit(value)).alias(name) for name, value in fields.items()]
    return pl.struct(columns).struct.json_encode()


def listed(*reasons: pl.Expr | str) -> pl.Expr:
    """The JSON list of those reasons that are not null in a row, in the order given."""
    return pl.concat_str([pl.lit("["), pl.concat_str(list(reasons), separator=",", ignore_nulls=True), pl.lit("]")])


def as_json(reasons: list[dict[str, Any]]) -> str:
    """The JSON list of reasons given as dictionaries, as ``listed`` writes it."""
    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value

    return json.dumps([{name: plain(value) for name, value in item.items()} for item in reasons],
                      ensure_ascii=False, separators=(",", ":"))


def describe(reasons_json: str, rules: Rules, *, translate: Callable[[str], str] = str) -> list[dict[str, Any]]:
    """The reasons in words: ``code, rule, text, source`` and ``doubtful`` (to be confirmed by counsel).

    *translate* gets the Chinese template and the names of codes, such as ``gettext``. A rule that is no longer in force
    keeps its id and has no source.
    """
    described = []
    for item in json.loads(reasons_json or "[]"):
        code, rule_id = item["code"], item["rule"]
        found = rules.rule(rule_id) if rule_id in rules else None
        text = translate(TEXTS[code]) % _shown(item, translate) if code in TEXTS else code
        described.append({"code": code, "rule": rule_id, "text": text, "source": found.source if found else "",
                          "doubtful": bool(found and found.doubtful)})
    return described


def _shown(item: Mapping[str, Any], translate: Callable[[str], str]) -> dict[str, str]:
    """Parameters as people read them: fen as yuan, ppm as percent, codes by name."""
    shown = {}
    for name, value in item.items():
        if value is None:
            shown[name] = "—"
        elif name.endswith("_fen"):
            sign = "-" if value < 0 else ""
            shown[name] = f"{sign}{abs(value) // 100:,}.{abs(value) % 100:02d}"
        elif name.endswith("_ppm"):
            whole, part = divmod(value, 10_000)
            shown[name] = f"{whole}" + (f".{part:04d}".rstrip("0") if part else "") + "%"
        else:
            words = value.split(",") if isinstance(value, str) else [str(value)]  # several holds are joined by commas
            shown[name] = "、".join(translate(NAMES[word]) if word in NAMES else word for word in words)
    return shown
