"""The background worker: starts each queued job as a process of its own, one at a time, and settles what died.

One at a time, since an import or a day end takes the store's only writer; a person's export waits for it either way.
"""

from __future__ import annotations

import collections
import contextlib
import logging
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import OperationalError, connections
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.store import jobs, sidecar
from qingshou.store.models import Job

LOOK_SECONDS = 1.0
LOG_BYTES = 64 * 1024  # of a job's own output, its end
STOP_SECONDS = 20.0  # between asking a job's process to stop and killing it
KEEP_FILES = timedelta(days=30)

logger = logging.getLogger(__name__)


def running() -> bool:
    """Whether a worker lives on this machine for this home folder."""
    return sidecar.locked("worker")


def loop(stop: threading.Event) -> bool:
    """Work until *stop* is set. Returns False at once when another worker already serves this home folder."""
    with sidecar.lock("worker") as held:
        if not held:
            return False
        _drop_old_files()
        call_command("clearsessions")
        while not stop.is_set():
            try:
                jobs.reap_dead()
                waiting = Job.objects.filter(state=Job.State.QUEUED).order_by("id").values_list("id", flat=True).first()
            except OperationalError as error:  # the store is busy or away: try again
                logger.warning("worker: %s", error)
                waiting = None
            connections.close_all()
            if waiting is None:
                stop.wait(LOOK_SECONDS)
            else:
                run_process(waiting, stop)
    return True


def run_process(job_id: int, stop: threading.Event) -> int:
    """``qingshou work JOB_ID`` as a child; its output's end goes to the job's log. Stops it when *stop* is set."""
    child = subprocess.Popen([sys.executable, "-m", "qingshou", "work", str(job_id)], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    said: collections.deque[bytes] = collections.deque(maxlen=LOG_BYTES // 1024)
    reader = threading.Thread(target=_keep_end, args=(child, said), daemon=True)
    reader.start()
    asked_to_stop = 0.0
    while child.poll() is None:
        if stop.is_set():
            if not asked_to_stop:
                asked_to_stop = time.monotonic()
                child.terminate()
            elif time.monotonic() - asked_to_stop > STOP_SECONDS:
                child.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(0.2)
    reader.join(timeout=5)
    if said:
        sidecar.log_path(job_id).write_bytes(b"".join(said))
    _fail_if_never_claimed(job_id, child.returncode, stopping=stop.is_set())
    return int(child.returncode)


def _fail_if_never_claimed(job_id: int, status: int, *, stopping: bool) -> None:
    """A process that could not even start must not be started again every second."""
    if status == 0 or stopping:
        return
    Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.FAILED, ended_at=timezone.now(),
        note=_("后台处理程序未能启动（退出状态 %(status)s），请系统管理员查看 %(log)s。") % {
            "status": status, "log": f"jobs/{sidecar.log_path(job_id).name}"})


def _keep_end(child: subprocess.Popen[bytes], said: collections.deque[bytes]) -> None:
    assert child.stdout is not None
    while piece := child.stdout.read1(1024):  # type: ignore[attr-defined]
        said.append(piece)


def _drop_old_files() -> None:
    oldest = time.time() - KEEP_FILES.total_seconds()
    for path in Path(sidecar.folder()).iterdir():
        with contextlib.suppress(OSError):
            if path.name != "worker.lock" and path.stat().st_mtime < oldest:
                path.unlink()
