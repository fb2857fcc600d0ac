"""Serving: what may not be served, and that everything started also stops."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Installation
from tests.cli.test_init import stand_in


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_store_without_users_is_not_served(installation):
    installation("init")
    answer = installation("serve", "--port", str(free_port()))
    assert answer.status == 1 and "qingshou user add" in answer.err


def test_a_demo_store_is_served_in_demo_mode_only_and_a_banks_never_in_it(bank, tmp_path):
    answer = bank("serve", "--port", str(free_port()), QINGSHOU_MODE="demo")
    assert answer.status == 1 and "不是演示行的库" in answer.err
    demo = Installation(tmp_path / "demo-home")
    assert demo("init", "--demo", QINGSHOU_MODE="demo", PYTHONPATH=stand_in(tmp_path), PYTHONSAFEPATH="1").status == 0
    answer = demo("serve", "--port", str(free_port()))
    assert answer.status == 1 and "正式模式" in answer.err


def test_a_port_in_use_is_told(bank):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = bank("serve", "--port", str(taken.getsockname()[1]))
    assert answer.status == 1 and "已被占用" in answer.err


def test_secrets_that_anybody_could_know_are_not_served(bank):
    answer = bank("serve", "--port", str(free_port()), QINGSHOU_SECRET_KEY="secret")
    assert answer.status == 1 and "QINGSHOU_SECRET_KEY" in answer.err


def family(pid: int) -> set[int]:
    """The process and all below it, as /proc tells."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(words[1]), []).append(int(stat.parent.name))
    found, waiting = set(), [pid]
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting.extend(children.get(one, []))
    return found


def alive(pids: set[int]) -> set[int]:
    """Those that still run (a zombie that nobody has asked about has ended)."""
    running = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            running.add(pid)
    return running


def wait_until(condition, seconds=40.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.1)


def fetch(port: int, path: str = "/sign-in/") -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
            return response.status, response.read().decode()
    except OSError:
        return 0, ""


@contextmanager
def serving(installation, **more):
    port = free_port()
    process = installation.start("serve", "--port", str(port), **more)
    try:
        wait_until(lambda: fetch(port)[0] == 200 or process.poll() is not None)
        assert process.poll() is None, process.communicate()
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_everything_that_serve_started_stops_with_it(bank, how):
    with serving(bank) as (process, port):
        status, page = fetch(port)
        assert status == 200 and "登录" in page
        assert fetch(port, "/static/web/tokens.css")[0] == 200
        everyone = family(process.pid)
        assert len(everyone) >= 5  # itself, granian and its two, the worker
        os.kill(process.pid, how)
        assert process.wait(timeout=40) == 0
        wait_until(lambda: not alive(everyone))


@pytest.mark.slow
def test_killed_outright_it_leaves_no_child_behind_and_a_dead_worker_is_started_again(bank):
    with serving(bank) as (process, _port):
        def worker() -> int:
            listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
            lines = [line.split() for line in listed.splitlines()]
            return next((int(line[0]) for line in lines if line[1] == str(process.pid) and line[-1] == "work"), 0)

        wait_until(lambda: (bank.home / "jobs" / "worker.lock").exists())
        time.sleep(6)  # one that dies younger is taken for one that cannot live
        first = worker()
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: worker() not in (0, first))
        everyone = family(process.pid)
        process.kill()
        wait_until(lambda: not alive(everyone))


@pytest.mark.slow
def test_a_job_is_run_by_the_worker_of_serve(bank):
    def python(line: str) -> str:
        code = f"import django; django.setup(); from qingshou.store.models import Job; print({line})"
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                              env=bank.variables(DJANGO_SETTINGS_MODULE="qingshou.config.settings")).stdout.strip()

    with serving(bank):
        number = python("Job.objects.create(kind='nothing.of.this.kind', title='试').pk")
        wait_until(lambda: python(f"Job.objects.get(pk={number}).state") == "failed")  # run, and of no kind that is known
