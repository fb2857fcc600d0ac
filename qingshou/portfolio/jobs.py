"""The portfolio's long work: an import as a job of its own process."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from qingshou.portfolio.imports import profiles, uploads
from qingshou.portfolio.imports.profile import ProfileError
from qingshou.portfolio.imports.readers import FileRefused
from qingshou.portfolio.services.imports import import_files
from qingshou.store.jobs import JobFailed, Report, handler
from qingshou.store.models import Job


@handler("portfolio.import")
def run(job: Job, report: Report) -> dict[str, Any]:
    """Import the files of an upload (``token``) by ``profile``; ``dry_run`` writes nothing."""
    token = job.arguments["token"]
    try:
        outcome = import_files(user=job.asked_by, profile=profiles.find(job.arguments["profile"]), files=uploads.files(token),
                               dry_run=bool(job.arguments["dry_run"]), report=report)
    except (FileRefused, ProfileError) as error:
        raise JobFailed(_("%(why)s。没有写入任何内容。") % {"why": error}) from None
    except FileNotFoundError:
        raise JobFailed(_("上传的文件已被清理，请重新上传。")) from None
    uploads.note_outcome(token, outcome)
    url = reverse("portfolio:import_batch", args=[outcome.batch_id]) if outcome.batch_id else reverse(
        "portfolio:import_run", args=[token])
    return {"url": url, "taken": outcome.total("taken"), "rejected": outcome.total("rejected")}
