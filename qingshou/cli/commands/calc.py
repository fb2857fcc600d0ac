"""qingshou calc NAME: a calculator, JSON on standard input, JSON on standard output."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = "calc"
HELP = gettext_lazy("计算器：从标准输入读 JSON，向标准输出写 JSON")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("calculator", metavar="NAME", nargs="?", help=_("计算器名称；不填则列出全部"))
    parser.add_argument("--schema", action="store_true", help=_("输出输入格式（JSON Schema）"))
    parser.add_argument("--lines", action="store_true", help=_("每行一个 JSON 对象，逐行回答"))


def run(arguments: argparse.Namespace) -> int:
    from qingshou.calculators.registry import InputRefused, calculate, calculators
    from qingshou.cli.output import Refused
    from qingshou.store.policy import current_policy

    known = calculators()
    if arguments.calculator is None:
        for item in known.values():
            print(f"{item.name}\t{item.title}")
        return 0
    if arguments.calculator not in known:
        raise Refused(_("没有名为 %(name)s 的计算器；有：%(names)s")
                      % {"name": arguments.calculator, "names": ", ".join(known)})
    if arguments.schema:
        _print(known[arguments.calculator].schema())
        return 0
    policy = current_policy()
    if not arguments.lines:
        try:
            _print(calculate(arguments.calculator, _parse(sys.stdin.buffer.read()), policy))
        except InputRefused as error:
            raise Refused(*error.reasons) from None
        return 0
    status = 0
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        try:
            answer = calculate(arguments.calculator, _parse(line), policy)
        except InputRefused as error:
            answer, status = {"errors": error.reasons}, 1
        except Refused as error:
            answer, status = {"errors": list(error.reasons)}, 1
        _print(answer)
        sys.stdout.flush()  # whoever feeds line by line waits for the answer
    return status


def _parse(text: bytes) -> Any:
    from qingshou.cli.output import Refused

    try:
        return json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # undecodable bytes, or nested deeper than any input
        raise Refused(_("输入: 不是有效的 JSON（%(why)s）") % {"why": error}) from None


def _print(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
