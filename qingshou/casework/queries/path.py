"""The treatment path of a household: its steps in order, which are done, which is on, which are to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qingshou.casework.models import Task
from qingshou.casework.queries import channels
from qingshou.casework.queries.outcomes import words
from qingshou.engine import paths
from qingshou.portfolio.models import HouseholdState
from qingshou.store.policy import rules_on

State = Task.State


@dataclass(frozen=True)
class Step:
    """*state*: done, now, missed or '' (to come); *title* with its day and channel; *note* what became of it."""

    state: str
    title: str
    note: str
    task: Task | None


@dataclass(frozen=True)
class Path:
    """*held*: why no step of it is made for the time being, in words ('' when nothing holds it)."""

    code: str
    name: str
    steps: list[Step]


def path_of(state: HouseholdState, day: date) -> Path | None:
    """The household's path, or None where it has none (nothing overdue). One query.

    Steps that the path has only for an occasion (a promise that was broken, a delay that was paid off) are left out until
    it comes.
    """
    rules = rules_on(day)
    names = paths.names(rules)
    if state.path not in names:
        return None
    tasks = list(Task.objects.filter(household_id=state.household_id, source="path", path=state.path).order_by("due", "id"))
    episode = max((task.episode_on for task in tasks if task.episode_on), default=None)
    made: dict[str, list[Task]] = {}
    for task in tasks:
        if task.episode_on == episode:
            made.setdefault(task.step, []).append(task)
    when = "overdue" if state.overdue_fen else "paid_off"
    steps = [_step(step, made.get(step["step"], []), state.dpd) for step in paths.preview(state.path, rules)
             if step["when"] == when or step["step"] in made]
    return Path(state.path, _(names[state.path]), steps)


def _step(step: dict[str, Any], made: list[Task], dpd: int) -> Step:
    title = f"{_days(step)} {channels.titled(step['channel'], step['title'])}"
    waiting = next((task for task in made if task.state == State.OPEN), None)
    done = [task for task in made if task.state == State.DONE]
    if waiting is not None:
        note = _("%(day)s 应办") % {"day": _short(waiting.due)}
        if done:
            note = _("已办 %(count)s 次，%(note)s") % {"count": len(done), "note": note}
        return Step("now", title, note, waiting)
    if done:
        last = done[-1]
        count = ngettext("%(count)s 次", "%(count)s 次", len(done)) % {"count": len(done)}
        note = _("%(day)s %(outcome)s") % {
            "day": _short(last.ended_on), "outcome": words(last.channel, last.outcome)}
        return Step("done", title, f"{count} · {note}" if step["every_days"] else note, None)
    impossible = next((task for task in reversed(made) if task.state == State.IMPOSSIBLE), None)
    if impossible is not None:
        return Step("missed", title, _("无法办理：%(reason)s") % {"reason": impossible.reason}, None)
    return Step("", title, _("已过") if step["to_day"] is not None and dpd > step["to_day"] else "", None)


def _days(step: dict[str, Any]) -> str:
    first, last = step["from_day"], step["to_day"]
    if step["when"] != "overdue":
        return {"paid_off": _("还清后"), "promise_broken": _("破约次日")}[step["when"]]
    if step["every_days"] and last is not None and last != first:
        return _("第 %(first)s–%(last)s 日") % {"first": first, "last": last}
    return _("第 %(first)s 日起") % {"first": first} if step["every_days"] else _("第 %(first)s 日") % {"first": first}


def _short(day: date | None) -> str:
    return formats.date_format(day, "m-d") if day else ""
