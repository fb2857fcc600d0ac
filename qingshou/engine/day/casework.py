"""The day in the casework: promises judged, findings read together, holds, and the tasks that paths make and end."""

from __future__ import annotations

from datetime import date

import polars as pl

from qingshou.engine import paths, promises
from qingshou.engine.day.book import Book
from qingshou.engine.day.states import JUDGEMENTS, TASKS_ENDED, TASKS_MADE
from qingshou.policy import Rules

ANSWERS = ("cause", "business_state", "ability", "willingness", "guarantee")
# The order in which holds are named; what does not fit is left out.
HOLD_KINDS = ("death", "bankruptcy", "lawyer", "complaint", "dispute", "hardship", "consent")
HOLDS_NAMED = 3


def judge_promises(book: Book, rules: Rules, ended: date, changed: pl.DataFrame, day: date) -> pl.DataFrame:
    """Judgements of promises whose day has ended by *ended*: those not judged yet, and, in households whose ledger
    changed (``household_id``), those that come out differently now."""
    due = book.promises.filter(pl.col("due") <= ended)
    asked = pl.concat([due.filter(pl.col("state") == "").select("household_id"), changed]).unique()
    due = due.join(asked, on="household_id", how="semi")
    if due.is_empty():
        return pl.DataFrame(schema=JUDGEMENTS)
    judged = promises.judge(due, book.payments, ended, rules)
    judged = judged.join(due.select("promise_id", was="state", was_fen="paid_fen"), on="promise_id")
    moved = (pl.col("was") != pl.col("state")) | (pl.col("was_fen") != pl.col("paid_fen")).fill_null(True)
    return judged.filter(moved).sort("promise_id").select(
        "promise_id", judged_on=pl.lit(day, dtype=pl.Date), state="state", paid_fen="paid_fen").cast(JUDGEMENTS)  # type: ignore[arg-type]


def broken_promises(book: Book, judgements: pl.DataFrame) -> pl.DataFrame:
    """How many promises of each household stand judged as broken now: ``household_id, broken_promises``."""
    before = book.households.select("household_id", "broken_promises")
    if judgements.is_empty():
        return before
    moved = judgements.join(book.promises.select("promise_id", "household_id", was="state"), on="promise_id")
    moved = moved.group_by("household_id").agg(
        more=((pl.col("state") == "broken").cast(pl.Int64) - (pl.col("was") == "broken").cast(pl.Int64)).sum())
    return before.join(moved, on="household_id", how="left", maintain_order="left").select(
        "household_id", broken_promises=pl.col("broken_promises") + pl.col("more").fill_null(0))


def not_kept(book: Book, judgements: pl.DataFrame, day: date) -> pl.DataFrame:
    """Households with a promise that was due on *day* and was not kept: ``household_id``."""
    due = book.promises.filter(pl.col("due") == day).select("promise_id", "household_id", was="state")
    due = due.join(judgements.select("promise_id", now="state"), on="promise_id", how="left")
    return due.filter(pl.coalesce("now", "was").is_in(["broken", "partly_kept"])).select("household_id").unique()


def running_promises(book: Book, judgements: pl.DataFrame, work: date) -> pl.DataFrame:
    """The promise of each household that falls due next, today included: ``household_id, promise_due, promise_fen``."""
    open_ = book.promises.filter((pl.col("due") >= work) & (pl.col("state") == "") & (pl.col("made_on") <= work))
    open_ = open_.join(judgements, on="promise_id", how="anti").sort("household_id", "due", "promise_id")
    return open_.group_by("household_id", maintain_order=True).first().select(
        "household_id", promise_due="due", promise_fen="amount_fen")


def answers(book: Book, day: date) -> pl.DataFrame:
    """The newest answer to each question that findings asked: ``household_id, cause, business_state, …`` ('': none)."""
    known = book.findings.filter(pl.col("found_on") <= day).sort("found_on", "finding_id")
    newest = [pl.col(name).filter(pl.col(name) != "").last().fill_null("").alias(name) for name in ANSWERS]
    return known.group_by("household_id").agg(newest)


def holds(book: Book, work: date) -> pl.DataFrame:
    """What holds a household on the day: ``household_id, held_by`` (kinds by commas, the gravest first)."""
    on = book.holds.filter((pl.col("starts_on") <= work) & (pl.col("ends_on") > work).fill_null(True))
    place = {kind: number for number, kind in enumerate(HOLD_KINDS)}
    on = on.select("household_id", "kind").unique().with_columns(
        place=pl.col("kind").replace_strict(place, default=len(place), return_dtype=pl.Int64))
    return on.sort("household_id", "place", "kind").group_by("household_id", maintain_order=True).agg(
        held_by=pl.col("kind").head(HOLDS_NAMED).str.join(","))


def paid_off_steps(rules: Rules) -> pl.DataFrame:
    """Steps that are taken after payoff, ``path, step``: they outlive the arrears. Derived once."""
    kept = rules.kept.get("day.paid_off_steps")
    if kept is None:
        rows = [(path, step["step"]) for path in paths.names(rules) for step in paths.preview(path, rules)
                if step["when"] == "paid_off"]
        kept = pl.DataFrame(rows, schema={"path": pl.String, "step": pl.String}, orient="row")
        rules.kept["day.paid_off_steps"] = kept
    return kept


def end_tasks(tasks: pl.DataFrame, now: pl.DataFrame, rules: Rules, day: date) -> pl.DataFrame:
    """Open tasks of paths that have lost their ground. *now*: ``household_id, path, episode_on`` (null: paid up)."""
    mine = tasks.filter((pl.col("state") == "open") & (pl.col("source") == "path"))
    mine = mine.join(paid_off_steps(rules), on=["path", "step"], how="anti")
    mine = mine.join(now.select("household_id", now_path="path", now_episode="episode_on"), on="household_id")
    why = (pl.when(pl.col("now_episode").is_null()).then(pl.lit("paid"))
           .when(pl.col("now_episode") != pl.col("episode_on")).then(pl.lit("other_episode"))
           .when(pl.col("now_path") != pl.col("path")).then(pl.lit("other_path")))
    return mine.select("task_id", "household_id", ended_on=pl.lit(day, dtype=pl.Date), reason=why).filter(
        pl.col("reason").is_not_null()).sort("task_id").cast(TASKS_ENDED)  # type: ignore[arg-type]


def make_tasks(tasks: pl.DataFrame, now: pl.DataFrame, rules: Rules, day: date) -> pl.DataFrame:
    """The tasks that paths ask for. *now*: the frame that ``paths.steps_due`` takes, and ``custodian_id``."""
    moved = pl.when(pl.col("state") != "postponed").then("state").otherwise(pl.lit("cancelled"))  # its successor is there
    done = tasks.filter(pl.col("source") == "path").select("household_id", "path", "step", "episode_on", "due",
                                                           "ended_on", state=moved)
    due = paths.steps_due(now, done, rules)
    owners = now.select("household_id", owner_id="custodian_id")
    return due.join(owners, on="household_id", how="left", maintain_order="left").select(
        "household_id", pl.lit("path").alias("source"), "path", "step", "episode_on", "title", "channel", "target",
        "owner_id", "due", made_on=pl.lit(day, dtype=pl.Date)).cast(TASKS_MADE)  # type: ignore[arg-type]
