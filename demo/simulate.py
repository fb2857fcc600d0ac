"""Eighteen months of a cooperative, day by day: borrowers pay or not, collectors work their queues, each day ends.

The day's end is the product's own ``engine.day.step``: what the demo bank shows is what the product derived from the
events of its story. Nothing here knows the store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from demo import past
from demo.draw import Draw
from demo.field import MINUTES, ByRank, Capacity, Strategy
from demo.people import Borrowers, next_workday, workday
from demo.story import Story, World
from qingshou.engine.classification import BAD
from qingshou.engine.day import Book, Day, step
from qingshou.engine.day import states as day_states
from qingshou.engine.fold import advance, balances, complete_terms
from qingshou.engine.fold.timeline import with_next
from qingshou.engine.terms import policy_terms
from qingshou.policy import Policy

SMALLEST_PROMISE = 10_000  # fen
RAISED_AFTER = timedelta(days=185)  # risk looks at bad loans that have been paid up as long as that
COUNTER = "柜面"
MISPOSTED = 0.006  # of payments at the counter: posted wrongly, reversed and entered again the next day


@dataclass
class Simulation:
    """A running story: the world's frames, what has happened so far, and the states that the last day left."""

    world: World
    borrowers: Borrowers
    policy: Policy
    draw: Draw
    strategy: Strategy = field(default_factory=ByRank)
    capacity: Capacity = field(default_factory=Capacity)
    story: Story = field(default_factory=Story)

    def __post_init__(self) -> None:
        self.dues = with_next(self.world.dues)
        self.events = {int(key[0]): frame for key, frame in self.world.events.group_by("loan_id")}  # type: ignore[index]
        self.next_event = int(self.world.events["event_id"].max() or 0) + 1  # type: ignore[call-overload]
        self.loan_states = pl.DataFrame(schema=day_states.LOAN_STATE)
        self.household_states = pl.DataFrame(schema=day_states.HOUSEHOLD_STATE)
        self.loans_of = {int(key[0]): part["loan_id"].to_list()  # type: ignore[index]
                         for key, part in self.world.loans.group_by("household_id")}
        self.promised: dict[int, tuple[date, int]] = {}  # household -> due, fen of the promise that is running
        self.mistakes: list[tuple[int, int, int]] = []  # loan, event, fen: posted wrongly, to be put right the next day

    def begin(self, day: date) -> Day:
        """The first day's end: everything that the ledger holds is folded."""
        started = self._started(day)
        return self._end(day, started["loan_id"])

    def run_day(self, day: date) -> Day:
        """One whole day: shocks, work, payments, day end."""
        self.borrowers.morning(day)
        if workday(day):
            self._work(day)
        paid = self._pay(day)
        new = self.world.loans.filter(pl.col("start") == day)["loan_id"]
        return self._end(day, pl.concat([new, pl.Series("loan_id", paid, dtype=pl.Int64)]).unique())

    def _started(self, day: date) -> pl.DataFrame:
        return self.world.loans.filter(pl.col("start") <= day)

    def _end(self, day: date, changed: pl.Series) -> Day:
        loans = self._started(day)
        self.started = set(loans["loan_id"].to_list())
        if day.day == 1:
            self._raise(day)
        touched = pl.DataFrame({"loan_id": changed})
        book = Book.of(
            loans=loans, changed=touched, loan_states=self.loan_states, household_states=self.household_states,
            dues=self.dues.filter((pl.col("due") == day) | pl.col("loan_id").is_in(changed.to_list())),
            events=pl.concat([self.events[loan] for loan in sorted(changed.to_list())])
            if len(changed) else pl.DataFrame(schema=past.EVENTS),
            **self.story.frames(self.world, day))
        result = step(book, self.policy, day)
        self.loan_states, self.household_states = result.loan_states, result.household_states
        self.story.take(result)
        return result

    def _raise(self, day: date) -> None:
        """Once a month risk approves that bad loans which have long been paid up rise to special mention."""
        ready = self.loan_states.filter(
            pl.col("level").is_in(BAD) & (pl.col("dpd") == 0) & (pl.col("principal_fen") > 0)
            & (pl.col("paid_up_since") <= day - RAISED_AFTER))
        for loan in ready["loan_id"].to_list():
            self.story.decide(loan, "raise", "special_mention", day)

    def _owed(self, day: date) -> pl.DataFrame:
        """What each household owes today with what falls due today: ``household_id, loan_id, overdue_fen, oldest, dpd``."""
        rules = self.policy.at(day)
        started = self.loan_states.select("loan_id")
        terms = complete_terms(self.world.loans.join(started, on="loan_id", how="semi"), **policy_terms(rules))
        carry = advance(self.loan_states, terms, self.dues.filter(pl.col("due") == day), to=day).carry
        owed = balances(carry, terms, as_of=day).join(terms.select("loan_id", "household_id"), on="loan_id")
        return owed.filter(pl.col("overdue_fen") > 0).select(
            "household_id", "loan_id", "overdue_fen", oldest=pl.col("oldest_unpaid_due").fill_null(day)).with_columns(
                dpd=(pl.lit(day) - pl.col("oldest")).dt.total_days())

    def _pay(self, day: date) -> list[int]:
        """Payments of the day become ledger events; returns the loans that they touch."""
        owed = self._owed(day).sort("household_id", "oldest", "loan_id")
        size = len(self.borrowers.customers)
        overdue, dpd, promised = (np.zeros(size, dtype=np.int64) for _ in range(3))
        sums = owed.group_by("household_id").agg(pl.col("overdue_fen").sum(), pl.col("dpd").max())
        at = sums["household_id"].to_numpy() - 1
        overdue[at], dpd[at] = sums["overdue_fen"].to_numpy(), sums["dpd"].to_numpy()
        for household, (due, fen) in list(self.promised.items()):
            if due == day:
                promised[household - 1] = fen
            if due <= day:
                del self.promised[household]
        amounts, helped = self.borrowers.payments(day, overdue, dpd, promised)
        left = {int(index) + 1: int(amounts[index]) for index in np.nonzero(amounts)[0]}
        touched = self._correct(day)
        for household, loan, fen in owed.select("household_id", "loan_id", "overdue_fen").iter_rows():
            part = min(left.get(household, 0), fen)
            if part > 0:
                left[household] -= part
                by = "保证人代偿" if helped[household - 1] else self.draw.weighted(
                    ("代扣", COUNTER, "手机银行"), (0.45, 0.3, 0.25))
                event = self._event(loan, day, "repayment", part, by)
                if by == COUNTER and self.draw.chance(MISPOSTED):
                    self.mistakes.append((loan, event, part))
                self.story.paid(household, day, part)
                touched.append(loan)
        return touched

    def _correct(self, day: date) -> list[int]:
        """Yesterday's wrong postings are reversed and entered again; broken promises cost a failed debit's fee where the
        contract says so."""
        touched = []
        for loan, event, fen in self.mistakes:
            self._event(loan, day, "reversal", None, COUNTER, reverses=event)
            self._event(loan, day, "repayment", fen, COUNTER)
            touched.append(loan)
        self.mistakes = []
        for promise in self.story.broken_today:
            for loan in self.loans_of[promise["household_id"]]:
                if self.world.failed_debit_fen.get(loan) and loan in self.started:
                    self._event(loan, day, "fee", self.world.failed_debit_fen[loan], "代扣")
                    touched.append(loan)
        self.story.broken_today = []
        return touched

    def _event(self, loan: int, day: date, kind: str, fen: int | None, channel: str, reverses: int | None = None) -> int:
        number = self.next_event
        row = pl.DataFrame([{"loan_id": loan, "event_id": number, "date": day, "seq": number, "kind": kind,
                             "amount_fen": fen, "rate_ppm": None, "reverses": reverses}], schema=past.EVENTS)
        self.events[loan] = pl.concat([self.events[loan], row])
        self.story.channels[number] = channel
        self.next_event += 1
        return number

    def _work(self, day: date) -> None:
        """Collectors take the tasks that are due, by the strategy, and record what came of each."""
        tasks = self.story.open_tasks(day)
        if tasks.is_empty():
            return
        queue = tasks.join(self.household_states.select("household_id", "score", "dpd", "overdue_fen", "cause"),
                           on="household_id").with_columns(
            minutes=pl.col("channel").replace_strict(MINUTES, default=20, return_dtype=pl.Int64))
        clock: dict[int, int] = {}
        chosen = self.strategy.choose(queue, self.capacity).sort("owner_id", "score", "task_id",
                                                                 descending=[False, True, False])
        for row in chosen.iter_rows(named=True):
            minute = clock.get(row["owner_id"], 8 * 60 + 40 + self.draw.between(0, 20))
            clock[row["owner_id"]] = minute + row["minutes"] + (60 if minute < 12 * 60 <= minute + row["minutes"] else 0)
            if clock[row["owner_id"]] > 19 * 60:
                continue
            self._attempt(day, minute, row)

    def _attempt(self, day: date, minute: int, row: dict[str, Any]) -> None:
        household, index = row["household_id"], row["household_id"] - 1
        if row["channel"] not in MINUTES:
            self.story.end_task(row["task_id"], day, "已办理", None)
            return
        answer = self.borrowers.answer(index, row["channel"], row["target"], row["dpd"])
        contact = self.story.contact(day, minute, row, answer, self._party(row))
        if answer.promise_days is not None and household not in self.promised and row["overdue_fen"] >= SMALLEST_PROMISE:
            due = next_workday(day + timedelta(days=answer.promise_days))
            fen = max(int(row["overdue_fen"] * answer.promise_share) // 10_000 * 10_000, min(row["overdue_fen"], 10_000))
            self.promised[household] = (due, fen)
            self.story.promise(household, contact, day, due, fen, row["owner_id"], self.draw)
        if answer.learned and self.story.finding_wanted(household, day):
            found = self.borrowers.finding(index, bool(self.world.guarantors.get(household)))
            self.story.finding(household, day, row["owner_id"], found)
            if found["cause"] == "deceased":
                self.story.hold(household, day, None, "death", "村委证明借款人已故，暂停对家属催收", row["owner_id"])
        if answer.outcome == "refused" and self.draw.chance(0.12):
            self.story.hold(household, day, day + timedelta(days=21), "complaint", "借款人对利息计算提出投诉，核实期间暂停",
                            row["owner_id"])
        self.story.end_task(row["task_id"], day, answer.outcome, contact)

    def _party(self, row: dict[str, Any]) -> int:
        if row["target"] == "guarantor":
            return int(self.draw.pick(self.world.guarantors[row["household_id"]]))
        return int(row["household_id"])
