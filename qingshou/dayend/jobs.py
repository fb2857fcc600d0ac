"""Day end as a job of its own process."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from qingshou.dayend.services import run_day_end
from qingshou.store.jobs import Report, handler
from qingshou.store.models import Job


@handler("dayend.run")
def run(job: Job, report: Report) -> dict[str, Any]:
    """Close the days up to ``through`` (ISO date) of the job's arguments."""
    outcome = run_day_end(user=job.asked_by, through=date.fromisoformat(job.arguments["through"]), report=report)
    return {"closed": [day.date.isoformat() for day in outcome.closed], "asked": outcome.asked.isoformat(),
            "url": reverse("dayend:index")}
