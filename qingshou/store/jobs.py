"""Long work that a person asks for and may leave: asked in a page, run in a process of its own, watched on the job's page.

A room registers what it can do in its ``jobs.py``::

    @handler("portfolio.import")
    def run(job: Job, report: Report) -> dict: ...      # the result; ``url`` in it is where the page links to

``ask`` queues; the worker (``store.worker``, part of ``qingshou serve``) starts ``qingshou work JOB_ID``, which calls
:func:`run`. A job is claimed by one conditional update while its lock is held, so two workers never run it twice.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import OperationalError, connections
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.store import sidecar
from qingshou.store.models import Job

Report = Callable[[int, str], None]
Handler = Callable[[Job, Report], "dict[str, Any] | None"]

MOST_QUEUED = 200
PATIENCE_SECONDS = 900.0
CLAIM_GRACE = timedelta(seconds=10)  # from a claim in the database to the first words beside it

logger = logging.getLogger(__name__)
_handlers: dict[str, Handler] = {}


class JobFailed(Exception):
    """Raised by a handler whose work was refused: the message is shown to the person who asked."""


class NotRunnable(Exception):
    """There is no such queued job: it ran, runs elsewhere, or never was."""


@dataclass(frozen=True)
class Progress:
    """How far a job is, for showing: its state, thousandths done, what it is doing, when its process was last heard."""

    state: str
    permille: int
    note: str
    heard_at: datetime | None


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register a function for jobs of *kind*: ``function(job, report) -> result`` with ``report(permille, note)``."""

    def register(function: Handler) -> Handler:
        if _handlers.get(kind, function) is not function:
            raise ValueError(f"two handlers for {kind}")
        _handlers[kind] = function
        return function

    return register


def ask(kind: str, title: str, arguments: dict[str, Any], user: Any = None) -> Job:
    """Queue a job (arguments must be JSON); in test mode it runs before this returns. The asking service checks permission.

    KeyError for an unknown kind; ValidationError when too many wait already.
    """
    if kind not in _handlers:
        raise KeyError(f"no handler for jobs of kind {kind}")
    if Job.objects.filter(state=Job.State.QUEUED).count() >= MOST_QUEUED:
        raise ValidationError(_("后台任务已排满，请稍后再试。"))
    asker = user if getattr(user, "pk", None) else None
    job = Job.objects.create(kind=kind, title=title[:200], arguments=arguments, asked_by=asker)
    if settings.MODE == "test":
        run(job.pk)
        job.refresh_from_db()
    return job


def run(job_id: int) -> Job:
    """Claim a queued job, do its work in this process and settle it. Raises NotRunnable when it is not there to be claimed.

    What the handler raises makes the job failed, with a reason for people in ``note``; it is not raised again, except for
    an interruption of the process itself.
    """
    with sidecar.lock(job_id) as held:
        now = timezone.now()
        queued = Job.objects.filter(pk=job_id, state=Job.State.QUEUED)
        if held:
            sidecar.forget(job_id)
        if not held or not _patiently(lambda: queued.update(state=Job.State.RUNNING, started_at=now, heard_at=now)):
            raise NotRunnable(_("任务 %(number)s 不在排队中。") % {"number": job_id})
        job = Job.objects.select_related("asked_by").get(pk=job_id)
        with sidecar.Sidecar(job_id) as beside:
            try:
                result = _handlers[job.kind](job, beside.report) or {}
                outcome = {"state": Job.State.DONE, "progress_permille": 1000, "note": "", "result": result}
            except BaseException as error:
                outcome = {"state": Job.State.FAILED, "note": _reason(job, error)[:300]}
                beside.finish(outcome)
                _settle(job_id, {"progress_permille": sidecar.read(job_id).get("permille", 0), **outcome})
                if not isinstance(error, Exception):
                    raise
            else:
                beside.finish(outcome)
                _settle(job_id, outcome)
    job.refresh_from_db()
    return job


def progress(job: Job) -> Progress:
    """How far the job is. A running job whose process is gone is settled first (:func:`reap`), so this tells the truth."""
    if job.state != Job.State.RUNNING:
        return Progress(job.state, job.progress_permille, job.note, job.heard_at)
    if _is_dead(job):
        reap(job)
        return Progress(job.state, job.progress_permille, job.note, job.heard_at)
    said = sidecar.read(job.pk)
    heard = datetime.fromtimestamp(said["at"], tz=UTC) if "at" in said else job.heard_at
    return Progress(job.state, said.get("permille", 0), said.get("note", ""), heard)


def reap(job: Job) -> None:
    """Settle a running job whose process is gone: by the outcome it left, else as failed."""
    said = sidecar.read(job.pk)
    outcome = said.get("outcome") or {
        "state": Job.State.FAILED,
        "note": _("处理进程意外中断，未完成的改动没有保存。请查明原因后重新发起。"),
    }
    _settle(job.pk, {"progress_permille": said.get("permille", job.progress_permille), **outcome}, patience=0)
    job.refresh_from_db()


def reap_dead() -> int:
    """Settle all running jobs whose process is gone; returns how many there were."""
    dead = [job for job in Job.objects.filter(state=Job.State.RUNNING) if _is_dead(job)]
    for job in dead:
        reap(job)
    return len(dead)


def _is_dead(job: Job) -> bool:
    said = sidecar.read(job.pk)
    if said.get("host", socket.gethostname()) != socket.gethostname():
        return False  # another machine's process: its lock cannot be seen from here
    started = job.started_at
    if not said and started is not None and timezone.now() - started < CLAIM_GRACE:
        return False
    return not sidecar.locked(job.pk)


def _settle(job_id: int, outcome: dict[str, Any], patience: float = PATIENCE_SECONDS) -> None:
    """Write the outcome; only a job that still runs is settled."""
    running = Job.objects.filter(pk=job_id, state=Job.State.RUNNING)
    now = timezone.now()
    _patiently(lambda: running.update(ended_at=now, heard_at=now, **outcome), patience)


def _patiently(write: Callable[[], int], patience: float = PATIENCE_SECONDS) -> int:
    """Write to a store that may be busy: another process's import or day end can hold the only writer for minutes."""
    until = time.monotonic() + patience
    while True:
        try:
            return write()
        except OperationalError:
            if time.monotonic() >= until or connections["default"].in_atomic_block:
                raise
            connections.close_all()
            time.sleep(1)


def _reason(job: Job, error: BaseException) -> str:
    if isinstance(error, JobFailed):
        return str(error)
    if isinstance(error, ValidationError):
        return "；".join(error.messages)
    if isinstance(error, PermissionDenied):
        return str(error) or _("没有此项权限。")
    if isinstance(error, (KeyboardInterrupt, SystemExit)):
        return _("处理进程被停止，未完成的改动没有保存。请重新发起。")
    logger.exception("job %s (%s) failed", job.pk, job.kind)
    if isinstance(error, ObjectDoesNotExist):
        return _("任务所指的对象已不存在。")
    return _("内部错误，未完成的改动没有保存。请把任务编号 %(number)s 告知系统管理员。") % {"number": job.pk}
