"""Jobs: the asker's own, or all for who may view them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from qingshou.access.permissions import may, require
from qingshou.store.models import Job


def job_for(user: Any, pk: int) -> Job:
    """A job that the user asked for or may view. Job.DoesNotExist otherwise, as for one that is not there."""
    found = Job.objects.select_related("asked_by")
    return found.get(pk=pk) if may(user, "jobs.view") else found.get(Q(asked_by=user), pk=pk)


def jobs(user: Any) -> QuerySet[Job]:
    """All jobs, newest first."""
    require(user, "jobs.view")
    return Job.objects.select_related("asked_by").order_by("-id")
