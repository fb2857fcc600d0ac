"""The conduct guard's judgement 合规闸 (C3): may this outreach happen now, which rule says no, and from when it may.

Pure: the moment, what has happened and what is held are arguments; hours, limits and holds are policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from qingshou.engine.reasons import as_json
from qingshou.policy import Rules

CHANNELS = ("call", "message", "letter", "visit")
PARTIES = ("borrower", "guarantor", "contact", "stranger")
_HORIZON_DAYS = 31


@dataclass(frozen=True)
class Outreach:
    """An outreach that happened. *debt* and *number* are the caller's ids, where limits count by them."""

    channel: str
    at: datetime
    party: str
    answered: bool
    debt: str = ""
    number: str = ""


@dataclass(frozen=True)
class Decision:
    """``reasons`` (JSON list) say why not; ``conditions`` (JSON list) what to observe when it is allowed;
    ``next_allowed_at`` is the first moment at which the same outreach would be allowed, None if time will not help."""

    allowed: bool
    reasons: str
    conditions: str
    next_allowed_at: datetime | None


@dataclass(frozen=True)
class _Question:
    channel: str
    party: str
    history: Sequence[Outreach]
    debt: str
    number: str
    hours_agreed: bool
    holidays: frozenset[date]


def judge(*, channel: str, at: datetime, party: str, history: Iterable[Outreach] = (), holds: Iterable[str] = (),
          staff_present: int | None = None, debtor_unreachable: bool = False, party_refused: bool = False,
          hours_agreed: bool = False, holidays: Iterable[date] = (), debt: str = "", number: str = "",
          rules: Rules) -> Decision:
    """Whether *party* may be contacted over *channel* at *at* (aware date-time).

    *history*: outreaches about the same household; *holds*: kinds of hold in force (complaint dispute hardship death
    lawyer bankruptcy consent); *staff_present*: how many go on a visit; *party_refused*: the party has refused contact;
    *hours_agreed*: the debtor agreed to be contacted outside hours; *holidays*: public holidays around the date.
    Raises ValueError for a naive date-time or an unknown channel or party.
    """
    if at.tzinfo is None:
        raise ValueError("at must be a date-time with zone")
    if channel not in CHANNELS:
        raise ValueError(f"channel must be one of {', '.join(CHANNELS)}")
    if party not in PARTIES:
        raise ValueError(f"party must be one of {', '.join(PARTIES)}")
    local = _local(at, rules)
    question = _Question(channel, party, sorted((_localised(item, local, rules) for item in history),
                                                key=lambda item: item.at), debt, number, hours_agreed, frozenset(holidays))
    held = frozenset(holds)
    unreachable = debtor_unreachable or bool(held & set(rules["conduct.contact_when_held"]))
    standing = [*_who(question, local, unreachable, party_refused, rules), *_holds(question, held, rules),
                *_visit(question, staff_present, rules)]
    timely = _when(question, local, rules)
    allowed = not standing and not timely
    next_at = None
    if not standing:
        next_at = local if not timely else _next(question, local, rules)
    return Decision(allowed, as_json([*standing, *timely]), as_json(_conditions(question, rules)), next_at)


def _local(at: datetime, rules: Rules) -> datetime:
    """The moment in the zone whose clock counts: the policy's, or the caller's own (``local``)."""
    zone = rules["conduct.zone"]
    return at if zone == "local" else at.astimezone(ZoneInfo(zone))


def _localised(item: Outreach, local: datetime, rules: Rules) -> Outreach:
    zone = local.tzinfo if rules["conduct.zone"] == "local" else ZoneInfo(rules["conduct.zone"])
    return Outreach(item.channel, item.at.astimezone(zone), item.party, item.answered, item.debt, item.number)


def _why(code: str, key: str, **params: Any) -> dict[str, Any]:
    return {"code": code, "rule": f"conduct.{key}", **params}


def _who(question: _Question, local: datetime, unreachable: bool, refused: bool, rules: Rules) -> list[dict[str, Any]]:
    """Whom: obligors; a contact only to find a debtor who cannot be reached, and never after a refusal."""
    if question.party not in rules["conduct.parties"]:
        return [_why("party_forbidden", "parties", party_code=question.party)]
    if question.party not in rules["conduct.trace_only_parties"]:
        return []
    found = []
    if refused and rules["conduct.contact_refused_for_good"]:
        found.append(_why("contact_refused", "contact_refused_for_good"))
    if not unreachable and not _failed_attempts(question, local, rules):
        found.append(_why("debtor_reachable", "contact_after_failed_attempts",
                          most=int(rules["conduct.contact_after_failed_attempts"])))
    return found


