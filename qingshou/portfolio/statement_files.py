"""The interest statement as PDF, as a court takes it, and as XLSX."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qingshou.access.masking import mask_id
from qingshou.access.models import Unit
from qingshou.portfolio.models import LedgerEvent
from qingshou.portfolio.queries.statement import Statement
from qingshou.portfolio.templatetags.portfolio import basis, money_kind
from qingshou.store.policy import rules_on
from qingshou.web import pdf
from qingshou.web.xlsx import Column, Sheet, workbook


def bank_name() -> str:
    """The name of the head office, as letters bear it."""
    return Unit.objects.filter(kind=Unit.Kind.HEAD_OFFICE).order_by("pk").values_list("name", flat=True).first() or ""


def notes(shown: Statement) -> list[str]:
    """How it was computed, each with its source."""
    rules, loan = rules_on(shown.as_of), shown.loan
    order = " → ".join(money_kind(kind) for kind in rules["allocation.order"])
    told = [
        _("每段利息＝计息基数×年利率×天数÷年天数（%(basis)s），算头不算尾，逐段四舍五入到分。依据：%(source)s。") % {
            "basis": basis(loan.basis), "source": rules.source("interest.day_count")},
        _("罚息利率为合同利率加收 %(surcharge)s%%。依据：%(source)s及合同约定。") % {
            "surcharge": f"{loan.penalty_surcharge_ppm // 10_000}", "source": rules.source("interest.penalty_surcharge_range")},
        _("还款依次冲抵：%(order)s。依据：%(source)s及合同约定。") % {
            "order": order, "source": rules.source("allocation.order")},
    ]
    if loan.compound != loan.Compound.NONE:
        told.insert(2, _("对到期未付的合同期内利息计收复利，罚息和复利不再计复利。依据：%(source)s及合同约定。") % {
            "source": rules.source("interest.compound_rate_in_term")})
    if loan.instalments.filter(version=loan.schedule_version, interest_fen__isnull=False).exists():
        told.insert(1, _("分期还款计划已载明每期利息的，按计划计收；不足一期的，按实际天数占该期天数的比例计算。"))
    if loan.accrual_stops_on:
        told.append(_("债务人破产申请于 %(day)s 受理，自该日起停止计息。依据：企业破产法第四十六条。") % {
            "day": loan.accrual_stops_on})
    if shown.projected:
        told.append(_("截至日晚于业务日 %(day)s，按其间没有还款测算。") % {"day": shown.business_date})
    return told


def statement_pdf(shown: Statement) -> bytes:
    """The statement on A4: head, totals, lines, movements, notes, signatures."""
    loan = shown.loan
    return pdf.render("portfolio/statement.typ", {
        "shown": shown, "loan": loan, "bank": bank_name(), "identity": mask_id(loan.borrower.id_number),
        "notes": notes(shown), "accrued_fen": sum(line.amount_fen for line in shown.segments),
        "made": timezone.localdate(), "language": (get_language() or "zh")[:2],
        "movement_rows": movement_rows(shown)})


def statement_xlsx(shown: Statement) -> bytes:
    """The statement as a workbook: totals, lines, movements."""
    loan = shown.loan
    head = [_("本息计算清单"), _("%(bank)s　合同号 %(loan)s　借款人 %(name)s　截至 %(day)s") % {
        "bank": bank_name(), "loan": loan.loan_no, "name": loan.borrower.name, "day": shown.as_of}]
    totals = Sheet(_("汇总"), [Column(_("项目")), Column(_("应计"), "fen", 18), Column(_("已还"), "fen", 18),
                             Column(_("已减免"), "fen", 18), Column(_("宽限免计"), "fen", 18), Column(_("尚欠"), "fen", 18)],
                   [*([money_kind(total.kind), total.arisen_fen, total.paid_fen, total.waived_fen, total.spared_fen,
                       total.owed_fen] for total in shown.totals),
                    [_("合计"), None, None, None, None, shown.standing.total_owed_fen],
                    [_("暂存款"), None, None, None, None, shown.standing.unapplied_fen],
                    [_("结清金额"), None, None, None, None, shown.standing.payoff_fen]], [*head, *notes(shown)])
    lines = Sheet(_("计息明细"), [Column(_("起息日"), "date"), Column(_("止息日"), "date"), Column(_("天数"), "number"),
                              Column(_("种类")), Column(_("计息基数"), "fen", 18), Column(_("年利率"), "ppm"),
                              Column(_("金额"), "fen", 18)],
                  [[line.start, line.end, line.days, money_kind(line.kind), line.base_fen, line.rate_ppm, line.amount_fen]
                   for line in shown.segments], head)
    parts = ("principal", "interest", "penalty", "compound", "fee", "unapplied")
    movements = Sheet(_("收付与冲抵"), [Column(_("日期"), "date"), Column(_("交易")), Column(_("交易号"), width=24),
                                   Column(_("金额"), "fen", 18), Column(_("年利率"), "ppm"),
                                   *(Column(money_kind(part), "fen", 16) for part in parts)],
                      [[row["date"], row["kind"], row["number"], row["amount_fen"], row["rate_ppm"],
                        *(getattr(row["split"], f"{part}_fen", None) for part in parts)] for row in movement_rows(shown)], head)
    return workbook([totals, lines, movements])


def movement_rows(shown: Statement) -> list[dict[str, Any]]:
    """The movements as they are printed: date, kind in words, number, amount or rate, split."""
    return [{
        "date": movement.date, "split": movement.split,
        "kind": str(LedgerEvent.Kind(movement.event.kind).label) if movement.event else _("暂存款抵扣到期款"),
        "number": movement.event.event_no if movement.event else "",
        "amount_fen": movement.event.amount_fen if movement.event else None,
        "rate_ppm": movement.event.rate_ppm if movement.event else None,
    } for movement in shown.movements]
