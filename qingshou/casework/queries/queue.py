"""Today's queue (C1): the households of a field with work to do, best first, each with what, why and whether it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from qingshou.casework.models import Cause, Task
from qingshou.casework.queries import channels
from qingshou.casework.queries.filters import Filters, chosen, due_tasks
from qingshou.casework.queries.verdict import Verdict, verdicts
from qingshou.engine.reasons import describe
from qingshou.portfolio.models import Household, HouseholdState
from qingshou.store.policy import rules_on

HELD = {"paid": gettext_lazy("已还清"), "promise": gettext_lazy("承诺期内"), "complaint": gettext_lazy("投诉处理中"),
        "dispute": gettext_lazy("异议处理中"), "hardship": gettext_lazy("困难暂缓"), "death": gettext_lazy("死亡核实"),
        "lawyer": gettext_lazy("已委托律师"), "bankruptcy": gettext_lazy("破产程序"), "consent": gettext_lazy("撤回同意")}



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
            return channels.titled(self.task.channel, self.task.title)
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
        """What is particular to this household first; the value of an hour, which every row has, last."""
        texts = [reason["text"] for reason in sorted(self.reasons, key=lambda reason: reason["code"] == "value")]
        return _("；").join([self.cause, *texts] if self.cause else texts)


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
