"""The day's work: the ranked queue of the caller's field, and ending a task."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from qingshou.access import permissions
from qingshou.api.auth import caller, guarded
from qingshou.api.formats import Errors, Yuan
from qingshou.casework.queries.filters import Filters
from qingshou.casework.queries.queue import Entry, entries, queue
from qingshou.casework.queries.survey import survey
from qingshou.casework.services.tasks import end_task
from qingshou.portfolio.queries.business import business_date

router = Router()
PER_PAGE = 50


class TaskOut(Schema):
    id: int
    title: str
    channel: str
    target: str
    due: date


class Reason(Schema):
    rule: str
    text: str
    source: str


class QueueRow(Schema):
    rank: int
    household: int
    name: str
    village: str
    stage: str
    overdue: Yuan
    total: Yuan
    next_step: str
    tasks: list[TaskOut]
    reasons: list[Reason]


class Queue(Schema):
    date: date
    left: int
    done: int
    page: int
    rows: list[QueueRow]


class Narrow(Schema):
    scope: str = "queue"
    stage: str = ""
    village: str = ""
    step: str = ""
    page: int = 1


class EndIn(Schema):
    model_config = {"extra": "forbid"}

    state: str
    outcome: str = ""
    reason: str = ""
    postponed_to: date | None = None


class EndOut(Schema):
    id: int
    state: str
    outcome: str
    ended_on: date


@router.get("/queue", response={200: Queue, 401: Errors, 403: Errors}, auth=guarded("queue.read"))
def today(request: HttpRequest, narrow: Query[Narrow]) -> dict[str, Any]:
    """The queue of the business date, best first, with the reasons for each rank."""
    user = caller(request)
    permissions.require(user, "household.view")
    day, page = business_date(), max(1, narrow.page)
    filters = Filters.read({name: str(value) for name, value in narrow.model_dump(exclude={"page"}).items()})
    first = (page - 1) * PER_PAGE
    rows = entries(user, list(queue(user, day, filters)[first:first + PER_PAGE]), day, first + 1)
    figures = survey(user, day)
    return {"date": day, "left": figures.left, "done": figures.done, "page": page, "rows": [_row(row) for row in rows]}


@router.post("/tasks/{pk}/end", response={200: EndOut, 401: Errors, 403: Errors, 404: Errors, 422: Errors},
             auth=guarded("tasks.end"))
def end(request: HttpRequest, pk: int, given: EndIn) -> dict[str, Any]:
    """End a task: ``done`` with an outcome, ``postponed`` to a date or ``impossible`` with a reason."""
    task = end_task(user=caller(request), task_id=pk, **given.model_dump())
    return {"id": task.pk, "state": task.state, "outcome": task.outcome, "ended_on": task.ended_on}


def _row(row: Entry) -> dict[str, Any]:
    return {
        "rank": row.rank, "household": row.household.pk, "name": row.household.borrower.name, "village": row.household.village,
        "stage": row.state.stage, "overdue": row.state.overdue_fen, "total": row.state.total_owed_fen,
        "next_step": row.next_step, "reasons": row.reasons,
        "tasks": [{"id": task.pk, "title": task.title, "channel": task.channel, "target": task.target, "due": task.due}
                  for task in row.tasks],
    }
