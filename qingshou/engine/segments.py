"""The 22-way segmentation (V6): a decision table in the policy over what collectors found.

A combination with something unknown still has a segment when the unknown does not matter; else it is unclassified, and
what is missing is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import polars as pl

from qingshou.policy import Rules

INPUTS: dict[str, tuple[str, ...]] = {
    "business_state": ("normal", "difficulty", "ceased", "fraud", "write_off"),
    "ability": ("sufficient", "partial", "none"),
    "willingness": ("willing", "unwilling", "lost_contact"),
    "guarantee": ("effective", "weak"),
}
UNCLASSIFIED = "unclassified"


@dataclass(frozen=True)
class Code:
    """One segment: its code, Chinese name, and the path that it leads to."""

    code: str
    name: str
    path: str


def codes(rules: Rules) -> list[Code]:
    """The 22 segments in the policy's order, unclassified last."""
    return [Code(row["code"], row["name"], row["path"]) for row in rules["segments.codes"]]


def segment(frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """*frame* with ``segment``, ``segment_missing`` (inputs that are needed and unknown, joined by commas) and ``path``.

    In: ``business_state, ability, willingness, guarantee`` ('', null or ``unknown``: unknown). Optional ``kind`` (person
    company) and ``guarantee_kind`` (credit guarantee mortgage pledge) choose a variant of the path by
    ``segments.path_variants``. Rows keep their order.
    """
    keys = {f"_{name}": _known(name) for name in INPUTS}
    told = frame.with_columns(**keys).join(_table(rules), on=list(keys), how="left", maintain_order="left")
    return told.with_columns(path=_variant(frame.columns, rules)).drop(list(keys))


def _known(name: str) -> pl.Expr:
    return pl.when(pl.col(name).is_in(INPUTS[name])).then(pl.col(name)).otherwise(pl.lit("unknown"))


def _variant(columns: list[str], rules: Rules) -> pl.Expr:
    """The path, or the first variant whose named columns all agree ('*': any)."""
    path = pl.col("path")
    chosen = path
    for row in reversed(rules.get("segments.path_variants", [])):
        asked = [name for name in ("kind", "guarantee_kind") if row[name] != "*"]
        if all(name in columns for name in asked):
            agrees = path == row["path"]
            for name in asked:
                agrees = agrees & (pl.col(name) == row[name]).fill_null(False)
            chosen = pl.when(agrees).then(pl.lit(row["becomes"])).otherwise(chosen)
    return chosen


def _table(rules: Rules) -> pl.DataFrame:
    """All combinations of the four inputs, known or not, with segment, what is missing, and path; derived once."""
    kept = rules.kept.get("segments.table")
    if kept is None:
        paths = {code.code: code.path for code in codes(rules)}
        rows = [{**{f"_{name}": value for name, value in zip(INPUTS, given, strict=True)}, **_decide(given, rules)}
                for given in product(*((*values, "unknown") for values in INPUTS.values()))]
        kept = pl.DataFrame(rows).with_columns(path=pl.col("segment").replace_strict(paths, return_dtype=pl.String))
        rules.kept["segments.table"] = kept
    return kept


def _decide(given: tuple[str, ...], rules: Rules) -> dict[str, str]:
    """The segment that every completion of the unknown inputs leads to, or what is missing for that."""
    choices = [values if value == "unknown" else (value,) for value, values in zip(given, INPUTS.values(), strict=True)]
    reached = {full: _match(full, rules["segments.table"]) for full in product(*choices)}
    if len(set(reached.values())) == 1:
        return {"segment": next(iter(reached.values())), "segment_missing": ""}
    missing = []
    for place, name in enumerate(INPUTS):
        by_rest: dict[tuple[str, ...], set[str]] = {}
        for full, code in reached.items():
            by_rest.setdefault((*full[:place], *full[place + 1:]), set()).add(code)
        if given[place] == "unknown" and any(len(found) > 1 for found in by_rest.values()):
            missing.append(name)
    return {"segment": UNCLASSIFIED, "segment_missing": ",".join(missing)}


def _match(full: tuple[str, ...], table: list[dict[str, Any]]) -> str:
    for row in table:
        if all(row[name] in ("*", value) for name, value in zip(INPUTS, full, strict=True)):
            return str(row["code"])
    raise LookupError(f"segments.table has no row for {', '.join(full)}")
