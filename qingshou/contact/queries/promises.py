"""Promises to pay: due today, running, judged; how many each collector's households kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, QuerySet, Sum

from qingshou.contact.models import Promise, PromiseJudgement
from qingshou.portfolio.models import AllocationLine, Household
from qingshou.portfolio.queries.scope import visible

SCOPES = ("today", "running", "judged")
RATE_DAYS = 90  # how far back the kept rate looks
State = PromiseJudgement.State


@dataclass(frozen=True)
class Row:
    """A promise, its newest judgement, and what was paid for it so far (fen, from its day on, at most what was promised)."""

    promise: Promise
    judgement: PromiseJudgement | None
    paid_fen: int

    @property
    def share(self) -> int:
        return self.paid_fen * 100 // self.promise.amount_fen


@dataclass(frozen=True)
class Due:
    """The promises of one day in figures."""

    households: int
    amount_fen: int
    paid_fen: int

    @property
    def share(self) -> int | None:
        return min(100, self.paid_fen * 100 // self.amount_fen) if self.amount_fen else None


@dataclass(frozen=True)
class Kept:
    """Judged promises of whoever took them; *rate* in percent of promises kept in full."""

    name: str
    kept: int
    partly: int
    broken: int

    @property
    def judged(self) -> int:
        return self.kept + self.partly + self.broken

    @property
    def rate(self) -> int:
        return self.kept * 100 // self.judged if self.judged else 0


def promises(user: Any, scope: str, day: date) -> QuerySet[Promise]:
    """Promises of the user's field: ``today`` due on the day, ``running`` not judged and due later (or still unjudged),
    ``judged`` newest first."""
    rows = Promise.objects.filter(household__in=visible(user).values("pk")).select_related(
        "household__borrower", "household__custodian", "taken_by").prefetch_related(
            Prefetch("judgements", queryset=PromiseJudgement.objects.order_by("-id")))
    judged = Exists(PromiseJudgement.objects.filter(promise=OuterRef("pk")))
    if scope == "today":
        return rows.filter(due=day).order_by("-amount_fen", "pk")
    if scope == "running":
        return rows.exclude(due=day).exclude(judged).order_by("due", "pk")
    return rows.filter(judged).order_by("-due", "-pk")


def rows(found: Iterable[Promise]) -> list[Row]:
    """Promises with what has been paid since; one query for all."""
    found = list(found)
    paid = _payments(found)
    made = []
    for promise in found:
        newest = next(iter(promise.judgements.all()), None)
        so_far = sum(fen for day, fen in paid.get(promise.household_id, []) if promise.made_on <= day <= promise.due)
        made.append(Row(promise, newest, newest.paid_fen if newest else min(so_far, promise.amount_fen)))
    return made


def due_on(user: Any, day: date) -> Due:
    """Three queries."""
    found = rows(promises(user, "today", day))
    return Due(len({row.promise.household_id for row in found}), sum(row.promise.amount_fen for row in found),
               sum(row.paid_fen for row in found))


def due_count(user: Any, day: date) -> int:
    """Households with a promise due on the day that is not judged yet. One query."""
    judged = Exists(PromiseJudgement.objects.filter(promise=OuterRef("pk")))
    return (Promise.objects.filter(due=day, household__in=visible(user).values("pk")).exclude(judged).order_by()
            .values("household_id").distinct().count())


def kept_by_collector(user: Any, day: date) -> list[Kept]:
    """Judgements of the last ``RATE_DAYS`` days by who took the promise, most judged first. One query."""
    newer = PromiseJudgement.objects.filter(promise=OuterRef("promise"), pk__gt=OuterRef("pk"))
    counted = (PromiseJudgement.objects.filter(judged_on__gt=day - timedelta(days=RATE_DAYS), judged_on__lte=day,
                                               promise__household__in=visible(user).values("pk"))
               .exclude(Exists(newer)).order_by().values_list("promise__taken_by", "promise__taken_by__display_name", "state")
               .annotate(number=Count("pk")))
    tally: dict[tuple[int, str], dict[str, int]] = {}
    for pk, name, state, number in counted:
        tally.setdefault((pk, name), {})[state] = number
    found = [Kept(name, by.get(State.KEPT, 0), by.get(State.PARTLY_KEPT, 0), by.get(State.BROKEN, 0))
             for (_pk, name), by in tally.items()]
    return sorted(found, key=lambda row: (-row.judged, row.name))


def record_of(household: Household) -> Kept:
    """What the household made of its promises so far. One query."""
    newer = PromiseJudgement.objects.filter(promise=OuterRef("promise"), pk__gt=OuterRef("pk"))
    by = dict(PromiseJudgement.objects.filter(promise__household=household).exclude(Exists(newer)).order_by()
              .values_list("state").annotate(number=Count("pk")))
    return Kept("", by.get(State.KEPT, 0), by.get(State.PARTLY_KEPT, 0), by.get(State.BROKEN, 0))


def _payments(found: list[Promise]) -> dict[int, list[tuple[date, int]]]:
    """What the households paid, by day, since the oldest of the promises; reversed payments have no lines."""
    if not found:
        return {}
    total = (F("principal_fen") + F("interest_fen") + F("penalty_fen") + F("compound_fen") + F("fee_fen")
             + F("unapplied_fen"))
    lines = (AllocationLine.objects.filter(loan__household_id__in={one.household_id for one in found},
                                           date__gte=min(one.made_on for one in found),
                                           event__kind__in=("repayment", "recovery"))
             .order_by().values_list("loan__household_id", "date").annotate(fen=Sum(total)))
    paid: dict[int, list[tuple[date, int]]] = {}
    for household, day, fen in lines:
        paid.setdefault(household, []).append((day, fen))
    return paid


def promises_of(household: Household) -> QuerySet[Promise]:
    """A household's promises, newest first."""
    return Promise.objects.filter(household=household).select_related("taken_by", "contact").prefetch_related(
        Prefetch("judgements", queryset=PromiseJudgement.objects.order_by("-id"))).order_by("-made_on", "-pk")
