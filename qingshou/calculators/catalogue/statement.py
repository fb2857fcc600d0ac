"""statement: the itemised interest statement 本息计算清单 of one loan given by its terms and events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field

from qingshou.calculators.catalogue.allocation import Kind, Order, doubled
from qingshou.calculators.fields import BASIS_LABELS, KIND_LABELS, Count, Day, Input, Part, Percent, Yuan, choices
from qingshou.calculators.registry import Calculator
from qingshou.engine import fold, money
from qingshou.engine import statement as engine
from qingshou.engine.money import format_percent, format_yuan
from qingshou.engine.terms import policy_terms
from qingshou.policy import Policy, Rules

COMPOUND_LABELS = {"none": gettext_noop("不计复利，利随本清"), "monthly": gettext_noop("按月结息"),
                   "quarterly": gettext_noop("按季结息")}
EVENT_LABELS = {"repayment": gettext_noop("还款"), "rate_change": gettext_noop("利率调整"),
                "fee": gettext_noop("费用"), "fee_waiver": gettext_noop("费用减免")}
EVENTS: dict[str, Any] = {"loan_id": pl.Int64, "event_id": pl.Int64, "date": pl.Date, "seq": pl.Int64, "kind": pl.String,
                          "amount_fen": pl.Int64, "rate_ppm": pl.Int64, "reverses": pl.Int64}


class LoanTerms(Part):
    principal: Yuan = Field(title=gettext_noop("本金（元）"))
    annual_rate: Percent = Field(title=gettext_noop("年利率（%）"))
    penalty_surcharge: Percent = Field(title=gettext_noop("逾期罚息加收（%）"))
    misuse_surcharge: Percent | None = Field(default=None, title=gettext_noop("挪用罚息加收（%）"))
    basis: Literal["actual/360", "actual/365", "30/360"] = Field(
        title=gettext_noop("计息基础"), json_schema_extra=choices(**BASIS_LABELS))
    start: Day = Field(title=gettext_noop("起息日"))
    maturity: Day = Field(title=gettext_noop("到期日"))
    compound: Literal["none", "monthly", "quarterly"] = Field(
        title=gettext_noop("复利"), json_schema_extra=choices(**COMPOUND_LABELS))
    settlement_day: Annotated[Count, Field(ge=1, le=31)] | None = Field(
        default=None, title=gettext_noop("结息日（默认按制度）"))

    def check(self) -> Iterator[tuple[str, str]]:
        """What single fields cannot know; field names without the loan's own."""
        if not self.principal:
            yield "principal", _("须大于 0")
        if self.maturity <= self.start:
            yield "maturity", _("须晚于 start")


class Event(Part):
    date: Day = Field(title=gettext_noop("日期"))
    kind: Literal["repayment", "rate_change", "fee", "fee_waiver"] = Field(
        title=gettext_noop("事项"), json_schema_extra=choices(**EVENT_LABELS))
    amount: Yuan | None = Field(default=None, title=gettext_noop("金额（元）"))
    rate: Percent | None = Field(default=None, title=gettext_noop("新年利率（%）"))


class Statement(Input):
    loan: LoanTerms = Field(title=gettext_noop("贷款"))
    events: list[Event] = Field(title=gettext_noop("事项"), max_length=5000)
    as_of: Day = Field(title=gettext_noop("计算至"))
    order: Order | None = Field(default=None, title=gettext_noop("冲抵顺序（默认按制度）"),
                                json_schema_extra=choices(**KIND_LABELS))

    def check(self) -> Iterator[tuple[str, str]]:
        for field, why in self.loan.check():
            yield f"loan.{field}", why
        if self.as_of < self.loan.start:
            yield "as_of", _("不能早于 loan.start")
        for index, event in enumerate(self.events):
            needed, other = ("rate", "amount") if event.kind == "rate_change" else ("amount", "rate")
            if getattr(event, needed) is None:
                yield f"events.{index}.{needed}", _("缺少此项")
            if getattr(event, other) is not None:
                yield f"events.{index}.{other}", _("%(kind)s 没有此项") % {"kind": event.kind}
            if event.date < self.loan.start:
                yield f"events.{index}.date", _("不能早于 loan.start")
        if sum(event.amount or 0 for event in self.events) > money.MAX_FEN:
            yield "events", _("合计超出可精确计算的范围")
        if self.order is not None:
            for kind in doubled(self.order):
                yield "order", _("%(kind)s 出现不止一次") % {"kind": kind}
            for kind in sorted(set(KIND_LABELS) - set(self.order)):
                yield "order", _("缺少 %(kind)s") % {"kind": kind}
        rates = [self.loan.annual_rate, *(event.rate or 0 for event in self.events)]
        surcharge = max(self.loan.penalty_surcharge, self.loan.misuse_surcharge or 0)
        if money.mul_div(max(rates), surcharge + money.PPM, money.PPM) * (self.as_of - self.loan.start).days > money.MAX_FACTOR:
            yield "as_of", _("利率与天数之积过大，超出可精确计算的范围")


