"""Treatment paths 策略路径 (S1): which steps of its path a household is due today. Steps are policy data."""

from __future__ import annotations

from typing import Any

import polars as pl

from qingshou.policy import Rules

OUT = ("household_id", "path", "step", "episode_on", "due", "channel", "target", "title", "minutes")
_KEY = ["household_id", "path", "step", "episode_on"]
_DONE_SCHEMA = {"household_id": pl.Int64, "path": pl.String, "step": pl.String, "episode_on": pl.Date, "due": pl.Date,
                "state": pl.String, "ended_on": pl.Date}
_STEP_SCHEMA = {"path": pl.String, "step": pl.String, "title": pl.String, "place": pl.Int64, "from_day": pl.Int64,
                "to_day": pl.Int64, "every_days": pl.Int64, "after": pl.String, "after_days": pl.Int64,
                "channel": pl.String, "target": pl.String, "minutes": pl.Int64, "when": pl.String}


def names(rules: Rules) -> dict[str, str]:
    """Paths by code with their Chinese names."""
    return {row["path"]: row["title"] for row in rules["paths.paths"]}


def preview(path: str, rules: Rules) -> list[dict[str, Any]]:
    """The steps of a path in order, as the policy has them, with defaults filled in; for the page."""
    return _steps(rules).filter(pl.col("path") == path).sort("place").drop("path", "place").to_dicts()


def steps_due(frame: pl.DataFrame, done: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The steps to make as tasks for the day ``as_of``: ``household_id, path, step, episode_on, due, channel, target,
    title, minutes``.

    *frame*: ``household_id, path, as_of, episode_on`` (oldest unpaid due; null: nothing is overdue)``, dpd,
    has_guarantor, held_by`` ('' or what holds the path, joined by commas); optional ``ended_episode_on, ended_dpd`` (a
    delay that has just been paid off, for steps after payoff). *done*: the tasks already made, ``household_id, path,
    step, episode_on, due``; optional ``state`` (open done postponed impossible cancelled) and ``ended_on``.

    A step is due from its first to its last day past due. A single step is made once in an episode; a repeated one again
    ``every_days`` after the last, and not while the last is open. A step ``after`` another waits until that one has
    ended: no step is jumped over, however old the debt.
    """
    steps = _steps(rules)
    running = frame.filter(pl.col("episode_on").is_not_null()).select(
        "household_id", "path", "as_of", "episode_on", "dpd", "has_guarantor", "held_by").join(
            steps.filter(pl.col("when") == "overdue"), on="path")
    wanted = [running]
    if "ended_episode_on" in frame.columns:
        wanted.append(frame.filter(pl.col("ended_episode_on").is_not_null()).select(
            "household_id", "path", "as_of", pl.col("ended_episode_on").alias("episode_on"),
            pl.col("ended_dpd").alias("dpd"), "has_guarantor", pl.lit("").alias("held_by")).join(
                steps.filter(pl.col("when") == "paid_off"), on="path"))
    due = pl.concat(wanted, how="vertical_relaxed").filter(
        (pl.col("dpd") >= pl.col("from_day")) & (pl.col("dpd") <= pl.col("to_day").fill_null(pl.col("dpd")))
        & ((pl.col("target") != "guarantor") | pl.col("has_guarantor").fill_null(False)) & ~_held(rules))
    return (_not_yet_made(due, _made(done)).sort("household_id", "place")
            .select(*[pl.col("as_of").alias("due") if name == "due" else name for name in OUT]))


def _made(done: pl.DataFrame) -> pl.DataFrame:
    """The tasks made so far, by household, path, step and episode: last due, whether one is open, when the last ended."""
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in _DONE_SCHEMA.items() if name not in done.columns]
    open_ = pl.col("state").is_in(["open", "postponed"]).fill_null(False)
    return (done.with_columns(*missing).select(*[pl.col(name).cast(kind) for name, kind in _DONE_SCHEMA.items()])
            .group_by(_KEY).agg(last_due=pl.col("due").max(), open=open_.any(),
                                ended_on=pl.coalesce("ended_on", "due").filter(~open_).max()))


def _not_yet_made(due: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    keyed = due.join(made, on=_KEY, how="left")
    earlier = made.select(*[pl.col(name) for name in _KEY if name != "step"], pl.col("step").alias("after"),
                          after_ended_on="ended_on")
    keyed = keyed.join(earlier, on=["household_id", "path", "after", "episode_on"], how="left")
    since = (pl.col("as_of") - pl.col("last_due")).dt.total_days()
    again = pl.col("last_due").is_null() | (
        (pl.col("every_days") > 0) & ~pl.col("open").fill_null(False) & (since >= pl.col("every_days")))
    waited = (pl.col("as_of") - pl.col("after_ended_on")).dt.total_days() >= pl.col("after_days")
    ready = (pl.col("after") == "") | waited.fill_null(False)
    return keyed.filter(again & ready)


def _held(rules: Rules) -> pl.Expr:
    """Whether what holds the household stops the step's channel; a hold that the policy does not name stops all."""
    held_by = pl.col("held_by").fill_null("")
    stopped = pl.lit(False)
    known = []
    for row in rules["paths.holds"]:
        known.append(row["hold"])
        stops = pl.lit(True) if "*" in row["stops"] else pl.col("channel").is_in(row["stops"])
        stopped = stopped | (held_by.str.split(",").list.contains(row["hold"]) & stops)
    others = held_by.str.split(",").list.set_difference(pl.lit([*known, ""])).list.len() > 0
    return stopped | others


def _steps(rules: Rules) -> pl.DataFrame:
    """All steps of all paths as one table, defaults filled in; derived once."""
    kept = rules.kept.get("paths.steps")
    if kept is None:
        rows = []
        for path in names(rules):
            for place, step in enumerate(rules[f"paths.{path}"]):
                rows.append({"every_days": 0, "after": "", "after_days": 1, "when": "overdue", "to_day": None, **step,
                             "path": path, "place": place})
        kept = pl.DataFrame(rows, schema=_STEP_SCHEMA)
        rules.kept["paths.steps"] = kept
    return kept
