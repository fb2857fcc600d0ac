"""Load rules from TOML, lay the bank's over the law's, and choose those in force on a date.

A file is a chapter; its entries are ``[[rule]]`` tables: ``key, title, value, effective_from, source``, optionally
``effective_to`` (exclusive), ``confidence`` (T H M L), ``note``. One key may stand several times with different dates.
A bank's folder holds files of the same shape; its value for a key replaces the pack's from its own ``effective_from`` on.
Whether the values make sense to the rules is asked by ``engine.policy_check``.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

PACKS = Path(__file__).parent
OPEN_CHAPTERS = ("paths",)  # chapters of named entries, to which a bank adds its own
CONFIDENCE = {"T": "read in the text of the law", "H": "well established", "M": "to be confirmed by counsel",
              "L": "to be confirmed by counsel"}
_FIELDS = {"key", "title", "value", "effective_from", "effective_to", "source", "confidence", "note"}


class PolicyError(ValueError):
    """A policy file cannot be used: names the file, the key and the reason."""


class NotInForce(KeyError):
    """No rule of that id is in force on that date."""

    def __init__(self, rule_id: str, date: datetime.date) -> None:
        super().__init__(f"no rule {rule_id} in force on {date}")
        self.rule_id = rule_id
        self.date = date


@dataclass(frozen=True)
class Rule:
    """One dated value with its source. ``id`` is ``chapter.key``."""

    chapter: str
    key: str
    title: str
    value: Any
    effective_from: datetime.date
    effective_to: datetime.date | None
    source: str
    confidence: str
    note: str
    origin: str  # the pack's name, or "bank"

    @property
    def id(self) -> str:
        return f"{self.chapter}.{self.key}"

    @property
    def doubtful(self) -> bool:
        """Whether it is flagged "to be confirmed by counsel" wherever shown."""
        return self.confidence in ("M", "L")


class Rules:
    """The rules in force on one date: ``rules["interest.day_count"]`` is the value, ``rules.rule(id)`` the Rule."""

    def __init__(self, date: datetime.date, rules: dict[str, Rule]) -> None:
        self.date = date
        self._rules = rules
        self.kept: dict[str, Any] = {}  # what the engine derives from a rule once, by the deriving function's name

    def __getitem__(self, rule_id: str) -> Any:
        return self.rule(rule_id).value

    def __contains__(self, rule_id: str) -> bool:
        return rule_id in self._rules

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def get(self, rule_id: str, default: Any = None) -> Any:
        found = self._rules.get(rule_id)
        return default if found is None else found.value

    def rule(self, rule_id: str) -> Rule:
        """The rule by id. NotInForce, naming date and id, where none is."""
        try:
            return self._rules[rule_id]
        except KeyError:
            raise NotInForce(rule_id, self.date) from None

    def source(self, rule_id: str) -> str:
        return self.rule(rule_id).source


class Policy:
    """All rules with all their dates; ``at(date)`` chooses."""

    def __init__(self, rules: list[Rule]) -> None:
        self.rules = sorted(rules, key=lambda rule: (rule.chapter, rule.key, rule.effective_from, rule.origin == "bank"))
        self._at: dict[tuple[datetime.date, ...], Rules] = {}

    @cached_property
    def _edges(self) -> list[datetime.date]:
        edges = {rule.effective_from for rule in self.rules} | {rule.effective_to for rule in self.rules
                                                                 if rule.effective_to}
        return sorted(edges)

    def at(self, date: datetime.date) -> Rules:
        """The rules in force on *date*; kept for the stretch between two changes."""
        index = sum(edge <= date for edge in self._edges)
        key = (self._edges[index - 1],) if index else (datetime.date.min,)
        if key not in self._at:
            chosen: dict[str, Rule] = {}
            for rule in self.rules:  # later dates and the bank's entries come later and win
                if rule.effective_from <= date and (rule.effective_to is None or date < rule.effective_to):
                    held = chosen.get(rule.id)
                    if held is None or held.origin != "bank" or rule.origin == "bank":
                        chosen[rule.id] = rule
            self._at[key] = Rules(date, chosen)
        return self._at[key]

    def dates(self) -> list[datetime.date]:
        """The dates on which a rule begins or ends: between two of them the rules in force are the same."""
        return list(self._edges)

    def rows(self, date: datetime.date) -> list[Rule]:
        """The rules in force, by chapter and key, for showing."""
        return sorted(self.at(date), key=lambda rule: (rule.chapter, rule.key))


def load(overlay: Path | None = None, *, pack: str = "china") -> Policy:
    """The pack's rules with the bank's folder *overlay* laid over them (a missing folder is no overlay).

    Raises PolicyError for a file that cannot be used.
    """
    rules = _read_folder(PACKS / pack, origin=pack)
    if overlay is not None and overlay.is_dir():
        known = {rule.id for rule in rules}
        for rule in _read_folder(overlay, origin="bank"):
            if rule.id not in known and rule.chapter not in OPEN_CHAPTERS:
                raise PolicyError(f"{rule.chapter}.toml: {rule.key}: no such rule to overlay")
            rules.append(rule)
    return Policy(rules)


def _read_folder(folder: Path, *, origin: str) -> list[Rule]:
    rules: list[Rule] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PolicyError(f"{path.name}: {error}") from None
        if set(content) - {"rule"}:
            raise PolicyError(f"{path.name}: unknown table {', '.join(sorted(set(content) - {'rule'}))}")
        for entry in content.get("rule", []):
            rules.append(_rule(path, entry, origin))
    seen: set[tuple[str, datetime.date]] = set()
    for rule in rules:
        if (rule.id, rule.effective_from) in seen:
            raise PolicyError(f"{rule.chapter}.toml: {rule.key}: two values from {rule.effective_from}")
        seen.add((rule.id, rule.effective_from))
    return rules


def _rule(path: Path, entry: dict[str, Any], origin: str) -> Rule:
    key = entry.get("key", "?")

    def refuse(reason: str) -> PolicyError:
        return PolicyError(f"{path.name}: {key}: {reason}")

    for needed in ("key", "value", "effective_from", "source"):
        if needed not in entry:
            raise refuse(f"{needed} is missing")
    unknown = set(entry) - _FIELDS
    if unknown:
        raise refuse(f"unknown field {', '.join(sorted(unknown))}")
    for name in ("effective_from", "effective_to"):
        value = entry.get(name)
        if value is not None and (not isinstance(value, datetime.date) or isinstance(value, datetime.datetime)):
            raise refuse(f"{name} must be a date such as 2026-01-01")
    if not str(entry["source"]).strip():
        raise refuse("source is empty")
    if entry.get("effective_to") and entry["effective_to"] <= entry["effective_from"]:
        raise refuse("effective_to must be later than effective_from")
    confidence = entry.get("confidence", "L" if origin == "bank" else "H")
    if confidence not in CONFIDENCE:
        raise refuse("confidence must be T, H, M or L")
    _no_floats(entry["value"], refuse)
    return Rule(path.stem, key, entry.get("title", key), entry["value"], entry["effective_from"],
                entry.get("effective_to"), entry["source"], confidence, entry.get("note", ""), origin)


def _no_floats(value: Any, refuse: Any) -> None:
    if isinstance(value, float):
        raise refuse("no decimal fractions: write money in fen, rates in ppm")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _no_floats(inner, refuse)
