"""Profiles as TOML files. Read strictly: a word that is not understood is refused by name, so that a slip of the pen cannot
pass for a mapping. ``docs/import.md`` teaches how to write one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from qingshou.portfolio.imports import identity, parsing
from qingshou.portfolio.imports.canonical import TABLES
from qingshou.portfolio.imports.profile import SOURCES, Case, Condition, Lookup, Profile, ProfileError, Source, Value

ENCODINGS = ("auto", "utf-8", "gb18030", "utf-16")
_VALUE_KEYS = {*SOURCES, "by", "map", "default", "prefix", "dates", "add_months", "add_days", "unit", "round", "scientific"}
_READ_KEYS = {"encoding", "delimiter", "dates", "amount_unit", "rate_unit", "blanks", "identity"}
_SOURCE_KEYS = {"table", "files", "sheets", "where", "distinct", "fields"}
_PROFILE_KEYS = {"title", "currency", "note", "read", "lookup", "source"}
# What may make which kind of field, besides text that is read as the field's kind.
_MAKERS: dict[str, tuple[str, ...]] = {
    "sum": ("amount", "integer"), "difference": ("amount",), "times": ("amount",), "months_between": ("integer",)}
_UNITS: dict[str, Iterable[str]] = {"amount": parsing.AMOUNT_UNITS, "rate": parsing.RATE_UNITS}


def available(folders: Iterable[Path]) -> dict[str, Path]:
    """Profile files by name; a later folder's file stands for an earlier one's of the same name."""
    return {path.stem: path for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.toml"))}


def load(path: Path) -> Profile:
    """Read and check one profile. Raises ProfileError."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProfileError(f"{path.name}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path.name}: {error}") from None
    try:
        return _profile(path, content)
    except ProfileError as error:
        raise ProfileError(f"{path.name}: {error}") from None


def _profile(path: Path, content: dict[str, Any]) -> Profile:
    _only(content, _PROFILE_KEYS, "")
    read = dict(content.get("read", {}))
    _only(read, _READ_KEYS, "read")
    _one_of(read.get("encoding", "auto"), ENCODINGS, "read.encoding")
    _one_of(read.get("amount_unit", "yuan"), parsing.AMOUNT_UNITS, "read.amount_unit")
    _one_of(read.get("rate_unit", "percent"), parsing.RATE_UNITS, "read.rate_unit")
    _one_of(read.get("identity", "lenient"), identity.MANNERS, "read.identity")
    if len(read.get("delimiter", ",")) != 1 and read["delimiter"] != "auto":
        raise ProfileError(_("read.delimiter：只能是一个字符或 auto"))
    for name in ("dates", "blanks"):
        if name in read:
            read[name] = _names(read[name], f"read.{name}")
    _date_formats(read.get("dates", ()), "read.dates")
    lookups = {name: _lookup(name, given) for name, given in _table(content.get("lookup", {}), "lookup").items()}
    sources = tuple(_source(number, given, lookups) for number, given in enumerate(content.get("source", []), 1))
    if not sources:
        raise ProfileError(_("没有 [[source]]：方案没有说明任何一张表"))
    return Profile(path.stem, str(content.get("title", path.stem)), str(content.get("currency", "CNY")),
                   str(content.get("note", "")).strip(), sources, lookups, path=path, **read)


def _source(number: int, given: Any, lookups: dict[str, Lookup]) -> Source:
    name = str(_table(given, f"source {number}").get("table", ""))
    place = f"source {number} ({name})"
    _only(given, _SOURCE_KEYS, place)
    if name not in TABLES:
        raise ProfileError(f"{place}: " + _("table 只能是 %(names)s 之一") % {"names": " ".join(TABLES)})
    table = TABLES[name]
    fields = _table(given.get("fields", {}), place)
    _only(fields, {item.name for item in table.fields}, f"{place}.fields")
    missing = [item.name for item in table.fields if item.required and item.name not in fields]
    if missing:
        raise ProfileError(f"{place}: " + _("缺少必需字段：%(names)s") % {"names": ", ".join(missing)})
    values = {key: _value(value, f"{place}.{key}", lookups) for key, value in fields.items()}
    for key, value in values.items():
        _fits(value, table.field(key).kind, f"{place}.{key}")
    return Source(table, _names(given.get("files", ()), place), _names(given.get("sheets", ()), place),
                  _conditions(given.get("where", {}), f"{place}.where"), values, bool(given.get("distinct")))


def _fits(value: Value, kind: str, place: str) -> None:
    """Whether what a value computes can be what its field holds. Raises ProfileError."""
    if kind not in _MAKERS.get(value.source, (kind,)):
        raise ProfileError(f"{place}: " + _("%(source)s 不能用在这里") % {"source": value.source})
    if (value.add_months or value.add_days) and kind != "date":
        raise ProfileError(f"{place}: " + _("%(source)s 不能用在这里") % {"source": "add_months / add_days"})
    if value.unit is not None:
        _one_of(value.unit, _UNITS.get(kind, ()), f"{place}.unit")
    inner: list[tuple[Value, str]] = [(shift, "integer") for shift in (value.add_months, value.add_days) if shift]
    if value.source == "cases":
        inner += [(case.value, kind) for case in value.given]
    elif value.source == "lookup":
        inner.append((value.given[1], "text"))
    elif value.source == "times":
        inner += zip(value.given, ("amount", "integer"), strict=True)
    elif value.source in _MAKERS:
        inner += [(one, "date" if value.source == "months_between" else kind) for one in value.given]
    for one, its_kind in inner:
        _fits(one, its_kind, place)


