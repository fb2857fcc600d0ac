"""Casework in columns: bulk reads and writes for day end and refresh. See ``portfolio.frames``."""

from __future__ import annotations

from datetime import date

import polars as pl

from qingshou.casework.models import Task
from qingshou.engine.day.book import FINDINGS, HOLDS, TASKS
from qingshou.portfolio.frames import ASKED, Scope
from qingshou.store.bulk import Session

# Why day end ended a task, in the bank's words.
ENDED = {"paid": "逾期已还清", "other_episode": "逾期起点已变，路径重新开始", "other_path": "策略路径已变"}


def read_findings(session: Session, scope: Scope, day: date) -> pl.DataFrame:
    """Findings up to *day* (``FINDINGS``)."""
    columns = ", ".join("id AS finding_id" if name == "finding_id" else name for name in FINDINGS)
    return session.read(f"SELECT {columns} FROM casework_finding WHERE found_on <= ? AND {scope.where('household_id')}",
                        dict(FINDINGS), [day])


def read_holds(session: Session, scope: Scope, work: date) -> pl.DataFrame:
    """Holds that have begun by *work*, each with the day from which it no longer holds (``HOLDS``)."""
    lifted = ("(SELECT MIN(x.ends_on) FROM casework_hold x WHERE x.lifts_id = h.id)")
    frame = session.read(
        f"SELECT h.household_id, h.kind, h.starts_on, h.ends_on, {lifted} AS lifted_on FROM casework_hold h "
        f"WHERE h.lifts_id IS NULL AND h.starts_on <= ? AND {scope.where('h.household_id')}",
        {**HOLDS, "lifted_on": pl.Date}, [work])
    return frame.with_columns(ends_on=pl.min_horizontal("ends_on", "lifted_on")).drop("lifted_on")


def read_open_tasks(session: Session, scope: Scope) -> pl.DataFrame:
    """Open tasks of any source (``TASKS``)."""
    return session.read(f"SELECT {_columns()} FROM casework_task t WHERE t.state = 'open' AND {scope.where('t.household_id')}",
                        dict(TASKS))


def read_path_tasks(session: Session, households: pl.DataFrame) -> pl.DataFrame:
    """Ended tasks that paths made for the households given (``TASKS``)."""
    if households.is_empty():
        return pl.DataFrame(schema=dict(TASKS))
    session.stage(ASKED, households.select("household_id"))
    return session.read(f"SELECT {_columns()} FROM {ASKED} a JOIN casework_task t ON t.household_id = a.household_id "
                        f"WHERE t.source = 'path' AND t.state <> 'open'", dict(TASKS))


def households_done_since(session: Session, scope: Scope, day: date) -> pl.DataFrame:
    """Households with a task that ended on *day* or later (``household_id``)."""
    return session.read(f"SELECT DISTINCT household_id FROM casework_task WHERE ended_on >= ? AND "
                        f"{scope.where('household_id')}", {"household_id": pl.Int64}, [day])


def read_assignments_on(session: Session, day: date) -> pl.DataFrame:
    """Who held each household on *day*: ``household_id, unit_id, custodian_id``."""
    frame = session.read(
        "SELECT household_id, unit_id, collector_id AS custodian_id FROM casework_assignment "
        "WHERE starts_on <= ? AND (ends_on IS NULL OR ends_on > ?) ORDER BY household_id, starts_on, id",
        {"household_id": pl.Int64, "unit_id": pl.Int64, "custodian_id": pl.Int64}, [day, day])
    return frame.group_by("household_id", maintain_order=True).last()


def _columns() -> str:
    return ", ".join("t.id AS task_id" if name == "task_id" else f"t.{name}" for name in TASKS)


def write_made_tasks(session: Session, made: pl.DataFrame) -> None:
    """Add open tasks (``TASKS_MADE``)."""
    blank = [pl.lit("").alias(name) for name in ("outcome", "reason")]
    session.append(Task, made.with_columns(*blank, state=pl.lit("open")))


def write_ended_tasks(session: Session, ended: pl.DataFrame) -> None:
    """Cancel the tasks that lost their ground (``TASKS_ENDED``)."""
    session.update(Task, ended.select(
        "ended_on", id="task_id", state=pl.lit("cancelled"),
        reason=pl.col("reason").replace_strict(ENDED, return_dtype=pl.String)))