def terms(loan: LoanTerms, rules: Rules, order: list[Kind] | None) -> pl.DataFrame:
    """The fold's terms: the contract's own, and what the policy decides where the contract is silent."""
    frame = pl.DataFrame({
        "loan_id": [1], "principal_fen": [loan.principal], "rate_ppm": [loan.annual_rate], "start": [loan.start],
        "maturity": [loan.maturity], "penalty_surcharge_ppm": [loan.penalty_surcharge],
        "misuse_surcharge_ppm": [loan.misuse_surcharge], "misused": [loan.misuse_surcharge is not None],
        "basis": [loan.basis], "compound": [loan.compound],
        "settlement_day": [loan.settlement_day or rules["interest.settlement_day"]],
    }, schema_overrides={"misuse_surcharge_ppm": pl.Int64})
    defaults = {**policy_terms(rules), "compound_rate_in_term": rules["interest.compound_rate_in_term"]}
    if order is not None:
        defaults |= {"order": ",".join(order), "order_late": None, "late_after_days": None}
    return fold.complete_terms(frame, **defaults)


def run(loan: LoanTerms, events: list[Event], as_of: Any, rules: Rules, order: list[Kind] | None) -> engine.Statement:
    """The engine's statement. An event's id is its place in *events*."""
    frame = pl.DataFrame(
        [(1, index, event.date, index, event.kind, event.amount, event.rate, None) for index, event in enumerate(events)],
        schema=EVENTS, orient="row")
    contract = terms(loan, rules, order)
    return engine.statement(contract, fold.settlement_dues(contract), frame, as_of=as_of)


def compute(given: Statement, policy: Policy) -> dict[str, Any]:
    rules = policy.at(given.as_of)
    made = run(given.loan, given.events, given.as_of, rules, given.order)
    return {
        "segments": [{
            "start": line.start.isoformat(), "end": line.end.isoformat(), "days": line.days, "kind": line.kind,
            "base": format_yuan(line.base_fen), "rate": format_percent(line.rate_ppm), "amount": format_yuan(line.amount_fen),
        } for line in made.segments],
        "payments": [{
            "date": split.date.isoformat(), "kind": given.events[split.event_id].kind,
            "fee": format_yuan(split.fee_fen), "compound": format_yuan(split.compound_fen),
            "penalty": format_yuan(split.penalty_fen), "interest": format_yuan(split.interest_fen),
            "principal": format_yuan(split.principal_fen), "unapplied": format_yuan(split.unapplied_fen),
        } for split in made.payments if split.event_id is not None],
        "balances": {
            "principal": format_yuan(made.principal_fen), "interest": format_yuan(made.interest_fen),
            "penalty": format_yuan(made.penalty_fen), "compound": format_yuan(made.compound_fen),
            "fees": format_yuan(made.fee_fen),
        },
        "total": format_yuan(made.total_fen),
        "unapplied": format_yuan(made.unapplied_fen),
        "notes": [*_surcharge_notes(given.loan, rules), *(
            {"rule": "", "text": _("第 %(number)s 项减免多于所欠费用，只减免所欠部分。") % {"number": event + 1}, "source": ""}
            for event, code in made.problems if code == "fee_waiver_above_owed")],
    }


def _surcharge_notes(loan: LoanTerms, rules: Rules) -> list[dict[str, str]]:
    """Surcharges outside the range that the law lets a bank agree on: computed as asked, and said."""
    notes = []
    for name, rule_id in (("penalty_surcharge", "interest.penalty_surcharge_range"),
                          ("misuse_surcharge", "interest.misuse_surcharge_range")):
        given = getattr(loan, name)
        rule = rules.rule(rule_id) if rule_id in rules else None
        if given is None or rule is None or rule.value["least_ppm"] <= given <= rule.value["most_ppm"]:
            continue
        least, most = format_percent(rule.value["least_ppm"]), format_percent(rule.value["most_ppm"])
        text = _("%(field)s 不在 %(least)s%% 至 %(most)s%% 之内") % {"field": name, "least": least, "most": most}
        notes.append({"rule": rule.id, "text": text, "source": rule.source})
    return notes


CALCULATORS = [
    Calculator(
        "statement", gettext_lazy("本息计算清单"),
        gettext_lazy("逐段列出计息基数、利率、天数、金额：合同期内利息、逾期罚息、复利、费用，及各笔还款的冲抵。"),
        Statement, compute,
        {"loan": {"principal": "100000.00", "annual_rate": "7.2", "penalty_surcharge": "50", "basis": "actual/360",
                  "start": "2025-01-01", "maturity": "2026-01-01", "compound": "quarterly"},
         "events": [{"date": "2026-02-01", "kind": "repayment", "amount": "5000.00"}], "as_of": "2026-03-02"},
        order=40),
]
