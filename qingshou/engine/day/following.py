"""The book of the next day, made in memory from a book and what its step gave (simulation, tests)."""

from __future__ import annotations

import polars as pl

from qingshou.engine.day.book import SCHEMAS, Book, empty, fit
from qingshou.engine.day.states import Day


def following(book: Book, day: Day, **new: pl.DataFrame) -> Book:
    """*book* with the states, judgements and tasks of *day*, and the facts in *new* added (frames by name, as ``Book``
    has them; ``contacts``, ``changed`` and ``opening`` are replaced). Made tasks get the next free ``task_id``.

    Loans with an event in *new* are folded anew the next day. Ended tasks without an open successor stay, since paths
    look back at them.
    """
    events = fit("events", new["events"]) if "events" in new else empty(SCHEMAS["events"])
    frames = {name: getattr(book, name) for name in SCHEMAS}
    frames |= {
        "loan_states": fit("loan_states", day.loan_states),
        "household_states": fit("household_states", day.household_states),
        "changed": events.select("loan_id").unique(maintain_order=True), "opening": empty(SCHEMAS["opening"]),
        "contacts": empty(SCHEMAS["contacts"]), "promises": _judged(book.promises, day.judgements),
        "tasks": _worked(book.tasks, day), "households": _counted(book, day),
    }
    for name, frame in new.items():
        extra = fit(name, frame)
        if name in ("contacts", "opening") or frames[name].is_empty():
            frames[name] = extra
        elif name == "changed":
            frames[name] = pl.concat([frames[name], extra]).unique(maintain_order=True)
        else:
            frames[name] = pl.concat([frames[name], extra])
    return Book(**frames)


def end_tasks(book: Book, ended: pl.DataFrame) -> Book:
    """The book once people ended tasks: *ended* has ``task_id, state, ended_on``."""
    tasks = book.tasks.join(ended.select("task_id", _state="state", _on="ended_on"), on="task_id", how="left",
                            maintain_order="left")
    tasks = tasks.with_columns(state=pl.coalesce("_state", "state"), ended_on=pl.coalesce("_on", "ended_on"))
    return book.with_frames(tasks=tasks.drop("_state", "_on"))


def _judged(promises: pl.DataFrame, judgements: pl.DataFrame) -> pl.DataFrame:
    if judgements.is_empty():
        return promises
    told = judgements.select("promise_id", _state="state", _paid="paid_fen")
    return promises.join(told, on="promise_id", how="left", maintain_order="left").with_columns(
        state=pl.coalesce("_state", "state"), paid_fen=pl.coalesce("_paid", "paid_fen")).drop("_state", "_paid")


def _worked(tasks: pl.DataFrame, day: Day) -> pl.DataFrame:
    gone = tasks["task_id"].is_in(day.tasks_ended["task_id"].implode())
    tasks = tasks.with_columns(state=pl.when(gone).then(pl.lit("cancelled")).otherwise("state"),
                               ended_on=pl.when(gone).then(pl.lit(day.date)).otherwise("ended_on"))
    first = (tasks["task_id"].max() or 0) + 1  # type: ignore[operator]
    made = day.tasks_made.with_columns(task_id=pl.int_range(pl.len()) + first, state=pl.lit("open"),
                                       ended_on=pl.lit(None, dtype=pl.Date))
    return pl.concat([tasks, fit("tasks", made)])


def _counted(book: Book, day: Day) -> pl.DataFrame:
    from qingshou.engine.day.casework import broken_promises

    counted = broken_promises(book, day.judgements)
    return book.households.with_columns(broken_promises=counted["broken_promises"])
