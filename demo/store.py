"""Write a finished story into an empty, migrated store: one bulk transaction, facts in the order of their happening."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from demo import places
from demo.simulate import Simulation
from demo.staff import Staff
from demo.tables import Master
from qingshou.access import audit
from qingshou.access.models import User
from qingshou.casework.models import Assignment, Finding, Hold, Task
from qingshou.contact.models import ContactAttempt, GuardDecision, Promise, PromiseJudgement
from qingshou.dayend import marks
from qingshou.engine.fold import complete_terms, replay
from qingshou.engine.terms import policy_terms
from qingshou.portfolio.models import (
    AllocationLine,
    BusinessDay,
    Collateral,
    ContactPoint,
    Guarantee,
    Household,
    HouseholdState,
    Instalment,
    LedgerEvent,
    LevelChange,
    LevelDecision,
    Loan,
    LoanState,
    Party,
    Relation,
    Valuation,
)
from qingshou.store import bulk

EVENING = timedelta(hours=12)  # 20:00 in Shanghai
CANCELLED = {"paid": "已还清", "other_episode": "新的逾期", "other_path": "策略路径已变更", "superseded": "已由后续步骤代替"}


def write(master: Master, run: Simulation, staff: Staff, *, last_day: date, made: dict[str, int]) -> None:
    """Everything but users and units, which exist. Afterwards the store is the demo bank on its business date.

    *made*: the arguments that it was made with, for the audit chain.
    """
    story = run.story
    risk = User.objects.get(username="gu").id
    companions = _companions(staff)
    facts: list[tuple[Any, pl.DataFrame]] = [
        (Party, master.parties), (Household, master.households), (Assignment, master.assignments), (Loan, master.loans),
        (Guarantee, master.guarantees), (Collateral, master.collaterals), (Valuation, master.valuations),
        (Relation, master.relations), (ContactPoint, master.contact_points), (Instalment, _instalments(run)),
        (LedgerEvent, _events(run)), (LoanState, run.loan_states), (HouseholdState, run.household_states),
        (AllocationLine, _splits(run, last_day)), (LevelChange, _numbered(pl.concat(story.level_changes))),
        (LevelDecision, _decisions(story.decisions, risk)), (Finding, _findings(story.findings)),
        (Hold, _holds(story.holds)), (Task, _tasks(story.all_tasks())), (GuardDecision, _guards(story.contacts, companions)),
        (ContactAttempt, _contacts(story.contacts, companions)), (Promise, _promises(story.promises)),
        (PromiseJudgement, pl.DataFrame(story.judgements)), (BusinessDay, _days(run, last_day)),
    ]
    with bulk.session() as session:
        for model, frame in facts:
            session.append(model, frame)
        session.settle_ids(*(model for model, frame in facts if "id" in frame.columns))
        marks.write(session, marks.newest(session))
        session.execute("INSERT INTO store_setting (key, value) VALUES ('demo', '1')")
        audit.record_in(session, actor=None, action="demo.build", subject="store", after=made)


def _companions(staff: Staff) -> dict[int, int]:
    """Who goes along on a collector's visits: the next one of the division."""
    pairs = {}
    for members in staff.collectors.values():
        for place, user in enumerate(members):
            pairs[user.id] = members[(place + 1) % len(members)].id
    return pairs