def _failed_attempts(question: _Question, local: datetime, rules: Rules) -> bool:
    """Whether the last calls to the debtor all failed, as many as the rule asks for (0: the rule is off)."""
    needed = int(rules["conduct.contact_after_failed_attempts"])
    calls = [item.answered for item in question.history
             if item.party == "borrower" and item.channel == "call" and item.at <= local]
    return 0 < needed <= len(calls) and not any(calls[-needed:])


def _holds(question: _Question, holds: frozenset[str], rules: Rules) -> list[dict[str, Any]]:
    table = {row["hold"]: row for row in rules["conduct.holds"]}
    found = []
    for hold in sorted(holds):
        row = table.get(hold, {"channels": ["*"], "parties": ["*"]})  # a hold unknown to the policy stops everything
        if _in(question.channel, row["channels"]) and _in(question.party, row["parties"]):
            found.append(_why("hold", "holds", hold_code=hold))
    return found


def _in(value: str, listed: Sequence[str]) -> bool:
    return "*" in listed or value in listed


def _visit(question: _Question, staff_present: int | None, rules: Rules) -> list[dict[str, Any]]:
    needed = int(rules["conduct.visit_staff_least"])
    if question.channel == "visit" and (staff_present or 0) < needed:
        return [_why("visit_alone", "visit_staff_least", least=needed)]
    return []


def _when(question: _Question, local: datetime, rules: Rules) -> list[dict[str, Any]]:
    """What forbids this very moment, and would not forbid a later one."""
    found = []
    for key in ("hours", "visit_hours"):
        window = rules.get(f"conduct.{key}")
        if window and _in(question.channel, window["channels"]) and not (key == "hours" and question.hours_agreed) \
                and not clock(window["from"]) <= local.timetz().replace(tzinfo=None) < clock(window["to"]):
            found.append(_why("outside_hours", key, from_time=window["from"], to_time=window["to"]))
    if question.channel in rules["conduct.holiday_channels"] and local.date() in question.holidays:
        found.append(_why("holiday", "holiday_channels", channel=question.channel))
    for key in ("call_limit", "dial_limit"):
        limit = rules.get(f"conduct.{key}")
        if limit and question.channel == limit["channel"]:
            made = sum(_counts(item, limit, question, local) for item in question.history)
            if made >= limit["most"]:
                found.append(_why("too_many", key, count=made, most=limit["most"], days=limit["days"]))
    pause = rules.get("conduct.pause_after_conversation")
    if pause and question.channel == pause["channel"]:
        talked = [item.at.date() for item in question.history
                  if item.answered and item.channel == pause["channel"] and _same(item, pause, question)
                  and item.at <= local and (local.date() - item.at.date()).days < pause["days"]]
        if talked:
            found.append(_why("talked_lately", "pause_after_conversation", days=pause["days"], since=max(talked)))
    return found


def _counts(item: Outreach, limit: dict[str, Any], question: _Question, local: datetime) -> bool:
    kind = {"answered": item.answered, "unanswered": not item.answered, "all": True}[limit["counts"]]
    recent = 0 <= (local.date() - item.at.date()).days < limit["days"]
    return kind and recent and item.channel == limit["channel"] and item.at <= local and _same(item, limit, question)


def _same(item: Outreach, limit: dict[str, Any], question: _Question) -> bool:
    """Whether an outreach counts together with the one asked about: with the party, its number, or about the debt."""
    if limit["per"] == "debt":
        return item.debt == question.debt
    if limit["per"] == "number":
        return item.party == question.party and item.number == question.number
    return item.party == question.party


def clock(text: str) -> time:
    """A time of day such as ``08:00``; ``24:00`` is the end of the day. Raises ValueError."""
    return time.max if text == "24:00" else time.fromisoformat(text)


def _next(question: _Question, local: datetime, rules: Rules) -> datetime | None:
    """The first later moment that nothing forbids: only openings of hours and starts of days can be one."""
    openings = {time(0)} | {clock(window["from"]) for key in ("hours", "visit_hours")
                            if (window := rules.get(f"conduct.{key}"))}
    for days in range(_HORIZON_DAYS + 1):
        for opening in sorted(openings):
            moment = datetime.combine(local.date() + timedelta(days=days), opening, tzinfo=local.tzinfo)
            if moment > local and not _when(question, moment, rules):
                return moment
    return None


def _conditions(question: _Question, rules: Rules) -> list[dict[str, Any]]:
    """What must be observed in an allowed outreach."""
    found = [_why("identify", "identify"), _why("record", "recording_years", years=int(rules["conduct.recording_years"]))] \
        if question.channel in ("call", "visit") else []
    if question.party in rules["conduct.trace_only_parties"]:
        found.append(_why("trace_only", "trace_only_parties"))
    if question.channel == "visit":
        found.append(_why("visit_manner", "visit_staff_least"))
    return found
