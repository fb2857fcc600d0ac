"""qingshou work [JOB_ID]: one queued job, or without a number the background worker that ``qingshou serve`` also runs."""

from __future__ import annotations

import argparse
import signal
import threading
from types import FrameType

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = "work"
HELP = gettext_lazy("后台处理：执行一个任务，或不带编号持续执行排队的任务")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("job", metavar="JOB_ID", type=int, nargs="?", help=_("任务编号；不填则持续处理"))


def run(arguments: argparse.Namespace) -> int:
    from qingshou.cli.stores import require_store

    require_store()
    return _loop(arguments) if arguments.job is None else _one(arguments)


def _one(arguments: argparse.Namespace) -> int:
    from qingshou.cli.output import Refused, show
    from qingshou.store import jobs

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(1)  # unwinds the handler's transaction, and the job says that it was stopped

    signal.signal(signal.SIGTERM, stop)
    try:
        job = jobs.run(arguments.job)
    except jobs.NotRunnable as error:
        raise Refused(str(error)) from None
    if job.state != job.State.DONE:
        raise Refused(job.note)
    show({"id": job.pk, "state": job.state, "result": job.result}, as_json=arguments.json,
         lines=[_("任务 %(number)d 完成：%(title)s") % {"number": job.pk, "title": job.title}])
    return 0


def _loop(arguments: argparse.Namespace) -> int:
    from qingshou.cli.output import Refused
    from qingshou.store import worker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    if not worker.loop(stop):
        raise Refused(_("此数据目录已有后台处理程序在运行。"))
    return 0
