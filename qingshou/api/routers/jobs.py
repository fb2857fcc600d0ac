"""Long work: how far it is and what came of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from qingshou.access.queries.jobs import job_for
from qingshou.api.auth import caller, guarded
from qingshou.api.formats import Errors
from qingshou.store.jobs import progress

router = Router(auth=guarded("jobs.read"))


class JobOut(Schema):
    id: int
    kind: str
    title: str
    state: str
    permille: int
    note: str
    result: dict[str, Any]


@router.get("/{pk}", response={200: JobOut, 401: Errors, 404: Errors})
def show(request: HttpRequest, pk: int) -> dict[str, Any]:
    """A job that the caller asked for, or any for those who see all."""
    job = job_for(caller(request), pk)
    now = progress(job)
    return {"id": job.pk, "kind": job.kind, "title": job.title, "state": now.state, "permille": now.permille,
            "note": now.note, "result": job.result}
