"""What casework knows of one household, for its page and for the preview beside the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from qingshou.casework.models import Ability, BusinessState, Cause, Finding, GuaranteeStrength, Hold, Task, Willingness
from qingshou.casework.queries.findings import ANSWERS, answers
from qingshou.casework.queries.holds import in_force
from qingshou.casework.queries.path import Path, path_of
from qingshou.engine import segments
from qingshou.portfolio.models import Guarantee, Household, HouseholdState
from qingshou.store.policy import rules_on

CHOICES: dict[str, Any] = {"cause": Cause, "business_state": BusinessState, "ability": Ability,
                           "willingness": Willingness, "guarantee": GuaranteeStrength}
MOST_TASKS = 30


def questions() -> dict[str, str]:
    """The questions of a finding in words."""
    return {"cause": _("逾期原因"), "business_state": _("经营状况"), "ability": _("还款能力"), "willingness": _("还款意愿"),
            "guarantee": _("担保条件")}


@dataclass(frozen=True)
class Answer:
    """One question: *text* is '' where nobody has answered; *missing* where the segment needs it."""

    name: str
    question: str
    text: str
    missing: bool


@dataclass(frozen=True)
class Judged:
    """Segment and what it rests on."""

    segment: str
    name: str
    unclassified: bool
    missing: list[str]
    answers: list[Answer]
    newest: Finding | None


@dataclass(frozen=True)
class View:
    """Everything of casework about one household."""

    judged: Judged
    path: Path | None
    tasks: list[Task]
    holds: list[Hold]
    guarantees: list[Guarantee]


def view(household: Household, day: date) -> View:
    """The caller has chosen the household within its user's field of view. Six queries at most."""
    state = state_of(household)
    return View(
        judged=judged(household, state, day), path=path_of(state, day) if state else None,
        tasks=open_tasks(household), holds=in_force([household.pk], day).get(household.pk, []),
        guarantees=guarantees(household))


def guarantees(household: Household) -> list[Guarantee]:
    """Who stands for the household's loans; several guarantees of one kind by the same person show once."""
    found = Guarantee.objects.filter(loan__household=household).select_related("guarantor").order_by("guarantor_id", "id")
    return list({(one.guarantor_id, one.kind): one for one in found}.values())


def state_of(household: Household) -> HouseholdState | None:
    """The household's state, or None before the first day end that saw it."""
    return getattr(household, "state", None)


def judged(household: Household, state: HouseholdState | None, day: date) -> Judged:
    """What was answered, and the segment that day end drew from it."""
    said = answers([household.pk])[household.pk]
    newest = Finding.objects.filter(household=household).select_related("found_by").order_by("-found_on", "-id").first()
    missing = [name for name in state.segment_missing.split(",") if name] if state else []
    words = questions()
    rows = [Answer(name, words[name], str(CHOICES[name](said[name]).label) if said[name] else "", name in missing)
            for name in ANSWERS]
    code = state.segment if state else ""
    return Judged(code, segment_name(code, day), code in ("", segments.UNCLASSIFIED),
                  [words[name] for name in missing if name in words], rows, newest)


def segment_name(code: str, day: date) -> str:
    """The segment by its name in the policy; '' for none."""
    if not code:
        return ""
    return next((_(known.name) for known in segments.codes(rules_on(day)) if known.code == code), code)


def open_tasks(household: Household) -> list[Task]:
    return list(Task.objects.filter(household=household, state=Task.State.OPEN).select_related("owner")
                .order_by("due", "id")[:MOST_TASKS])
