"""What has happened in a simulated bank so far, and the frames that the day's end reads of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from demo.draw import Draw
from demo.people import Answer
from qingshou.engine.day import Day
from qingshou.engine.day.states import LEVEL_CHANGES

MONEY_SOURCES = ("果款", "货款回笼", "工资", "亲属借款", "卖猪款", "工程款", "退税款")
NEW_FINDING_AFTER = timedelta(days=45)
_TASK = {
    "task_id": pl.Int64, "household_id": pl.Int64, "source": pl.String, "path": pl.String, "step": pl.String,
    "episode_on": pl.Date, "title": pl.String, "channel": pl.String, "target": pl.String, "owner_id": pl.Int64,
    "due": pl.Date, "made_on": pl.Date, "state": pl.String, "ended_on": pl.Date, "outcome": pl.String,
    "reason": pl.String, "contact": pl.Int64,
}
_CONTACT = {"household_id": pl.Int64, "on": pl.Date, "channel": pl.String, "outcome": pl.String}
_PAYMENT = {"household_id": pl.Int64, "date": pl.Date, "amount_fen": pl.Int64}


@dataclass(frozen=True)
class World:
    """What does not change while the story runs, in the words of ``engine.day.book``."""

    loans: pl.DataFrame
    dues: pl.DataFrame
    events: pl.DataFrame  # of the past, disbursements of later loans included
    households: pl.DataFrame
    guarantors: dict[int, list[int]]  # household id -> party ids
    failed_debit_fen: dict[int, int] = field(default_factory=dict)  # loan id -> fee that its contract names


@dataclass
class Story:
    """Facts in the order in which they happened; ids count from 1."""

    contacts: list[dict[str, Any]] = field(default_factory=list)
    promises: list[dict[str, Any]] = field(default_factory=list)
    judgements: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    holds: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    channels: dict[int, str] = field(default_factory=dict)  # event id -> how it was paid
    level_changes: list[pl.DataFrame] = field(default_factory=list)
    reports: dict[date, dict[str, int]] = field(default_factory=dict)
    history: dict[date, Day] = field(default_factory=dict)
    keep_history: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        self.tasks = pl.DataFrame(schema=_TASK)  # live ones; the others rest in ``archive``
        self.archive: list[pl.DataFrame] = []
        self._next_task = 1
        self._ended: list[dict[str, Any]] = []
        self._broken: dict[int, int] = {}
        self._last_finding: dict[int, date] = {}
        self._today: list[dict[str, Any]] = []
        self.broken_today: list[dict[str, Any]] = []
        self._payments = pl.DataFrame(schema=_PAYMENT)

    # What people do during a day.

    def open_tasks(self, day: date) -> pl.DataFrame:
        """Open tasks that are due."""
        return self.tasks.filter((pl.col("state") == "open") & (pl.col("due") <= day))

    def contact(self, day: date, minute: int, row: dict[str, Any], answer: Answer, party: int) -> int:
        number = len(self.contacts) + 1
        self.contacts.append({
            "id": number, "household_id": row["household_id"], "party_id": party, "party_role": row["target"],
            "channel": row["channel"], "on": day, "minute": minute, "duration_seconds": answer.seconds or None,
            "answered": answer.answered, "identity_verified": answer.verified, "outcome": answer.outcome,
            "note": answer.note, "made_by_id": row["owner_id"], "task_id": row["task_id"]})
        self._today.append({"household_id": row["household_id"], "on": day, "channel": row["channel"],
                            "outcome": answer.outcome})
        return number

    def promise(self, household: int, contact: int, made_on: date, due: date, fen: int, user: int, draw: Draw) -> None:
        self.promises.append({
            "id": len(self.promises) + 1, "household_id": household, "contact_id": contact, "made_on": made_on, "due": due,
            "amount_fen": fen, "source_of_money": draw.pick(MONEY_SOURCES), "taken_by_id": user, "state": "",
            "paid_fen": None})

    def finding_wanted(self, household: int, day: date) -> bool:
        """Whether what is known of a household has grown old (or nothing is known)."""
        known = self._last_finding.get(household)
        return known is None or day - known > NEW_FINDING_AFTER

    def finding(self, household: int, day: date, user: int, found: dict[str, str]) -> None:
        self._last_finding[household] = day
        self.findings.append({"id": len(self.findings) + 1, "household_id": household, "found_on": day,
                              "found_by_id": user, **found})

    def hold(self, household: int, day: date, until: date | None, kind: str, reason: str, user: int) -> None:
        mine = [item for item in self.holds if item["household_id"] == household and item["kind"] == kind]
        if not any(item["ends_on"] is None or item["ends_on"] > day for item in mine):
            self.holds.append({"id": len(self.holds) + 1, "household_id": household, "kind": kind, "starts_on": day,
                               "ends_on": until, "reason": reason, "made_by_id": user})

    def decide(self, loan: int, kind: str, level: str, day: date) -> None:
        """A person's decision on a loan's class."""
        self.decisions.append({"id": len(self.decisions) + 1, "loan_id": loan, "kind": kind, "level": level,
                               "decided_on": day})

    def end_task(self, task: int, day: date, outcome: str, contact: int | None) -> None:
        self._ended.append({"task_id": task, "state": "done", "ended_on": day, "outcome": outcome, "reason": "",
                            "contact": contact})

    def paid(self, household: int, day: date, fen: int) -> None:
        self._payments.extend(pl.DataFrame([(household, day, fen)], schema=_PAYMENT, orient="row"))

    # What the day's end reads, and what it gives.

    def frames(self, world: World, day: date) -> dict[str, pl.DataFrame]:
        """The frames of ``Book`` that this story holds, as of the evening of *day*."""
        self._settle_ended()
        running = [item for item in self.promises[-4000:] if item["state"] == ""]
        promises = pl.DataFrame(
            [{name: item[name] for name in ("household_id", "made_on", "due", "amount_fen", "state", "paid_fen")}
             | {"promise_id": item["id"]} for item in running],
            schema={"promise_id": pl.Int64, "household_id": pl.Int64, "made_on": pl.Date, "due": pl.Date,
                    "amount_fen": pl.Int64, "state": pl.String, "paid_fen": pl.Int64})
        self._payments = self._payments.filter(pl.col("date") > day - timedelta(days=60))
        broken = pl.DataFrame({"household_id": list(self._broken), "broken_promises": list(self._broken.values())},
                              schema={"household_id": pl.Int64, "broken_promises": pl.Int64})
        households = world.households.join(broken, on="household_id", how="left", maintain_order="left").with_columns(
            pl.col("broken_promises").fill_null(0))
        contacts = pl.DataFrame(self._today, schema=_CONTACT).unique("household_id", keep="last", maintain_order=True)
        findings = pl.DataFrame(self.findings, schema={
            "id": pl.Int64, "household_id": pl.Int64, "found_on": pl.Date, "found_by_id": pl.Int64, "cause": pl.String,
            "business_state": pl.String, "ability": pl.String, "willingness": pl.String, "guarantee": pl.String})
        holds = pl.DataFrame(
            [{name: item[name] for name in ("household_id", "kind", "starts_on", "ends_on")} for item in self.holds],
            schema={"household_id": pl.Int64, "kind": pl.String, "starts_on": pl.Date, "ends_on": pl.Date})
        mine = promises.select("household_id").unique()
        decisions = pl.DataFrame(self.decisions, schema={
            "id": pl.Int64, "loan_id": pl.Int64, "kind": pl.String, "level": pl.String, "decided_on": pl.Date})
        return {
            "decisions": decisions.rename({"id": "decision_id"}), "households": households,
            "findings": findings.rename({"id": "finding_id"}).drop("found_by_id"),
            "holds": holds, "promises": promises, "payments": self._payments.join(mine, on="household_id", how="semi"),
            "tasks": self.tasks.drop("outcome", "reason", "contact"), "contacts": contacts,
        }

    def take(self, day: Day) -> None:
        """The results of a day's end become part of the story."""
        self._today = []
        for row in day.judgements.iter_rows(named=True):
            promise = self.promises[row["promise_id"] - 1]
            promise["state"], promise["paid_fen"] = row["state"], row["paid_fen"]
            self.judgements.append({"id": len(self.judgements) + 1, **row})
            if row["state"] == "broken":
                self.broken_today.append(promise)
                self._broken[promise["household_id"]] = self._broken.get(promise["household_id"], 0) + 1
        self._ended.extend({"task_id": row["task_id"], "state": "cancelled", "ended_on": row["ended_on"], "outcome": "",
                            "reason": row["reason"], "contact": None} for row in day.tasks_ended.iter_rows(named=True))
        self._settle_ended()
        made = day.tasks_made.with_columns(
            task_id=pl.int_range(pl.len()) + self._next_task, state=pl.lit("open"), ended_on=pl.lit(None, dtype=pl.Date),
            outcome=pl.lit(""), reason=pl.lit(""), contact=pl.lit(None, dtype=pl.Int64))
        self._next_task += made.height
        self.tasks = pl.concat([self.tasks, made.select(list(_TASK)).cast(_TASK)])
        self._rest(day)
        self.level_changes.append(day.level_changes.cast(LEVEL_CHANGES))
        self.reports[day.date] = dict(day.report)
        if day.date in self.keep_history:
            self.history[day.date] = day

    def all_tasks(self) -> pl.DataFrame:
        """Every task of the story."""
        return pl.concat([*self.archive, self.tasks]).sort("task_id")

    def _settle_ended(self) -> None:
        if not self._ended:
            return
        told = pl.DataFrame(self._ended, schema={name: _TASK[name] for name in (
            "task_id", "state", "ended_on", "outcome", "reason", "contact")}).unique("task_id", keep="first")
        self.tasks = self.tasks.update(told, on="task_id", how="left")
        self._ended = []

    def _rest(self, day: Day) -> None:
        """Ended tasks of households that owe nothing overdue go to the archive: no path looks back at them."""
        calm = day.household_states.filter(pl.col("dpd") == 0).select("household_id")
        resting = self.tasks.filter((pl.col("state") != "open") & (pl.col("ended_on") < day.date)).join(
            calm, on="household_id", how="semi")
        if resting.height:
            self.archive.append(resting)
            self.tasks = self.tasks.join(resting.select("task_id"), on="task_id", how="anti")
