"""Today's queue (C1): the households of a field with work to do, best first, each with what, why and whether it may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count as CountOf
from django.db.models import Min, QuerySet, Sum
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from qingshou.casework.models import Cause, Task
from qingshou.casework.queries import channels
from qingshou.casework.queries.filters import Filters, chosen, due_tasks, ended_tasks, has_work
from qingshou.casework.queries.verdict import Verdict, verdicts
from qingshou.engine.reasons import describe
from qingshou.portfolio.models import Household, HouseholdState, Stage
from qingshou.portfolio.queries.scope import visible
from qingshou.store.policy import rules_on

HELD = {"paid": gettext_lazy("已还清"), "promise": gettext_lazy("承诺期内"), "complaint": gettext_lazy("投诉处理中"),
        "dispute": gettext_lazy("异议处理中"), "hardship": gettext_lazy("困难暂缓"), "death": gettext_lazy("死亡核实"),
        "lawyer": gettext_lazy("已委托律师"), "bankruptcy": gettext_lazy("破产程序"), "consent": gettext_lazy("撤回同意")}

MOST_VILLAGES = 200  # more would not be a choice


@dataclass(frozen=True)
class Entry:
    """A row of the queue. ``tasks``: open and due, oldest first; ``reasons``: why it stands here, in words."""

    rank: int
    household: Household
    state: HouseholdState
    tasks: list[Task]
    reasons: list[dict[str, Any]]
    verdict: Verdict | None
    day: date

    @property
    def task(self) -> Task | None:
        return self.tasks[0] if self.tasks else None

    @property
    def promised(self) -> bool:
        return self.state.promise_due == self.day

    @property
    def channel(self) -> str:
        return self.task.channel if self.task else self.state.next_channel or "call"

    @property
    def next_step(self) -> str:
        if self.task:
            return _("%(channel)s：%(title)s") % {"channel": channels.label(self.task.channel), "title": _(self.task.title)}
        if self.promised:
            return _("今日承诺到期：核对到账")
        if self.state.held_by:
            return _("暂缓：%(why)s") % {"why": "、".join(str(HELD.get(one, one)) for one in self.state.held_by.split(","))}
        return channels.label(self.state.next_channel) if self.state.next_channel else _("无排定步骤，可主动联系")

    @property
    def due(self) -> date | None:
        return self.task.due if self.task else self.day if self.promised else self.state.next_due

    @property
    def late(self) -> bool:
        """Whether the work should have been done on an earlier day."""
        return self.task is not None and self.task.due < self.day

    @property
    def cause(self) -> str:
        return str(Cause(self.state.cause).label) if self.state.cause in Cause.values else ""

    @property
    def why(self) -> str:
        return "；".join(reason["text"] for reason in self.reasons)


@dataclass(frozen=True)
class Count:
    """Households by what the day still asks; *minutes* is the work left."""

    left: int
    done: int
    minutes: int

    @property
    def total(self) -> int:
        return self.left + self.done

    @property
    def hours(self) -> str:
        """The work left in hours, to a tenth."""
        tenths = (self.minutes * 10 + 30) // 60
        return f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True)
class Attention:
    """What should not stay so: overdue households not classified, and tasks that should have been done earlier."""

    unclassified: int
    late: int

    @property
    def total(self) -> int:
        return self.unclassified + self.late


@dataclass(frozen=True)
class Choices:
    """What the filters offer, with the number of households behind each."""

    stages: list[tuple[str, int]] = field(default_factory=list)
    villages: list[tuple[str, int]] = field(default_factory=list)
    steps: list[tuple[str, str, int]] = field(default_factory=list)


def queue(user: Any, day: date, filters: Filters | None = None) -> QuerySet[Household]:
    """The households of the queue, best first, without their details; a page of them goes to :func:`entries`."""
    return chosen(user, day, filters or Filters()).select_related("state", "borrower", "custodian", "unit")


def entries(user: Any, households: Sequence[Household], day: date, first_rank: int = 1) -> list[Entry]:
    """The rows of one page of :func:`queue`. One query for tasks; the guard's as the contact room needs."""
    tasks: dict[int, list[Task]] = {one.pk: [] for one in households}
    for task in due_tasks(day).filter(household_id__in=tasks).order_by("due", "id"):
        tasks[task.household_id].append(task)
    rules = rules_on(day)
    made = [Entry(rank, one, one.state, tasks[one.pk], describe(one.state.reasons, rules, translate=gettext), None, day)
            for rank, one in enumerate(households, first_rank)]
    answers = verdicts(user, {row.household.pk: row.channel for row in made})
    return [Entry(row.rank, row.household, row.state, row.tasks, row.reasons, answers.get(row.household.pk), day)
            for row in made]


def count(user: Any, day: date) -> Count:
    """How much of the day's work is left and done in the user's whole field. Two queries."""
    left = visible(user).filter(has_work(day), state__isnull=False).aggregate(
        households=CountOf("pk"), minutes=Sum("state__minutes"))
    done = (visible(user).filter(state__isnull=False, pk__in=ended_tasks(day).values("household_id"))
            .exclude(has_work(day)).count())
    return Count(left=left["households"], done=done, minutes=left["minutes"] or 0)


def attention(user: Any, day: date) -> Attention:
    """Two queries."""
    late = due_tasks(day - timedelta(days=1)).filter(household__in=visible(user).values("pk")).count()
    return Attention(chosen(user, day, Filters(unclassified=True)).order_by().count(), late)


def left(user: Any, day: date) -> int:
    """Households with work of the day still open. One query."""
    return visible(user).filter(has_work(day), state__isnull=False).count()


def choices(user: Any, day: date, filters: Filters) -> Choices:
    """What the user can narrow the scope to. Two queries, whatever the size of the field."""
    within = chosen(user, day, Filters(scope=filters.scope)).order_by()
    stages: Counter[str] = Counter()
    villages: Counter[str] = Counter()
    for stage, village, number in within.values_list("state__stage", "village").annotate(number=CountOf("pk")):
        stages[stage] += number
        villages[village] += number
    steps = (due_tasks(day).filter(household__in=visible(user).values("pk")).exclude(step="").order_by()
             .values_list("step").annotate(title=Min("title"), number=CountOf("household", distinct=True)))
    return Choices(
        stages=[(stage, stages[stage]) for stage in Stage.values if stages[stage]],
        villages=villages.most_common(MOST_VILLAGES),
        steps=sorted(((step, title, number) for step, title, number in steps), key=lambda row: (-row[2], row[0])))
