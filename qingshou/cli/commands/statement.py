"""qingshou statement LOAN: the itemised interest statement of a loan at a date."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qingshou.engine.money import format_percent, format_yuan

NAME = "statement"
HELP = gettext_lazy("本息计算清单：一笔贷款到某日的逐段计息")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from qingshou.cli.options import day

    parser.add_argument("loan", metavar="LOAN", help=_("合同号"))
    parser.add_argument("--date", metavar="D", type=day, help=_("截至日 YYYY-MM-DD，默认业务日"))
    parser.add_argument("--pdf", metavar="FILE", type=Path, help=_("另存为 PDF"))
    parser.add_argument("--xlsx", metavar="FILE", type=Path, help=_("另存为 XLSX"))


def run(arguments: argparse.Namespace) -> int:
    from qingshou.access.permissions import SYSTEM
    from qingshou.cli.output import Refused, show
    from qingshou.cli.stores import require_store
    from qingshou.portfolio.models import Loan
    from qingshou.portfolio.queries.statement import statement_for
    from qingshou.portfolio.statement_files import statement_pdf, statement_xlsx

    require_store()
    try:
        shown = statement_for(SYSTEM, arguments.loan, arguments.date)
    except Loan.DoesNotExist:
        raise Refused(_("loan: 没有合同号为 %(loan)s 的贷款") % {"loan": arguments.loan}) from None
    for path, make in ((arguments.pdf, statement_pdf), (arguments.xlsx, statement_xlsx)):
        if path is not None:
            path.write_bytes(make(shown))
    show(_answer(shown), as_json=arguments.json, lines=_lines(shown))
    return 0


def _answer(shown: Any) -> dict[str, Any]:
    """As the calculator ``statement`` answers, with the loan and the totals."""
    stands = shown.standing
    return {
        "loan_no": shown.loan.loan_no, "borrower": shown.loan.borrower.name, "as_of": shown.as_of.isoformat(),
        "segments": [{"start": line.start.isoformat(), "end": line.end.isoformat(), "days": line.days, "kind": line.kind,
                      "base": format_yuan(line.base_fen), "rate": format_percent(line.rate_ppm),
                      "amount": format_yuan(line.amount_fen)} for line in shown.segments],
        "totals": {total.kind: {"arisen": format_yuan(total.arisen_fen), "paid": format_yuan(total.paid_fen),
                                "waived": format_yuan(total.waived_fen), "owed": format_yuan(total.owed_fen)}
                   for total in shown.totals},
        "balances": {"principal": format_yuan(stands.principal_fen), "interest": format_yuan(stands.interest_owed_fen),
                     "penalty": format_yuan(stands.penalty_owed_fen), "compound": format_yuan(stands.compound_owed_fen),
                     "fees": format_yuan(stands.fee_owed_fen)},
        "total": format_yuan(stands.total_owed_fen), "unapplied": format_yuan(stands.unapplied_fen),
        "payoff": format_yuan(stands.payoff_fen),
    }


def _lines(shown: Any) -> list[str]:
    from qingshou.portfolio.templatetags.portfolio import money_kind

    head = _("%(name)s　%(loan)s　截至 %(day)s") % {
        "name": shown.loan.borrower.name, "loan": shown.loan.loan_no, "day": shown.as_of}
    lines = [f"{line.start}\t{line.end}\t{line.days}\t{money_kind(line.kind)}\t{format_yuan(line.base_fen)}\t"
             f"{format_percent(line.rate_ppm)}%\t{format_yuan(line.amount_fen)}" for line in shown.segments]
    totals = [f"{money_kind(total.kind)}\t{format_yuan(total.owed_fen)}" for total in shown.totals]
    return [head, *lines, *totals, _("合计") + f"\t{format_yuan(shown.standing.total_owed_fen)}"]
