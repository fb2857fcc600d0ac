"""Figures behind a page as rows and totals, for ``qingshou report``. Money in yuan as text, ratios in percent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingshou.engine.money import format_percent, format_yuan
from qingshou.insight.queries import dashboard, figures, standing
from qingshou.portfolio.models import Level, Stage

Report = dict[str, Any]


def overview(shown: standing.Standing) -> Report:
    """The book by unit, and in all."""
    lines = dashboard.by_unit(shown)
    rows = [{"unit": line.name, **_totals(line.totals)} for line in lines]
    return {"rows": rows, "totals": _totals(figures.totals(shown))}


def stages(shown: standing.Standing) -> Report:
    """Households by stage."""
    rows = [{"stage": row["stage"], "name": str(Stage(row["stage"]).label), "households": row["households"],
             "overdue": format_yuan(row["overdue_fen"]), "total_owed": format_yuan(row["total_owed_fen"])}
            for row in figures.stages(shown)]
    kinds = figures.stages(shown)
    return {"rows": rows, "totals": {"households": sum(row["households"] for row in kinds),
                                     "overdue": format_yuan(sum(row["overdue_fen"] for row in kinds)),
                                     "total_owed": format_yuan(sum(row["total_owed_fen"] for row in kinds))}}


def classification(shown: standing.Standing) -> Report:
    """Loans by level, with provisions."""
    found = figures.levels(shown)
    rows = [{"level": row["level"], "name": str(Level(row["level"]).label), "loans": row["loans"],
             "principal": format_yuan(row["principal_fen"]), "provision": format_yuan(row["provision_fen"])} for row in found]
    book = figures.totals(shown)
    return {"rows": rows, "totals": {
        "loans": sum(row["loans"] for row in found), "principal": format_yuan(book.principal_fen),
        "provision": format_yuan(book.provision_fen), "npl": format_yuan(book.npl_fen),
        "npl_ratio": format_percent(book.npl_ratio_ppm), "coverage_ratio": format_percent(book.coverage_ppm)}}


REPORTS: dict[str, tuple[Any, Callable[[standing.Standing], Report]]] = {
    "overview": (_("各机构贷款、逾期与不良"), overview),
    "stages": (_("各阶段逾期户"), stages),
    "classification": (_("五级分类与拨备"), classification),
}


def report(name: str, user: Any, day: date | None) -> Report:
    """A report of *day* (None: now). KeyError for an unknown name; ``standing.NoHistory`` for a day without a record."""
    _title, compute = REPORTS[name]
    shown = standing.on(user, day) if day else standing.now(user)
    return {"report": name, "date": shown.day.isoformat(), **compute(shown)}


def _totals(book: figures.Totals) -> Report:
    return {
        "loans": book.loans, "households": book.households, "principal": format_yuan(book.principal_fen),
        "overdue_households": book.overdue_households, "overdue": format_yuan(book.overdue_fen),
        "npl": format_yuan(book.npl_fen), "npl_ratio": format_percent(book.npl_ratio_ppm),
        "provision": format_yuan(book.provision_fen), "coverage_ratio": format_percent(book.coverage_ppm),
    }
