"""A calculator's form, made from the JSON Schema of its input: what to ask, what was answered, what is wrong with it.

A control's name is the path that refusals use (``events.0.amount``), so that a reason stands beside its field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from qingshou.calculators.refusals import Reason

MOST_ROWS = 500  # of a list in a form; longer lists go by JSON, command or API


@dataclass
class Control:
    """One thing to fill in. ``kind``: text, date, choice, picks (an ordered choice), group (``parts``) or rows."""

    path: str
    title: str
    kind: str
    required: bool = True
    options: list[tuple[str, str]] = field(default_factory=list)
    mode: str = "text"  # which keyboard a phone shows
    value: str = ""
    picked: list[str] = field(default_factory=list)
    parts: list[Control] = field(default_factory=list)
    rows: list[list[Control]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return "f-" + self.path.replace(".", "-")


def controls(schema: Mapping[str, Any], values: Any, problems: Iterable[Reason] = ()) -> tuple[list[Control], list[str]]:
    """The form's controls with *values* filled in, and the reasons that belong to no control."""
    made = _parts(schema, schema, values if isinstance(values, dict) else {}, "")
    by_path = {control.path: control for control in _all(made)}
    loose = []
    for problem in problems:
        if problem.field in by_path:
            by_path[problem.field].errors.append(problem.why)
        else:
            loose.append(str(problem))
    return made, loose


def read(schema: Mapping[str, Any], post: QueryDict, *, drop: str = "") -> dict[str, Any]:
    """The JSON values that a filled-in form stands for. What is left empty is left out; rows left empty, and the row
    named *drop*, are not there."""
    value = _read(schema, schema, post, "", drop)
    return value if isinstance(value, dict) else {}


_LEFT_OUT = object()


def _read(node: Mapping[str, Any], root: Mapping[str, Any], post: QueryDict, path: str, drop: str) -> Any:
    shape, _nullable = _shape(node, root)
    if "properties" in shape:
        found: dict[str, Any] = {}
        for name, part in shape["properties"].items():
            value = _read(part, root, post, f"{path}.{name}" if path else name, drop)
            blank_required = value is _LEFT_OUT and name in shape.get("required", []) and _shape(part, root)[1]
            if blank_required:
                found[name] = None
            elif value is not _LEFT_OUT:
                found[name] = value
        return found if found or not path.rpartition(".")[2].isdigit() else _LEFT_OUT
    if shape.get("type") == "array":
        if "enum" in shape["items"]:
            return [pick for pick in post.getlist(path) if pick] or _LEFT_OUT
        rows = (_read(shape["items"], root, post, f"{path}.{index}", drop)
                for index in _indexes(post, path) if f"{path}.{index}" != drop)
        return [row for row in rows if row is not _LEFT_OUT]
    text = post.get(path, "").strip()
    if not text:
        return _LEFT_OUT
    if shape.get("type") == "boolean":
        return text == "true"
    if shape.get("type") == "integer" and re.fullmatch(r"-?\d{1,9}", text):
        return int(text)
    return text


def _indexes(post: QueryDict, path: str) -> list[int]:
    pattern = re.compile(re.escape(path) + r"\.(\d{1,4})\.")
    return sorted({int(match[1]) for name in post if (match := pattern.match(name))})[:MOST_ROWS]


def _shape(node: Mapping[str, Any], root: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """A node with references and the null alternative resolved: (shape, whether null is allowed)."""
    nullable = False
    shape = dict(node)
    while "$ref" in shape or "anyOf" in shape:
        if "$ref" in shape:
            target = root["$defs"][shape.pop("$ref").rpartition("/")[2]]
        else:
            choices = shape.pop("anyOf")
            nullable = nullable or any(choice.get("type") == "null" for choice in choices)
            target = next(choice for choice in choices if choice.get("type") != "null")
        shape = {**target, **shape}
    return shape, nullable


def _parts(node: Mapping[str, Any], root: Mapping[str, Any], values: Mapping[str, Any], path: str) -> list[Control]:
    return [_control(part, root, values.get(name), f"{path}.{name}" if path else name, name in node.get("required", []))
            for name, part in node["properties"].items()]


def _control(node: Mapping[str, Any], root: Mapping[str, Any], value: Any, path: str, needed: bool) -> Control:
    shape, nullable = _shape(node, root)
    control = Control(path, shape.get("title", path), "text", needed and not nullable, value=_text(value))
    labels = shape.get("labels", {})
    if "properties" in shape:
        control.kind, control.parts = "group", _parts(shape, root, value if isinstance(value, dict) else {}, path)
    elif shape.get("type") == "array" and "enum" in shape["items"]:
        control.kind = "picks"
        control.options = [("", "—"), *((name, labels.get(name, name)) for name in shape["items"]["enum"])]
        chosen = [str(name) for name in value] if isinstance(value, list) else []
        control.picked = [*chosen, *[""] * (len(shape["items"]["enum"]) - len(chosen))]
    elif shape.get("type") == "array":
        row_shape, _nullable = _shape(shape["items"], root)
        given = value if isinstance(value, list) else []
        control.kind = "rows"
        control.rows = [_parts(row_shape, root, row if isinstance(row, dict) else {}, f"{path}.{index}")
                        for index, row in enumerate(given[:MOST_ROWS])]
        control.parts = _parts(row_shape, root, {}, f"{path}.-")  # the head of the table
    elif "enum" in shape:
        control.kind = "choice"
        control.options = [("", "—"), *((name, labels.get(name, name)) for name in shape["enum"])]
        control.value = control.value or _text(shape.get("default"))
    elif shape.get("type") == "boolean":
        control.kind = "choice"
        control.options = [("", "—"), ("true", _("是")), ("false", _("否"))]
        control.value = control.value or _text(shape.get("default"))
    elif shape.get("format") == "date":
        control.kind = "date"
    else:
        control.mode = {"yuan": "decimal", "percent": "decimal"}.get(
            shape.get("format", ""), "numeric" if shape.get("type") == "integer" else "text")
        control.value = control.value or _text(shape.get("default"))
    return control


def _text(value: Any) -> str:
    if value is None or isinstance(value, list | dict):
        return ""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _all(made: Iterable[Control]) -> Iterable[Control]:
    for control in made:
        yield control
        if control.kind == "group":
            yield from _all(control.parts)
        for row in control.rows:
            yield from _all(row)
