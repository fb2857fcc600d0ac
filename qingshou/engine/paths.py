"""Treatment paths 策略路径 (S1): which steps of its path a household is due today. Steps are policy data."""

from __future__ import annotations

from typing import Any

import polars as pl

from qingshou.policy import Rules

CHANNELS = ("call", "message", "letter", "visit", "office")
OCCASIONS = ("overdue", "promise_broken", "paid_off")
STEP_FIELDS = ("step", "title", "from_day", "to_day", "every_days", "after", "after_days", "channel", "target", "minutes",
               "when")
_STEP_SCHEMA = {"step_id": pl.Int64, "path": pl.String, "step": pl.String, "title": pl.String, "from_day": pl.Int64,
                "to_day": pl.Int64, "every_days": pl.Int64, "after": pl.String, "after_days": pl.Int64,
                "channel": pl.String, "target": pl.String, "minutes": pl.Int64, "when": pl.String}
_DONE_SCHEMA = {"household_id": pl.Int64, "path": pl.String, "step": pl.String, "episode_on": pl.Date, "due": pl.Date,
                "state": pl.String, "ended_on": pl.Date}
_RUN = ["household_id", "episode_on"]  # one run of a path by a household


def names(rules: Rules) -> dict[str, str]:
    """Paths by code with their Chinese names."""
    return {row["path"]: row["title"] for row in rules["paths.paths"]}


def preview(path: str, rules: Rules) -> list[dict[str, Any]]:
    """The steps of a path in order, as the policy has them, with defaults filled in; for the page."""
    return _steps(rules).filter(pl.col("path") == path).drop("path", "step_id", "after_id").to_dicts()


def steps_due(frame: pl.DataFrame, done: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The steps to make as tasks for the day ``as_of``: ``household_id, path, step, episode_on, due, channel, target,
    title, minutes``.

    *frame*: ``household_id, path, as_of, episode_on`` (oldest unpaid due; null: nothing is overdue)``, dpd,
    has_guarantor, held_by`` ('' or what holds the path, joined by commas); optional ``promise_broken`` (a promise was just
    judged not kept, for the steps that answer it) and ``ended_episode_on, ended_dpd`` (a delay that has just been paid
    off, for steps after payoff). *done*: the tasks already made, ``household_id, path,
    step, episode_on, due``; optional ``state`` (open done postponed impossible cancelled) and ``ended_on``.

    A step is due from its first to its last day past due. A single step is made once in an episode; a repeated one again
    ``every_days`` after the last, and not while the last is open. A step ``after`` another waits until that one was done
    (or found impossible): no step is jumped over, however old the debt.
    """
    steps = _steps(rules)
    households = frame.with_columns(_stopped(rules))
    late = households.filter(pl.col("episode_on").is_not_null())
    columns = (*_RUN, "path", "as_of", "dpd", "has_guarantor", "_stopped")
    wanted = [late.select(columns).join(steps.filter(pl.col("when") == "overdue"), on="path")]
    if "promise_broken" in frame.columns:
        wanted.append(late.filter(pl.col("promise_broken")).select(columns).join(
            steps.filter(pl.col("when") == "promise_broken"), on="path"))
    if "ended_episode_on" in frame.columns:
        wanted.append(households.filter(pl.col("ended_episode_on").is_not_null()).select(
            "household_id", pl.col("ended_episode_on").alias("episode_on"), "path", "as_of",
            pl.col("ended_dpd").alias("dpd"), "has_guarantor", pl.lit("").alias("_stopped")).join(
                steps.filter(pl.col("when") == "paid_off"), on="path"))
    due = pl.concat(wanted, how="vertical_relaxed").filter(
        (pl.col("dpd") >= pl.col("from_day")) & (pl.col("dpd") <= pl.col("to_day").fill_null(pl.col("dpd")))
        & ((pl.col("target") != "guarantor") | pl.col("has_guarantor").fill_null(False))
        & ~pl.col("_stopped").str.contains(pl.col("channel"), literal=True))
    return (_not_yet_made(due, _made(done, steps)).sort("household_id", "step_id")
            .select("household_id", "path", "step", "episode_on", pl.col("as_of").alias("due"), "channel", "target",
                    "title", "minutes"))


def _made(done: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """The tasks made so far, by run and step: last due, whether one is open, when it was last done.

    A task without a state counts as done on the day it was due; a cancelled one as never made, save that none is made for
    the same day again.
    """
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in _DONE_SCHEMA.items() if name not in done.columns]
    open_ = pl.col("state").is_in(["open", "postponed"]).fill_null(False)
    gone = (pl.col("state") == "cancelled").fill_null(False)
    taken = pl.col("state").is_in(["done", "impossible"]).fill_null(True)
    told = done.with_columns(*missing).select(*[pl.col(name).cast(kind) for name, kind in _DONE_SCHEMA.items()])
    return told.join(steps.select("path", "step", "step_id"), on=["path", "step"]).group_by(*_RUN, "step_id").agg(
        last_due=pl.col("due").filter(~gone).max(), last_made=pl.col("due").max(), open=open_.any(),
        done_on=pl.coalesce("ended_on", "due").filter(taken).max())


def _not_yet_made(due: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    due = due.join(made, on=[*_RUN, "step_id"], how="left")
    due = due.join(made.select(*_RUN, after_id="step_id", after_done_on="done_on"), on=[*_RUN, "after_id"], how="left")
    since = (pl.col("as_of") - pl.col("last_due")).dt.total_days()
    again = (pl.col("every_days") > 0) & ~pl.col("open").fill_null(False) & (since >= pl.col("every_days"))
    waited = (pl.col("as_of") - pl.col("after_done_on")).dt.total_days() >= pl.col("after_days")
    return due.filter((pl.col("last_due").is_null() | again) & (pl.col("last_made") != pl.col("as_of")).fill_null(True)
                      & (pl.col("after_id").is_null() | waited.fill_null(False)))


def _stopped(rules: Rules) -> pl.Expr:
    """``_stopped``: the channels that what holds a household stops, in one text; a hold that the policy does not name
    stops all."""
    everything = ",".join(CHANNELS)
    stops = {row["hold"]: everything if "*" in row["stops"] else ",".join(row["stops"]) for row in rules["paths.holds"]}
    holds = pl.col("held_by").fill_null("").str.split(",")
    channels = holds.list.eval(pl.element().replace_strict({**stops, "": ""}, default=everything,
                                                           return_dtype=pl.String)).list.join(",")
    return pl.when(pl.col("held_by").fill_null("") == "").then(pl.lit("")).otherwise(channels).alias("_stopped")


def _steps(rules: Rules) -> pl.DataFrame:
    """All steps of all paths as one table, defaults filled in; derived once."""
    kept = rules.kept.get("paths.steps")
    if kept is None:
        rows = [{"every_days": 0, "after": "", "after_days": 1, "when": "overdue", "to_day": None, **step, "path": path}
                for path in names(rules) for step in rules[f"paths.{path}"]]
        kept = pl.DataFrame([{**row, "step_id": number} for number, row in enumerate(rows)], schema=_STEP_SCHEMA)
        ids = kept.select("path", after="step", after_id="step_id")
        kept = kept.join(ids, on=["path", "after"], how="left", maintain_order="left")
        rules.kept["paths.steps"] = kept
    return kept
