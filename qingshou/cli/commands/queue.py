"""qingshou queue --collector USER: the day's queue of a collector, best first, with reasons."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = "queue"
HELP = gettext_lazy("一名清收员当日的队列：从最值得做的排起，每户说明理由")
MOST = 500  # households shown; a field of responsibility is smaller


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from qingshou.cli.options import day

    parser.add_argument("--collector", metavar="USER", required=True, help=_("清收员的用户名"))
    parser.add_argument("--date", metavar="D", type=day, help=_("哪一天到期的事项，如 2026-11-24；默认为业务日"))
    parser.add_argument("--due", action="store_true", help=_("只列当日应办的户"))


def run(arguments: argparse.Namespace) -> int:
    from qingshou.access import permissions
    from qingshou.access.models import User
    from qingshou.casework.queries.filters import Filters
    from qingshou.casework.queries.queue import entries, queue
    from qingshou.casework.queries.survey import survey
    from qingshou.cli.output import Refused, show
    from qingshou.cli.stores import require_store
    from qingshou.portfolio.queries.business import business_date

    require_store()
    user = User.objects.filter(username=arguments.collector).first()
    if user is None:
        raise Refused(_("没有名为 %(name)s 的用户") % {"name": arguments.collector})
    if not permissions.may(user, "household.view"):
        raise Refused(_("用户 %(name)s 没有查看贷户的权限") % {"name": arguments.collector})
    day = arguments.date or business_date()
    households = list(queue(user, day, Filters(scope="due" if arguments.due else "queue"))[:MOST])
    rows = [_row(entry) for entry in entries(user, households, day)]
    figures = survey(user, day)
    value = {"collector": user.username, "date": day, "left": figures.left, "done": figures.done,
             "minutes": figures.minutes, "rows": rows}
    show(value, as_json=arguments.json, lines=_lines(user, day, figures, rows))
    return 0


def _row(entry: Any) -> dict[str, Any]:
    from qingshou.engine.money import format_yuan

    state, household, verdict = entry.state, entry.household, entry.verdict
    return {
        "rank": entry.rank, "household": household.pk, "borrower_no": household.borrower.borrower_no,
        "name": household.borrower.name, "village": household.village, "as_of": state.as_of, "stage": state.stage,
        "dpd": state.dpd, "overdue": format_yuan(state.overdue_fen), "total_owed": format_yuan(state.total_owed_fen),
        "level": state.level, "segment": state.segment, "cause": state.cause, "next_step": entry.next_step,
        "channel": entry.channel, "due": entry.due, "score": state.score, "minutes": state.minutes,
        "expected_per_hour": format_yuan(state.expected_fen_per_hour), "last_contact": state.last_contact_on,
        "reasons": [{key: reason[key] for key in ("rule", "text", "source")} for reason in entry.reasons],
        "tasks": [{"id": task.pk, "title": task.title, "channel": task.channel, "due": task.due} for task in entry.tasks],
        "may_contact": None if verdict is None else verdict.allowed,
        "why_not": [] if verdict is None else list(verdict.why),
        "next_allowed_at": None if verdict is None else verdict.next_at,
    }


def _lines(user: Any, day: date, figures: Any, rows: list[dict[str, Any]]) -> Any:
    yield _("%(who)s %(day)s：应办 %(total)s 户，已办 %(done)s，剩 %(left)s，约 %(hours)s 小时") % {
        "who": user, "day": day, "total": figures.total, "done": figures.done, "left": figures.left, "hours": figures.hours}
    for row in rows:
        yield _("%(rank)3s  %(name)s  逾期 %(dpd)s 天  欠 %(owed)s 元  %(step)s") % {
            "rank": row["rank"], "name": row["name"], "dpd": row["dpd"], "owed": row["total_owed"], "step": row["next_step"]}
        for text in [reason["text"] for reason in row["reasons"]] + row["why_not"]:
            yield f"     {text}"
