"""Contacts and promises in columns: bulk reads and writes for day end and refresh. See ``portfolio.frames``."""

from __future__ import annotations

from datetime import date

import polars as pl
from django.conf import settings

from qingshou.contact.models import PromiseJudgement
from qingshou.engine.day.book import PROMISES
from qingshou.portfolio.frames import ASKED, Scope
from qingshou.store.bulk import Session

# The newest judgement of a promise counts.
_NEWEST = "NOT EXISTS (SELECT 1 FROM contact_promisejudgement k WHERE k.promise_id = j.promise_id AND k.id > j.id)"


def read_contacts(session: Session, scope: Scope, *, after_id: int) -> pl.DataFrame:
    """The last contact of each household that had one recorded after *after_id* (``CONTACTS``). A correction stands for
    the entry that it names: it has the same time and a later id."""
    types = {"household_id": pl.Int64, "id": pl.Int64, "at": pl.Datetime("us", "UTC"), "channel": pl.String,
             "outcome": pl.String}
    frame = session.read(
        f"SELECT household_id, id, at, channel, outcome FROM contact_contactattempt WHERE household_id IN ("
        f"SELECT household_id FROM contact_contactattempt WHERE id > ?) AND {scope.where('household_id')}", types, [after_id])
    last = frame.sort("household_id", "at", "id").group_by("household_id", maintain_order=True).last()
    return last.select("household_id", "channel", "outcome", on=pl.col("at").dt.convert_time_zone(settings.TIME_ZONE).dt.date())


def read_promises(session: Session, scope: Scope, changed: pl.DataFrame, *, closed: date, after_id: int) -> pl.DataFrame:
    """All promises (``PROMISES``), each with its newest judgement, of households that have one due after *closed* or
    recorded after *after_id*, and of those in *changed* (``household_id``)."""
    asked = session.read(f"SELECT DISTINCT household_id FROM contact_promise WHERE (due > ? OR id > ?) AND "
                         f"{scope.where('household_id')}", {"household_id": pl.Int64}, [closed, after_id])
    asked = pl.concat([asked, changed.select("household_id")]).unique().sort("household_id")
    if asked.is_empty():
        return pl.DataFrame(schema=dict(PROMISES))
    session.stage(ASKED, asked)
    return session.read(
        f"SELECT p.id AS promise_id, p.household_id, p.made_on, p.due, p.amount_fen, COALESCE(j.state, '') AS state, "
        f"j.paid_fen FROM {ASKED} a JOIN contact_promise p ON p.household_id = a.household_id "
        f"LEFT JOIN contact_promisejudgement j ON j.promise_id = p.id AND {_NEWEST}", dict(PROMISES))


def read_broken(session: Session, scope: Scope) -> pl.DataFrame:
    """How many promises of each household stand judged as broken: ``household_id, broken_promises``."""
    return session.read(
        f"SELECT p.household_id, COUNT(*) AS broken_promises FROM contact_promisejudgement j "
        f"JOIN contact_promise p ON p.id = j.promise_id WHERE j.state = 'broken' AND {_NEWEST} "
        f"AND {scope.where('p.household_id')} GROUP BY p.household_id",
        {"household_id": pl.Int64, "broken_promises": pl.Int64})


def write_judgements(session: Session, judgements: pl.DataFrame) -> None:
    """Add judgements of promises to the record."""
    session.append(PromiseJudgement, judgements.sort("promise_id"))


def last_ids(session: Session) -> dict[str, int]:
    """The newest contact and promise: what a run that starts now knows."""
    return {name: int(session.value(f"SELECT COALESCE(MAX(id), 0) FROM {table}")) for name, table in (
        ("contact_id", "contact_contactattempt"), ("promise_id", "contact_promise"))}
