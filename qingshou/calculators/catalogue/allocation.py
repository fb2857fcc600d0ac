"""allocation: how one payment is divided among named dues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field

from qingshou.calculators.fields import KIND_LABELS, Day, Flag, Id, Input, Part, Yuan, choices
from qingshou.calculators.registry import Calculator
from qingshou.engine import allocation
from qingshou.engine.money import MAX_FEN, format_yuan
from qingshou.policy import Policy

Kind = Literal["fee", "interest", "penalty", "compound", "principal"]
Order = Annotated[list[Kind], Field(min_length=1, max_length=5)]


def doubled(kinds: list[Kind]) -> list[str]:
    """Kinds that stand more than once in an order."""
    return [kind for kind, count in Counter(kinds).items() if count > 1]


class DueLine(Part):
    id: Id = Field(title=gettext_noop("编号"))
    kind: Kind = Field(title=gettext_noop("种类"), json_schema_extra=choices(**KIND_LABELS))
    due: Day = Field(title=gettext_noop("应还日"))
    amount: Yuan = Field(title=gettext_noop("金额（元）"))


class Allocation(Input):
    amount: Yuan = Field(title=gettext_noop("还款金额（元）"))
    dues: list[DueLine] = Field(title=gettext_noop("应还款项"), max_length=5000)
    order: Order | None = Field(default=None, title=gettext_noop("冲抵顺序（默认按制度）"),
                                json_schema_extra=choices(**KIND_LABELS))
    oldest_first: Flag = Field(default=True, title=gettext_noop("同类先还到期早的（否则按所列先后）"))

    judged_on = "order"

    def check(self) -> Iterator[tuple[str, str]]:
        for name, count in Counter(due.id for due in self.dues).items():
            if count > 1:
                yield "dues", _("编号 %(id)s 出现 %(count)s 次") % {"id": name, "count": count}
        if sum(due.amount for due in self.dues) > MAX_FEN:
            yield "dues", _("合计超出可精确计算的范围")
        if self.order is not None:
            for kind in doubled(self.order):
                yield "order", _("%(kind)s 出现不止一次") % {"kind": kind}
            for kind in sorted({due.kind for due in self.dues} - set(self.order)):
                yield "order", _("缺少 %(kind)s") % {"kind": kind}


def compute(given: Allocation, policy: Policy) -> dict[str, Any]:
    order = given.order or policy.at(timezone.localdate())["allocation.order"]  # the payment is made now
    dues = [allocation.Due(due.id, due.kind, due.due, due.amount) for due in given.dues]
    paid, left = allocation.allocate(given.amount, dues, order, oldest_first=given.oldest_first)
    return {"paid": [{"id": name, "amount": format_yuan(fen)} for name, fen in paid], "unapplied": format_yuan(left)}


CALCULATORS = [
    Calculator(
        "allocation", gettext_lazy("还款冲抵"),
        gettext_lazy("一笔还款按费用、利息、本金的顺序冲抵，同类先还到期早的（民法典第561条）。"),
        Allocation, compute,
        {"amount": "1500.00", "dues": [
            {"id": "2026-01-P", "kind": "principal", "due": "2026-01-21", "amount": "1000.00"},
            {"id": "2026-01-I", "kind": "interest", "due": "2026-01-21", "amount": "300.00"},
            {"id": "fee", "kind": "fee", "due": "2026-02-01", "amount": "50.00"}]},
        order=30),
]
