"""qingshou dayend: close the open business day, or every day up to a date."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qingshou.cli.options import day

if TYPE_CHECKING:
    from qingshou.dayend.services import Outcome

NAME = "dayend"
HELP = gettext_lazy("日终：结束开放业务日；缺的日期逐日补齐；同一日期再运行不改变任何数据")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--date", metavar="D", type=day, help=_("运行到这一天（含）；默认为开放业务日"))


def run(arguments: argparse.Namespace) -> int:
    from qingshou.access.permissions import SYSTEM
    from qingshou.cli.output import progress, show
    from qingshou.dayend.services import run_day_end

    outcome = run_day_end(user=SYSTEM, through=arguments.date, report=lambda permille, note: progress(note, permille))
    progress("")
    show({"asked": outcome.asked.isoformat(), "changed": outcome.changed,
          "days": [{"date": one.date.isoformat(), "fingerprint": one.fingerprint, **one.report} for one in outcome.closed],
          "history_rebuilt": [one.isoformat() for one in outcome.rebuilt]},
         as_json=arguments.json, lines=_lines(outcome))
    return 0


def _lines(outcome: Outcome) -> Iterator[str]:
    from qingshou.dayend.wording import sentences

    if not outcome.closed:
        yield _("%(day)s 已日终，没有改变任何数据。") % {"day": outcome.asked}
    for closed in outcome.closed:
        yield _("%(day)s 日终完成（%(seconds)s 秒）") % {
            "day": closed.date, "seconds": f"{sum(closed.report['seconds'].values()):.1f}"}
        for name, done, _rows in sentences(closed.report):
            yield _("  %(step)s：%(done)s") % {"step": name, "done": done}
    for missing in outcome.rebuilt:
        yield _("%(day)s 的历史文件缺失，已重新生成。") % {"day": missing}
