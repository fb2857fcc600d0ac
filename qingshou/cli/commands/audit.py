"""qingshou audit verify: walks the audit chain; non-zero and the first bad entry where it is broken."""

from __future__ import annotations

import argparse

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = "audit"
HELP = gettext_lazy("审计链：逐条校验")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from qingshou.cli.options import actions

    verify = actions(parser)("verify", _("逐条校验审计链，指出第一条有问题的记录"), _verify)
    verify.add_argument("--expect", metavar="SEQUENCE:HASH", help=_("此前在系统外记下的链尾，用来发现被截去的记录"))


def run(arguments: argparse.Namespace) -> int:
    return int(arguments.run_action(arguments))


def _verify(arguments: argparse.Namespace) -> int:
    from qingshou.access import audit
    from qingshou.cli.output import Refused, show

    expected = None
    if arguments.expect:
        try:
            expected = audit.read_head(arguments.expect)
        except ValueError:
            raise Refused(_("--expect 应写作 序号:64 位哈希。")) from None
    found = audit.verify(expected_head=expected)
    head = f"{found.head[0]}:{found.head[1]}"
    problems = {
        "missing": _("该序号的记录缺失或次序被改"),
        "broken_link": _("与前一条不相连"),
        "changed": _("内容被改动"),
        "head_differs": _("与记下的链尾不符"),
        "cut_off": _("记下的链尾之前的记录被截去"),
    }
    if found.bad is not None:
        raise Refused(_("审计链已损坏：第 %(sequence)d 条，%(problem)s；此前 %(checked)d 条完好，链尾 %(head)s") % {
            "sequence": found.bad, "problem": problems[found.problem], "checked": found.checked, "head": head})
    lines = [_("审计链完好，共 %(checked)d 条") % {"checked": found.checked}, _("链尾 %(head)s") % {"head": head}]
    if expected is None:
        lines.append(_("库中自存的链尾只能发现疏忽的截尾；请把上面的链尾另行记存，下次用 --expect 校验。"))
    show({"checked": found.checked, "head": head, "whole": True}, as_json=arguments.json, lines=lines)
    return 0
