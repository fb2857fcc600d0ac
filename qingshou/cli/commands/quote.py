"""qingshou quote LOAN: what clears a loan on a date."""

from __future__ import annotations

import argparse

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qingshou.engine.money import format_yuan

NAME = "quote"
HELP = gettext_lazy("结清试算：一笔贷款在某日还清须付多少")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from qingshou.cli.options import day

    parser.add_argument("loan", metavar="LOAN", help=_("合同号"))
    parser.add_argument("--date", metavar="D", type=day, help=_("日期 YYYY-MM-DD，默认业务日"))


def run(arguments: argparse.Namespace) -> int:
    from qingshou.access.permissions import SYSTEM
    from qingshou.cli.output import Refused, show
    from qingshou.cli.stores import require_store
    from qingshou.portfolio.models import Loan
    from qingshou.portfolio.queries.account import quote
    from qingshou.portfolio.templatetags.portfolio import money_kind

    require_store()
    try:
        loan, stands, today = quote(SYSTEM, arguments.loan, arguments.date)
    except Loan.DoesNotExist:
        raise Refused(_("loan: 没有合同号为 %(loan)s 的贷款") % {"loan": arguments.loan}) from None
    kinds = {"principal": stands.principal_fen, "interest": stands.interest_owed_fen, "penalty": stands.penalty_owed_fen,
             "compound": stands.compound_owed_fen, "fee": stands.fee_owed_fen}
    answer = {
        "loan_no": loan.loan_no, "borrower": loan.borrower.name, "date": stands.as_of.isoformat(),
        "business_date": today.isoformat(), "dpd": stands.dpd, "stage": stands.stage,
        **{kind: format_yuan(fen) for kind, fen in kinds.items()},
        "overdue": format_yuan(stands.overdue_fen), "total": format_yuan(stands.total_owed_fen),
        "unapplied": format_yuan(stands.unapplied_fen), "payoff": format_yuan(stands.payoff_fen),
    }
    show(answer, as_json=arguments.json, lines=[
        _("%(name)s　%(loan)s　%(day)s 结清") % {"name": loan.borrower.name, "loan": loan.loan_no, "day": stands.as_of},
        *(f"{money_kind(kind)}\t{format_yuan(fen)}" for kind, fen in kinds.items()),
        *([_("减：暂存款") + f"\t{format_yuan(stands.unapplied_fen)}"] if stands.unapplied_fen else []),
        _("结清金额") + f"\t{answer['payoff']}",
    ])
    return 0
