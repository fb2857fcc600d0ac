"""A job's page: how far it is, what came of it; may be left and come back to."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from qingshou.access.queries import jobs as queries
from qingshou.store import jobs, worker
from qingshou.store.models import Job
from qingshou.web.paging import paginate


@never_cache
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole page, or for htmx only the panel, which asks again while there is something to wait for."""
    try:
        job = queries.job_for(request.user, pk)
    except Job.DoesNotExist:
        raise Http404 from None
    template = "jobs/panel.html" if request.headers.get("HX-Request") else "jobs/show.html"
    return render(request, template, {"active": "jobs", **_state(job)})


def index(request: HttpRequest) -> HttpResponse:
    page = paginate(queries.jobs(request.user), request)
    rows = [_state(job) for job in page]
    return render(request, "jobs/index.html", {"active": "jobs", "page": page, "rows": rows, "worker": worker.running()})


TONES = {Job.State.QUEUED: "mut", Job.State.RUNNING: "calm", Job.State.DONE: "good", Job.State.FAILED: "alarm"}


def _state(job: Job) -> dict[str, Any]:
    progress = jobs.progress(job)
    url = str(job.result.get("url", "")) if job.state == Job.State.DONE else ""
    return {
        "job": job, "progress": progress, "tone": TONES[Job.State(job.state)],
        "waiting": job.state in (Job.State.QUEUED, Job.State.RUNNING),
        "no_worker": job.state == Job.State.QUEUED and not worker.running(),
        "url": url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else "",
        "took": job.ended_at - job.started_at if job.ended_at and job.started_at else None,
    }