def _lookup(name: str, given: Any) -> Lookup:
    place = f"lookup.{name}"
    _only(_table(given, place), {"files", "sheets", "key", "where"}, place)
    if not isinstance(given.get("key"), str) or not given.get("files"):
        raise ProfileError(f"{place}: " + _("需要 files 和 key"))
    return Lookup(name, _names(given["files"], place), _names(given.get("sheets", ()), place), given["key"],
                  _conditions(given.get("where", {}), f"{place}.where"))


def _value(given: Any, place: str, lookups: dict[str, Lookup]) -> Value:
    if isinstance(given, str | list):
        return Value("column", _names(given, place))
    _only(_table(given, place), _VALUE_KEYS, place)
    chosen = [name for name in SOURCES if name in given and not (name == "column" and "lookup" in given)]
    if len(chosen) != 1:
        raise ProfileError(f"{place}: " + _("须且只能有其中一项：%(names)s") % {"names": " ".join(SOURCES)})
    source, body = chosen[0], given[chosen[0]]
    inner: Any = str(body)
    if source == "column":
        inner = _names(body, place)
    elif source == "lookup":
        if body not in lookups or "by" not in given or not isinstance(given.get("column"), str):
            raise ProfileError(f"{place}: " + _("lookup 须写明已定义的对照表、by 和 column"))
        inner = (body, _value(given["by"], f"{place}.by", lookups), given["column"])
    elif source == "cases":
        inner = tuple(_case(item, f"{place}.cases", lookups) for item in body)
    elif source in ("sum", "difference", "times", "months_between"):
        inner = tuple(_value(item, f"{place}.{source}", lookups) for item in body)
        if len(inner) < 2 or (source != "sum" and len(inner) != 2):
            raise ProfileError(f"{place}.{source}: " + _("须有两项"))
    if "dates" in given:
        _date_formats(_names(given["dates"], place), place)
    shifts = {name: _value(given[name], f"{place}.{name}", lookups) for name in ("add_months", "add_days") if name in given}
    mapped = {str(key): str(value) for key, value in _table(given["map"], place).items()} if "map" in given else None
    dates = _names(given["dates"], place) if "dates" in given else None
    return Value(source, inner, mapped, given.get("default"), given.get("prefix"), dates, unit=given.get("unit"),
                 rounded=bool(given.get("round")), scientific=bool(given.get("scientific")), **shifts)


def _case(given: Any, place: str, lookups: dict[str, Lookup]) -> Case:
    _only(_table(given, place), {"if", "value"}, place)
    if "value" not in given:
        raise ProfileError(f"{place}: " + _("缺少 value"))
    return Case(_conditions(given.get("if", {}), place), _value(given["value"], place, lookups))


def _conditions(given: Any, place: str) -> tuple[Condition, ...]:
    made = []
    for column, wanted in _table(given, place).items():
        if wanted == "*":
            made.append(Condition((column,), "present"))
        elif isinstance(wanted, dict):
            _only(wanted, {"not", "above"}, place)
            if len(wanted) != 1:
                raise ProfileError(f"{place}.{column}: " + _("须且只能有其中一项：%(names)s") % {"names": "not above"})
            test, body = next(iter(wanted.items()))
            made.append(Condition((column,), "differs" if test == "not" else "above", _names(body, place)))
        else:
            made.append(Condition((column,), "equal", _names(wanted, place)))
    return tuple(made)


def _names(given: Any, place: str) -> tuple[str, ...]:
    items = [given] if isinstance(given, str) else list(given)
    if not all(isinstance(item, str) for item in items):
        raise ProfileError(f"{place}: " + _("须为文字，写在引号里"))
    return tuple(items)


def _table(given: Any, place: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise ProfileError(f"{place}: " + _("须为列名或一组设置"))
    return given


def _only(given: dict[str, Any], known: set[str], place: str) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise ProfileError((f"{place}: " if place else "") + _("不认识的设置：%(names)s") % {"names": ", ".join(unknown)})


def _one_of(given: Any, known: Iterable[str], place: str) -> None:
    if given not in known:
        raise ProfileError(f"{place}: " + _("只能是 %(names)s 之一") % {"names": " ".join(known)})


def _date_formats(formats: Iterable[str], place: str) -> None:
    for item in formats:
        try:
            parsing.date_format(item)
        except ValueError:
            raise ProfileError(f"{place}: " + _("日期格式写法不对：%(format)s") % {"format": item}) from None
