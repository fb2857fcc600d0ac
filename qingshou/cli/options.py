"""Arguments that several commands take, checked the same way everywhere."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _


def json_option() -> argparse.ArgumentParser:
    """A parent parser with ``--json``; may be given before or after the name of an action."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=_("输出 JSON，供程序读取"))
    return common


def day(text: str) -> date:
    """An ISO date for ``type=``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("%(text)s 不是有效日期，请写作 2026-11-24") % {"text": text}) from None


def actions(parser: argparse.ArgumentParser) -> Callable[..., argparse.ArgumentParser]:
    """``add = actions(parser)`` and then ``add("show", help, run)`` gives the sub-parser of an action, with ``--json``."""
    choices = parser.add_subparsers(metavar="ACTION", required=True)

    def add(name: str, help_text: Any, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        sub = choices.add_parser(name, help=str(help_text), description=str(help_text), parents=[json_option()])
        sub.set_defaults(run_action=run)
        return sub

    return add
