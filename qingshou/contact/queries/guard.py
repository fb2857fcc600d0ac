"""The conduct guard's judgement over what the store knows: history, holds, refusals, holidays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from qingshou.casework.models import Willingness
from qingshou.casework.queries.holds import in_force
from qingshou.casework.queries.verdict import Verdict
from qingshou.contact import clock
from qingshou.contact.models import Channel, ContactAttempt, Outcome, PartyRole
from qingshou.contact.queries.people import Person
from qingshou.engine import conduct
from qingshou.engine.reasons import describe
from qingshou.portfolio.models import CalendarDay, Household
from qingshou.store.policy import rules_on

LIST_DAYS = 31  # what a list of households looks back over; the judgement of one looks at all
HISTORY_MOST = 1_000


def judge(*, household: Household, people: Sequence[Person], channel: str, at: datetime, staff_present: int | None,
          willingness: str = "") -> dict[str, conduct.Decision]:
    """Judge one outreach to each of *people*, by key. Three queries. The caller has chosen the household within its user's
    field of view.

    What was tried with the same person about another household's debt counts too: it is the person who is protected.
    """
    local = timezone.localtime(at)
    about = Q(household=household) | Q(party_id__in=[one.party_id for one in people if one.party_id is not None])
    past = list(standing().filter(about).select_related("guard").order_by("-at", "-id")[:HISTORY_MOST])
    calls = [row for row in past if row.household_id == household.pk and row.channel == Channel.CALL
             and row.party_role == PartyRole.BORROWER]
    unreachable = willingness == Willingness.LOST_CONTACT or bool(calls and calls[0].outcome == Outcome.WRONG_NUMBER)
    holds = [hold.kind for hold in in_force([household.pk], local.date()).get(household.pk, [])]
    rules, holidays = rules_on(local.date()), list(_holidays(local.date()))
    decided = {}
    for person in people:
        mine = {row.pk for row in past if _same_person(row, person, household)}
        decided[person.key] = conduct.judge(
            channel=channel, at=local, party=person.role, holds=holds, staff_present=staff_present,
            history=[_outreach(row, person.role if row.pk in mine else _another(row, household)) for row in past],
            debtor_unreachable=unreachable,
            party_refused=person.role == PartyRole.CONTACT and any(
                row.outcome == Outcome.REFUSED for row in past if row.pk in mine),
            holidays=holidays, debt=str(household.pk), number=person.role, rules=rules)
    return decided


def verdicts(user: Any, channels: dict[int, str]) -> dict[int, Verdict]:
    """The guard's answer now, for the borrower of each household over the channel given. Three queries for any number."""
    local = timezone.localtime(clock.now())
    rules, holidays = rules_on(local.date()), _holidays(local.date())
    wanted = {pk: channel for pk, channel in channels.items() if channel in Channel.values}
    holds = in_force(wanted, local.date())
    recent = standing().filter(household_id__in=wanted, at__gte=local - timedelta(days=LIST_DAYS))
    by_household: dict[int, list[conduct.Outreach]] = {pk: [] for pk in wanted}
    for attempt in recent.filter(party_role=PartyRole.BORROWER):
        by_household[attempt.household_id].append(_outreach(attempt, PartyRole.BORROWER))
    found = {}
    for pk, channel in wanted.items():
        decision = conduct.judge(
            channel=channel, at=local, party=PartyRole.BORROWER, history=by_household[pk],
            holds=[hold.kind for hold in holds.get(pk, [])], staff_present=int(rules["conduct.visit_staff_least"]),
            holidays=holidays, debt=str(pk), number=PartyRole.BORROWER, rules=rules)
        found[pk] = verdict(decision, local)
    return found


def verdict(decision: conduct.Decision, at: datetime) -> Verdict:
    """A decision in words, with the rules of its day."""
    if decision.allowed:
        return Verdict(True, gettext("可联系"), "good")
    described = describe(decision.reasons, rules_on(timezone.localtime(at).date()), translate=gettext)
    held = any(reason["code"] == "hold" for reason in described)
    label, tone = (gettext("暂停"), "mut") if held else (gettext("此刻不可"), "warn")
    return Verdict(False, label, tone, tuple(words(reason) for reason in described), decision.next_allowed_at)


def words(reason: dict[str, Any]) -> str:
    """A reason with its source behind it, and whether counsel has yet to confirm the rule."""
    source = reason["source"] + (gettext("，待法务确认") if reason["doubtful"] else "")
    return gettext("%(text)s（%(source)s）") % {"text": reason["text"], "source": source} if source else reason["text"]


def standing() -> QuerySet[ContactAttempt]:
    """Attempts as they stand: a corrected one is replaced by its correction."""
    return ContactAttempt.objects.filter(corrected_by__isnull=True)


def _same_person(row: ContactAttempt, person: Person, household: Household) -> bool:
    if row.party_id is not None and person.party_id is not None:
        return row.party_id == person.party_id
    if row.household_id != household.pk or row.party_role != person.role:
        return False
    return person.role == PartyRole.BORROWER or (row.guard is not None and row.guard.person == person.name)


def _another(row: ContactAttempt, household: Household) -> str:
    """The role under which an attempt at somebody else counts: only this household's borrower matters to others."""
    borrower = row.household_id == household.pk and row.party_role == PartyRole.BORROWER
    return PartyRole.BORROWER if borrower else "another"


def _outreach(row: ContactAttempt, role: str) -> conduct.Outreach:
    return conduct.Outreach(row.channel, row.at, role, row.answered, str(row.household_id), role)


def _holidays(day: date) -> Iterable[date]:
    """Public holidays from the day on, as far as the guard looks ahead for a free moment."""
    return CalendarDay.objects.filter(workday=False, date__gte=day, date__lte=day + timedelta(days=LIST_DAYS + 1)).exclude(
        name="").values_list("date", flat=True)
