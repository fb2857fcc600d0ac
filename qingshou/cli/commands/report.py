"""qingshou report NAME: the figures behind a page, as a table or as JSON with rows and totals."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = "report"
HELP = gettext_lazy("报表：页面背后的数字")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from qingshou.insight.reports import REPORTS

    names = "；".join(f"{name} {title}" for name, (title, _compute) in REPORTS.items())
    parser.add_argument("report", metavar="NAME", help=names)
    parser.add_argument("--date", metavar="D", help=_("业务日（默认当前），例如 2026-11-20"))


def run(arguments: argparse.Namespace) -> int:
    from qingshou.access.permissions import SYSTEM
    from qingshou.cli.output import Refused, show
    from qingshou.cli.stores import require_store
    from qingshou.insight.queries.standing import NoHistory
    from qingshou.insight.reports import REPORTS, report

    require_store()
    if arguments.report not in REPORTS:
        raise Refused(_("没有名为 %(name)s 的报表；有：%(names)s") % {"name": arguments.report, "names": ", ".join(REPORTS)})
    try:
        day = date.fromisoformat(arguments.date) if arguments.date else None
    except ValueError:
        raise Refused(_("--date: 没有这一天，日期须写成 YYYY-MM-DD")) from None
    try:
        found = report(arguments.report, SYSTEM, day)
    except NoHistory as error:
        raise Refused(_no_history(error)) from None
    show(found, as_json=arguments.json, lines=_table(found))
    return 0


def _no_history(error: Any) -> str:
    if error.days is None:
        return _("--date: 还没有做过日终，没有 %(day)s 的记录") % {"day": error.day}
    return _("--date: 没有 %(day)s 的记录；有 %(first)s 至 %(last)s 之间保留的日子") % {
        "day": error.day, "first": error.days[0], "last": error.days[1]}


def _table(found: dict[str, Any]) -> Iterator[str]:
    rows = found["rows"]
    if rows:
        yield "\t".join(rows[0])
        yield from ("\t".join(str(value) for value in row.values()) for row in rows)
    yield "  ".join(f"{name} {value}" for name, value in found["totals"].items())
