"""qingshou unit: the units of a bank, for its first steps and for scripts."""

from __future__ import annotations

import argparse

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = "unit"
HELP = gettext_lazy("机构：新增、列出")
KINDS = ("head_office", "division", "branch", "team")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from qingshou.cli.options import actions, day

    add = actions(parser)
    new = add("add", _("新增机构"), _add)
    new.add_argument("--code", required=True, help=_("机构代码，不能重复"))
    new.add_argument("--name", required=True, help=_("机构名称"))
    new.add_argument("--kind", required=True, choices=KINDS, help=_("类别"))
    new.add_argument("--parent", metavar="CODE", help=_("上级机构代码"))
    new.add_argument("--from", dest="valid_from", type=day, metavar="DATE", help=_("设立日期（默认今天）"))
    add("list", _("列出机构"), _list)


def run(arguments: argparse.Namespace) -> int:
    return int(arguments.run_action(arguments))


def unit_by_code(code: str) -> object:
    """The unit; Refused, naming those that exist, when there is none."""
    from qingshou.access.models import Unit
    from qingshou.cli.output import Refused

    found = Unit.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(Unit.objects.values_list("code", flat=True)) or _("（还没有，先用 qingshou unit add 新增）")
        raise Refused(_("没有代码为 %(code)s 的机构；有：%(known)s") % {"code": code, "known": known})
    return found


def _add(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qingshou.access import services
    from qingshou.access.permissions import SYSTEM
    from qingshou.cli.output import show

    parent = unit_by_code(arguments.parent) if arguments.parent else None
    unit = services.create_unit(by=SYSTEM, code=arguments.code, name=arguments.name, kind=arguments.kind,
                                parent=parent, valid_from=arguments.valid_from or timezone.localdate())  # type: ignore[arg-type]
    show({"id": unit.pk, "code": unit.code, "name": unit.name}, as_json=arguments.json,
         lines=[_("已新增机构 %(code)s %(name)s") % {"code": unit.code, "name": unit.name}])
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qingshou.access.permissions import SYSTEM
    from qingshou.access.queries.people import unit_tree
    from qingshou.cli.output import show

    rows = unit_tree(SYSTEM, day=timezone.localdate())
    show({"rows": [{"code": unit.code, "name": unit.name, "kind": unit.kind, "depth": depth, "people": people,
                    "valid_from": unit.valid_from, "valid_to": unit.valid_to} for depth, unit, people in rows]},
         as_json=arguments.json,
         lines=[f"{'  ' * depth}{unit.code}\t{unit.name}\t{unit.get_kind_display()}\t{people}" for depth, unit, people in rows])
    return 0
