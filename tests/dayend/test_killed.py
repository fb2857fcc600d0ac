"""Killed at any moment and run again, day end leaves what an undisturbed run leaves; two at once do not mix."""

from __future__ import annotations

import random
import signal
import time

import polars as pl
import pytest
from django.db import connections

from qingshou.access.permissions import SYSTEM
from qingshou.dayend import history
from qingshou.dayend.services import run_day_end
from qingshou.portfolio.models import BusinessDay, LoanState
from qingshou.store import sidecar
from tests.dayend import process
from tests.dayend.bank import everything, fill, later
from tests.dayend.test_run import _empty
from tests.engine.day.books import draw

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def undisturbed(book, day):
    fill(book, opened=130)
    run_day_end(user=SYSTEM, through=day)
    rows, kept = everything(), {table: kept_rows(table, day) for table in history.TABLES}
    _empty()
    for table in history.TABLES:
        history.path(table, day).unlink()
    fill(book, opened=130)
    return rows, kept


def kept_rows(table, day):
    """The history of a day but units and collectors, which every filling makes anew."""
    return pl.read_parquet(history.path(table, day)).drop("unit_id", "collector_id", strict=False)


def test_killed_at_any_use_of_the_store_and_run_again_the_result_is_the_same():
    book, day = draw(31), later(131)
    rows, kept = undisturbed(book, day)
    run_day_end(user=SYSTEM, through=later(130))
    before = everything()
    for use in random.Random(31).sample(range(1, 45), 4):
        status, _, error = process.run("--date", day.isoformat(), kill_at=str(use))
        assert status == -signal.SIGKILL, error
        assert everything() == before
        assert not history.path("loans", day).exists()
    status, out, error = process.run("--date", day.isoformat())
    assert status == 0 and '"changed": true' in out, error
    assert everything() == rows
    for table, frame in kept.items():
        assert kept_rows(table, day).equals(frame)
    assert not list((history.folder() / history.PENDING).glob("*"))


def test_killed_after_the_commit_the_next_run_takes_up_its_history():
    book, day = draw(32), later(131)
    rows, kept = undisturbed(book, day)
    run_day_end(user=SYSTEM, through=later(130))
    status, _, error = process.run("--date", day.isoformat(), kill_at="publish")
    assert status == -signal.SIGKILL, error
    assert everything() == rows and not history.path("loans", day).exists()
    outcome = run_day_end(user=SYSTEM, through=day)
    assert not outcome.changed and outcome.rebuilt == []
    for table, frame in kept.items():
        assert kept_rows(table, day).equals(frame)


def test_killed_at_a_random_moment_while_catching_up_the_days_before_stand():
    book = draw(33, households=20)
    fill(book, opened=100)
    running = process.start("--date", later(140).isoformat())
    while not BusinessDay.objects.filter(date=later(102), state="closed").exists():
        assert running.poll() is None, running.communicate()
        connections.close_all()
        time.sleep(0.05)
    running.kill()
    running.wait()
    open_day = BusinessDay.objects.get(state="open").date
    assert later(103) <= open_day <= later(141)
    assert set(LoanState.objects.values_list("as_of", flat=True)) == {BusinessDay.objects.filter(state="closed").first().date}
    outcome = run_day_end(user=SYSTEM, through=open_day)
    assert [day.date for day in outcome.closed] == [open_day]
    interrupted, last = everything(), open_day
    _empty()
    fill(book, opened=100)
    run_day_end(user=SYSTEM, through=last)
    assert everything() == interrupted


def test_a_second_day_end_at_the_same_time_is_refused_in_words():
    fill(draw(34), opened=10)
    with sidecar.lock("dayend") as mine:
        assert mine
        status, out, error = process.run()
    assert status == 1 and "另一个日终正在运行" in out + error and "Traceback" not in error
    assert not LoanState.objects.exists()


def test_pages_read_the_old_states_while_the_run_writes_and_the_new_ones_after():
    fill(draw(35, households=20), opened=60)
    run_day_end(user=SYSTEM, through=later(60))
    seen = set()
    running = process.start("--date", later(75).isoformat())
    while running.poll() is None:
        days = set(LoanState.objects.values_list("as_of", flat=True))
        assert len(days) == 1  # never half of a day
        seen |= days
        connections.close_all()  # as a request does when it ends
    assert running.returncode == 0
    assert set(LoanState.objects.values_list("as_of", flat=True)) == {later(75)}
    assert len(seen) > 1
