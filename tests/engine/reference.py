"""An independent account of one loan: no arrays, no ranks; it walks from day to day and keeps its sums in Decimal.

Written from ``docs/engine.md``, not from the engine: where the two disagree, one of them misreads the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

KINDS = ("fee", "compound", "penalty", "interest", "principal")
WITHIN_A_DAY = ("disbursement", "due", "maturity", "rate_change", "fee", "fee_waiver", "interest_waiver", "repayment",
                "write_off")


def half_up(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), ROUND_HALF_UP)


def days_360(start: date, end: date) -> int:
    """30/360, bond basis."""
    first = 30 if start.day == 31 else start.day
    last = 30 if end.day == 31 and first == 30 else end.day
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first


@dataclass
class Line:
    """A running piece of interest: base, yearly rate in ppm, since when, days so far."""

    base: Decimal = Decimal(0)
    rate: Decimal = Decimal(0)
    since: date = date.min
    days: int = 0


@dataclass
class Account:
    """One loan. Amounts in fen."""

    terms: dict[str, Any]
    dues: list[dict[str, Any]]
    today: date = date.min
    disbursed: Decimal = Decimal(0)
    rate: Decimal = Decimal(0)
    closed: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(("interest", "penalty", "compound"), Decimal(0)))
    lines: dict[str, Line] = field(default_factory=lambda: {name: Line() for name in ("interest", "penalty", "compound")})
    printed: list[tuple[str, date, date, int, int, int]] = field(default_factory=list)
    splits: list[tuple[int | None, date, tuple[int, ...], int]] = field(default_factory=list)
    paid: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(KINDS, Decimal(0)))
    fees: Decimal = Decimal(0)
    principal_due: Decimal = Decimal(0)
    interest_due: Decimal = Decimal(0)
    fallen: list[tuple[date, Decimal, Decimal]] = field(default_factory=list)
    plan: Decimal | None = None
    plan_days: int = 0
    held: Decimal = Decimal(0)
    waived: Decimal = Decimal(0)
    marks: dict[str, Decimal] = field(default_factory=lambda: {"penalty": Decimal(0), "compound": Decimal(0)})
    oldest: date | None = None

    # -- what is owed ------------------------------------------------------------------------------------------------
    @property
    def principal(self) -> Decimal:
        return self.disbursed - self.paid["principal"]

    @property
    def overdue_principal(self) -> Decimal:
        return max(self.principal_due - self.paid["principal"], Decimal(0))

    @property
    def overdue_interest(self) -> Decimal:
        return max(self.interest_due - self.paid["interest"], Decimal(0))

    def running(self, name: str) -> Decimal:
        line = self.lines[name]
        if name == "interest" and self.plan is not None:
            elapsed = max((min(self.today, self.stops) - line.since).days, 0)
            return half_up(self.plan * elapsed / max(self.plan_days, 1))
        year = 365 if self.terms["basis"] == "actual/365" else 360
        return half_up(line.base * line.rate * line.days / (1_000_000 * year))

    def total(self, name: str) -> Decimal:
        return self.closed[name] + self.running(name)

    @property
    def stops(self) -> date:
        return self.terms["accrual_stops_on"] or date.max

    @property
    def in_grace(self) -> bool:
        grace = self.terms["penalty_grace_days"]
        return grace > 0 and self.oldest is not None and (self.today - self.oldest).days <= grace

    def owed(self, name: str) -> Decimal:
        if name == "principal":
            return self.principal
        if name == "fee":
            return self.fees - self.paid["fee"]
        total = self.total(name)
        if name in self.marks and self.in_grace:
            total = self.marks[name]
        return total - self.paid[name]

    # -- the walk ----------------------------------------------------------------------------------------------------
    def walk(self, events: list[dict[str, Any]], as_of: date) -> None:
        start = self.terms["start"]
        self.rate = Decimal(self.terms["rate_ppm"])
        for line in self.lines.values():
            line.since = start
        undone = {event["reverses"] for event in events if event["kind"] == "reversal"}
        acting = [event for event in events if event["kind"] != "reversal" and event["event_id"] not in undone]
        if not any(event["kind"] == "disbursement" for event in acting):
            acting.append({"event_id": -1, "kind": "disbursement", "date": start, "seq": -1,
                           "amount_fen": self.terms["principal_fen"]})
        happenings = [*acting, {"kind": "maturity", "date": self.terms["maturity"], "seq": 0, "event_id": -1}, *(
            {"kind": "due", "date": due["due"], "seq": due["number"], "event_id": -1, "place": place}
            for place, due in enumerate(self.dues))]
        by_day: dict[date, list[dict[str, Any]]] = {}
        for event in happenings:
            by_day.setdefault(event["date"], []).append(event)
        self.today = start
        while self.today <= as_of:
            for event in sorted(by_day.get(self.today, []), key=lambda event: (
                    WITHIN_A_DAY.index("repayment" if event["kind"] == "recovery" else event["kind"]), event["seq"],
                    event["event_id"])):
                self.happen(event)
            if self.today < as_of:
                self.pass_night()
            else:
                break
        for name in ("interest", "penalty", "compound"):
            self.print(name)

    def pass_night(self) -> None:
        self.today += timedelta(days=1)
        if self.today > self.stops:
            return
        for line in self.lines.values():
            line.days = days_360(line.since, self.today) if self.terms["basis"] == "30/360" else line.days + 1
            line.days = max(line.days, 0)

    def happen(self, event: dict[str, Any]) -> None:
        kind = event["kind"]
        amount = Decimal(event.get("amount_fen") or 0)
        begins = False
        if kind == "disbursement":
            begins = self.disbursed == 0
            self.disbursed += amount
        elif kind == "due":
            due = self.dues[event["place"]]
            last = event["place"] == len(self.dues) - 1
            self.principal_due = self.disbursed if last else min(self.principal_due + due["principal_fen"], self.disbursed)
            self.interest_due = self.total("interest")
            self.fallen.append((self.today, self.principal_due, self.interest_due))
        elif kind == "fee":
            self.fees += amount
        if kind in ("repayment", "recovery"):
            self.pay(event, amount, KINDS, ahead=True)
        elif kind in ("due", "fee") and self.held:
            held, self.held = self.held, Decimal(0)
            self.pay({**event, "event_id": None} if kind == "due" else event, held, KINDS, ahead=False)
        elif kind == "fee_waiver":
            self.pay(event, amount, ("fee",), ahead=False)
        elif kind == "interest_waiver":
            self.pay(event, amount, ("compound", "penalty", "interest"), ahead=False)
        self.look_for_oldest()
        self.reprice(event, begins)

    def pay(self, event: dict[str, Any], money: Decimal, kinds: tuple[str, ...], *, ahead: bool) -> None:
        waiver = event["kind"].endswith("waiver")
        late = self.oldest is not None and self.terms["late_after_days"] is not None and (
            self.today - self.oldest).days > self.terms["late_after_days"]
        order = (self.terms["order_late"] if late and self.terms["order_late"] else self.terms["order"]).split(",")
        spared = self.in_grace
        before = {name: self.total(name) for name in self.marks}
        taken = dict.fromkeys(KINDS, Decimal(0))

        def take(name: str, most: Decimal) -> None:
            nonlocal money
            part = max(min(money, most), Decimal(0))
            taken[name] += part
            money -= part

        for name in order:
            if name in kinds:
                due_now = {"interest": self.overdue_interest, "principal": self.overdue_principal}.get(name, self.owed(name))
                take(name, self.owed("interest") if waiver and name == "interest" else due_now)
        if ahead:
            rest = {"interest": self.owed("interest") - taken["interest"], "principal": self.principal - taken["principal"]}
            stated = bool(self.dues) and self.dues[0]["interest_fen"] is not None
            holds = stated if self.terms["excess"] is None else self.terms["excess"] == "hold"
            if not holds or money >= rest["interest"] + rest["principal"]:
                for name in order:
                    if name in rest:
                        take(name, rest[name])
        for name in KINDS:
            self.paid[name] += taken[name]
        if waiver:
            self.waived += sum(taken.values())
            left = Decimal(0)
        else:
            self.held += money
            left = money
            if spared and not self.overdue_interest and not self.overdue_principal:
                for name, mark in self.marks.items():  # as if the delay had never begun
                    self.closed[name] -= max(before[name] - mark, Decimal(0))
        self.splits.append((event["event_id"], self.today, tuple(int(taken[name]) for name in KINDS), int(left)))

    def look_for_oldest(self) -> None:
        open_dues = [day for day, principal, interest in self.fallen
                     if principal > self.paid["principal"] or interest > self.paid["interest"]]
        oldest = min(open_dues, default=None)
        if self.oldest is None and oldest is not None:
            self.marks = {name: self.total(name) for name in self.marks}
        self.oldest = oldest

    # -- lines -------------------------------------------------------------------------------------------------------
    def reprice(self, event: dict[str, Any], begins: bool) -> None:
        kind, old_rate = event["kind"], self.rate
        if kind == "rate_change" and event["rate_ppm"] is not None:
            self.rate = Decimal(event["rate_ppm"])
        changed = self.rate != old_rate
        surcharge = Decimal(self.terms["penalty_surcharge_ppm"])
        if self.terms["misused"]:
            surcharge = max(surcharge, Decimal(self.terms["misuse_surcharge_ppm"] or 0))
        penalty_rate = half_up(self.rate * (1_000_000 + surcharge) / 1_000_000)
        performing = self.principal - self.overdue_principal
        interest = self.lines["interest"]
        if kind == "due" or begins or changed or performing != interest.base:
            old_base = interest.base
            self.close("interest", performing, self.rate)
            self.new_plan(event, begins, performing, old_base, old_rate)
        penalty = self.lines["penalty"]
        if changed or self.overdue_principal != penalty.base:
            self.close("penalty", self.overdue_principal, penalty_rate)
        compound = self.lines["compound"]
        base = Decimal(0) if self.terms["compound"] == "none" else self.overdue_interest
        at_penalty = self.terms["compound_rate_in_term"] == "penalty"
        if changed or base != compound.base or (kind == "maturity" and not at_penalty):
            # A line that begins at maturity already bears the penalty rate.
            self.close("compound", base, penalty_rate if at_penalty or self.today >= self.terms["maturity"] else self.rate)

    def new_plan(self, event: dict[str, Any], begins: bool, performing: Decimal, old_base: Decimal,
                 old_rate: Decimal) -> None:
        contract = Decimal(self.terms["rate_ppm"])
        if event["kind"] == "due":
            following = self.dues[event["place"] + 1] if event["place"] + 1 < len(self.dues) else None
            stated = None if following is None else following["interest_fen"]
            self.plan = None if stated is None else Decimal(stated)
            self.plan_days = 0 if following is None else (following["due"] - self.today).days
            stated_for, priced_at = self.disbursed - self.principal_due, contract
        elif begins:
            first = self.dues[0] if self.dues else None
            self.plan = None if first is None or first["interest_fen"] is None else Decimal(first["interest_fen"])
            self.plan_days = 0 if first is None else (first["due"] - self.terms["start"]).days
            stated_for, priced_at = Decimal(sum(due["principal_fen"] for due in self.dues)), contract
        else:
            stated_for, priced_at = old_base, old_rate
        if stated_for <= 0:
            self.plan = None
        if self.plan is not None and self.plan > 0:
            if performing != stated_for:
                self.plan = half_up(self.plan * performing / stated_for)
            if self.plan > 0 and self.rate != priced_at and priced_at > 0:
                self.plan = half_up(self.plan * self.rate / priced_at)

    def close(self, name: str, base: Decimal, rate: Decimal) -> None:
        self.closed[name] += self.running(name)
        self.print(name)
        self.lines[name] = Line(base, rate, self.today)

    def print(self, name: str) -> None:
        line = self.lines[name]
        end = min(self.today, self.stops)
        if line.base > 0 and end > line.since:
            self.printed.append((name, line.since, end, int(line.base), int(line.rate), int(self.running(name))))
