"""qingshou policy show: the rules in force on a day, with their sources."""

from __future__ import annotations

import argparse

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = "policy"
HELP = gettext_lazy("法规与本行参数：列出某日施行的规则及其出处")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from qingshou.cli.options import actions, day

    show = actions(parser)("show", _("列出某日施行的规则"), _show)
    show.add_argument("--date", type=day, metavar="DATE", help=_("哪一天（默认今天）"))
    show.add_argument("--chapter", help=_("只看这一章"))


def run(arguments: argparse.Namespace) -> int:
    return int(arguments.run_action(arguments))


def _show(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qingshou.access.queries.rules import as_dict
    from qingshou.access.rule_texts import value_text
    from qingshou.cli.output import Refused, show
    from qingshou.store.policy import current_policy

    day = arguments.date or timezone.localdate()
    rules = current_policy().rows(day)
    if arguments.chapter:
        chapters = sorted({rule.chapter for rule in rules})
        if arguments.chapter not in chapters:
            raise Refused(_("没有名为 %(name)s 的章；有：%(names)s")
                          % {"name": arguments.chapter, "names": ", ".join(chapters)})
        rules = [rule for rule in rules if rule.chapter == arguments.chapter]
    lines = [_("%(day)s 施行的规则，共 %(count)d 条") % {"day": day, "count": len(rules)}]
    for rule in rules:
        flag = _("（待法律顾问确认）") if rule.doubtful else ""
        lines += [f"{rule.id}  {rule.title}{flag}", *(f"    {line}" for line in value_text(rule.value, rule.key).splitlines()),
                  _("    自 %(day)s；%(source)s") % {"day": rule.effective_from, "source": rule.source}]
    show({"date": day.isoformat(), "rules": [as_dict(rule) for rule in rules]}, as_json=arguments.json, lines=lines)
    return 0
