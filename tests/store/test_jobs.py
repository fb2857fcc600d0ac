"""Long work: asked once, run once, watched while it runs, and truthful about how it ended."""

import multiprocessing
import os
import signal
import threading
import time
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections
from django.utils import timezone

from qingshou.store import jobs, sidecar, worker
from qingshou.store.models import Job

ran: list[int] = []


@pytest.fixture(autouse=True)
def _home_of_its_own(settings, tmp_path):
    settings.HOME = tmp_path
    ran.clear()


@jobs.handler("test.count")
def _count(job, report):
    ran.append(job.pk)
    report(500, "一半")
    return {"url": "/somewhere/", "seen": sidecar.read(job.pk)["permille"]}


@jobs.handler("test.fail")
def _fail(job, report):
    report(300, "走到三成")
    raise {"refused": jobs.JobFailed("第 3 行金额无效。"), "invalid": ValidationError(["甲不对", "乙不对"]),
           "forbidden": PermissionDenied("没有导入权限"), "bug": ZeroDivisionError("x")}[job.arguments["how"]]


@jobs.handler("test.sleep")
def _sleep(job, report):
    report(250, "睡着")
    time.sleep(60)


def queued(kind: str = "test.count", **arguments) -> Job:
    return Job.objects.create(kind=kind, title="试", arguments=arguments)


@pytest.mark.django_db
def test_in_tests_a_job_runs_before_ask_returns():
    job = jobs.ask("test.count", "数一数", {"n": 1})
    assert (job.state, job.progress_permille, job.result["url"]) == ("done", 1000, "/somewhere/")
    assert job.started_at and job.ended_at and ran[-1] == job.pk


@pytest.mark.django_db
def test_unknown_work_and_too_much_work_are_refused(monkeypatch):
    with pytest.raises(KeyError):
        jobs.ask("test.nothing", "无", {})
    monkeypatch.setattr(jobs, "MOST_QUEUED", 1)
    queued()
    with pytest.raises(ValidationError):
        jobs.ask("test.count", "再来", {})


FAILURES = [("refused", "第 3 行金额无效。"), ("invalid", "甲不对；乙不对"), ("forbidden", "没有导入权限"), ("bug", "内部错误")]


@pytest.mark.django_db
@pytest.mark.parametrize(("how", "note"), FAILURES)
def test_a_failed_job_says_why_and_how_far_it_came(how, note):
    job = jobs.ask("test.fail", "试", {"how": how})
    assert job.state == "failed" and note in job.note and job.progress_permille == 300
    assert "ZeroDivisionError" not in job.note


@pytest.mark.django_db
def test_a_job_that_ran_is_not_run_again():
    job = jobs.ask("test.count", "数一数", {})
    with pytest.raises(jobs.NotRunnable):
        jobs.run(job.pk)
    assert ran.count(job.pk) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_run_one_job_twice():
    job_id = queued().pk
    refused: list[int] = []

    def run() -> None:
        try:
            jobs.run(job_id)
        except jobs.NotRunnable:
            refused.append(1)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ran.count(job_id) == 1 and len(refused) == 3


def start_sleeper() -> tuple[Job, multiprocessing.Process]:
    """A job asleep in a process of its own, which has reported once."""
    job = queued("test.sleep")
    connections.close_all()  # nothing open is shared with the child
    process = multiprocessing.get_context("fork").Process(target=jobs.run, args=(job.pk,))
    process.start()
    until = time.monotonic() + 20
    while sidecar.read(job.pk).get("permille") != 250:
        assert time.monotonic() < until, "the job never reported"
        time.sleep(0.02)
    job.refresh_from_db()
    return job, process


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_it_runs_and_a_killed_process_is_found_dead():
    job, process = start_sleeper()
    seen = jobs.progress(job)
    assert (seen.state, seen.permille, seen.note) == ("running", 250, "睡着")
    assert timezone.now() - seen.heard_at < timedelta(seconds=10)
    assert jobs.reap_dead() == 0
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    seen = jobs.progress(job)
    assert seen.state == "failed" and "意外中断" in seen.note and job.ended_at
    assert Job.objects.get(pk=job.pk).state == "failed"


@pytest.mark.django_db(transaction=True)
def test_the_dead_are_settled_without_anybody_looking():
    job, process = start_sleeper()
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert jobs.reap_dead() == 1
    assert Job.objects.get(pk=job.pk).state == "failed"


@pytest.mark.django_db
def test_work_done_by_a_process_that_died_before_saying_so_counts_as_done():
    job = queued()
    Job.objects.filter(pk=job.pk).update(state="running", started_at=timezone.now() - timedelta(minutes=1))
    with sidecar.lock(job.pk), sidecar.Sidecar(job.pk) as beside:
        beside.report(900, "快完了")
        beside.finish({"state": "done", "progress_permille": 1000, "note": "", "result": {"url": "/x/"}})
    assert jobs.reap_dead() == 1
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"url": "/x/"})


@pytest.mark.django_db
def test_a_job_claimed_a_moment_ago_is_given_time_to_speak():
    job = queued()
    Job.objects.filter(pk=job.pk).update(state="running", started_at=timezone.now())
    assert jobs.reap_dead() == 0


@pytest.mark.django_db
def test_another_machines_job_is_not_judged_from_here():
    job = queued()
    Job.objects.filter(pk=job.pk).update(state="running", started_at=timezone.now() - timedelta(hours=1))
    (sidecar.folder() / f"{job.pk}.json").write_text('{"host": "elsewhere", "permille": 10, "note": "", "at": 1}')
    assert jobs.reap_dead() == 0


def test_one_worker_serves_a_home_folder():
    assert not worker.running()
    with sidecar.lock("worker") as held:
        assert held and worker.running()
        assert worker.loop(threading.Event()) is False
    assert not worker.running()


def test_a_kind_has_one_handler():
    with pytest.raises(ValueError):
        jobs.handler("test.count")(_fail)