def _at(day: date, minute: int = 0) -> datetime:
    """*minute* of the day in Shanghai, as UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8) + timedelta(minutes=minute)


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(id=pl.int_range(1, frame.height + 1))


def _evening(column: str) -> pl.Expr:
    return (pl.col(column).cast(pl.Datetime("us")) + EVENING).dt.replace_time_zone("UTC")


def _instalments(run: Simulation) -> pl.DataFrame:
    frame = run.world.dues.select("loan_id", "number", "due", "principal_fen", "interest_fen", version=pl.lit(1))
    return _numbered(frame)


def _events(run: Simulation) -> pl.DataFrame:
    events = pl.concat(list(run.events.values())).sort("event_id").filter(pl.col("date") < places.BUSINESS_DATE)
    channels = [run.story.channels.get(number, "") for number in events["event_id"].to_list()]
    note = pl.when(pl.col("kind") == "reversal").then(pl.lit("柜面误记，冲正后重新入账")).when(pl.col("kind") == "fee").then(
        pl.lit("扣款失败费")).otherwise(pl.lit(""))
    return events.select(
        id="event_id", event_no=pl.format("T{}", pl.col("event_id").cast(pl.String).str.zfill(9)), loan_id="loan_id",
        date="date", kind="kind", amount_fen="amount_fen", rate_ppm="rate_ppm", reverses_id="reverses",
        channel=pl.Series(channels, dtype=pl.String), source=pl.lit("import"), note=note, source_hash=pl.lit(""),
        recorded_at=_evening("date"), recorded_by=pl.lit("system"))


def _splits(run: Simulation, last_day: date) -> pl.DataFrame:
    """How every payment was divided: one replay of the whole ledger, which must end where the days ended."""
    rules = run.policy.at(last_day)
    terms = complete_terms(run.world.loans.join(run.loan_states.select("loan_id"), on="loan_id", how="semi"),
                           **policy_terms(rules))
    whole = replay(terms, run.world.dues, pl.concat(list(run.events.values())), as_of=last_day)
    ours = run.loan_states.select(whole.carry.columns).sort("loan_id")
    if not whole.carry.sort("loan_id").equals(ours):
        raise AssertionError("the ledger replayed as a whole differs from the days as they passed")
    return whole.splits.filter(pl.col("event_id").is_not_null())


def _decisions(rows: list[dict[str, Any]], user: int) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema={"id": pl.Int64, "loan_id": pl.Int64, "kind": pl.String, "level": pl.String,
                                       "decided_on": pl.Date})
    reason = "逾期本息费用已全部清偿，其后连续按期还款满六个月，经审批上调"
    return frame.with_columns(decided_by_id=pl.lit(user), reason=pl.lit(reason))


def _findings(rows: list[dict[str, Any]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(evidence=pl.lit("电话或上门了解，本人陈述"), recorded_at=_evening("found_on"))


def _holds(rows: list[dict[str, Any]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema={
        "id": pl.Int64, "household_id": pl.Int64, "kind": pl.String, "starts_on": pl.Date, "ends_on": pl.Date,
        "reason": pl.String, "made_by_id": pl.Int64})
    return frame.with_columns(lifts_id=pl.lit(None, dtype=pl.Int64), recorded_at=_evening("starts_on"))


def _tasks(tasks: pl.DataFrame) -> pl.DataFrame:
    done = pl.col("state") == "done"
    return tasks.select(
        id="task_id", household_id="household_id", source="source", path="path", step="step", episode_on="episode_on",
        title="title", channel="channel", target="target", owner_id="owner_id", due="due", state="state",
        outcome="outcome", reason=pl.col("reason").replace(CANCELLED), postponed_to=pl.lit(None, dtype=pl.Date),
        ended_on="ended_on", ended_by_id=pl.when(done).then("owner_id"),
        ended_at=pl.when(pl.col("ended_on").is_not_null()).then(_evening("ended_on")), made_on="made_on")


def _guards(rows: list[dict[str, Any]], companions: dict[int, int]) -> pl.DataFrame:
    return pl.DataFrame([
        {"id": row["id"], "household_id": row["household_id"], "channel": row["channel"], "party_role": row["party_role"],
         "at": _at(row["on"], row["minute"]), "party_id": row["party_id"], "person": "",
         "companion_id": companions[row["made_by_id"]] if row["channel"] == "visit" else None, "task_id": row["task_id"],
         "allowed": True, "reasons": "[]", "asked_by_id": row["made_by_id"], "asked_at": _at(row["on"], row["minute"])}
        for row in rows], infer_schema_length=None)


def _contacts(rows: list[dict[str, Any]], companions: dict[int, int]) -> pl.DataFrame:
    return pl.DataFrame([
        {"id": row["id"], "contact_no": f"C{row['id']:07d}", "household_id": row["household_id"],
         "party_id": row["party_id"], "party_role": row["party_role"], "channel": row["channel"],
         "at": _at(row["on"], row["minute"]), "duration_seconds": row["duration_seconds"], "answered": row["answered"],
         "identity_verified": row["identity_verified"], "outcome": row["outcome"], "note": row["note"],
         "recording": f"R{row['id']:07d}" if row["channel"] == "call" else "", "made_by_id": row["made_by_id"],
         "companion_id": companions[row["made_by_id"]] if row["channel"] == "visit" else None, "guard_id": row["id"],
         "task_id": row["task_id"], "corrects_id": None, "source": "page",
         "recorded_at": _at(row["on"], row["minute"] + 5)}
        for row in rows], infer_schema_length=None, schema_overrides={"corrects_id": pl.Int64})


def _promises(rows: list[dict[str, Any]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, infer_schema_length=None).drop("state", "paid_fen")
    return frame.with_columns(promise_no=pl.format("P{}", pl.col("id").cast(pl.String).str.zfill(7)),
                              recorded_at=_evening("made_on"))


def _days(run: Simulation, last_day: date) -> pl.DataFrame:
    rows = [{"date": day, "state": "closed", "closed_at": _at(day, 23 * 60), "fingerprint": "",
             "report": json.dumps(report, ensure_ascii=False)} for day, report in sorted(run.story.reports.items())]
    rows.append({"date": last_day + timedelta(days=1), "state": "open", "closed_at": None, "fingerprint": "", "report": ""})
    return _numbered(pl.DataFrame(rows, infer_schema_length=None))
