"""qingshou user: the first administrator, and users for scripts. Passwords come from a prompt or QINGSHOU_PASSWORD only."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = "user"
HELP = gettext_lazy("用户：新增、列出、重置密码、停用")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from qingshou.access.roles import Role
    from qingshou.cli.options import actions, day

    add = actions(parser)
    new = add("add", _("新增用户及其任职；密码在提示后输入，或取自 QINGSHOU_PASSWORD"), _add)
    new.add_argument("--username", required=True, help=_("用户名，建议用工号"))
    new.add_argument("--name", required=True, help=_("姓名"))
    new.add_argument("--role", required=True, choices=[str(role) for role in Role], help=_("岗位"))
    new.add_argument("--unit", required=True, metavar="CODE", help=_("机构代码"))
    new.add_argument("--from", dest="starts_on", type=day, metavar="DATE", help=_("任职开始日期（默认今天）"))
    new.add_argument("--temporary", action="store_true", help=_("密码为临时密码，本人首次登录后须修改"))
    add("list", _("列出用户"), _list)
    password = add("password", _("重置密码（提示后输入，或取自 QINGSHOU_PASSWORD）"), _password)
    password.add_argument("--username", required=True, help=_("用户名，建议用工号"))
    password.add_argument("--temporary", action="store_true", help=_("密码为临时密码，本人首次登录后须修改"))
    deactivate = add("deactivate", _("停用用户"), _deactivate)
    deactivate.add_argument("--username", required=True, help=_("用户名，建议用工号"))
    deactivate.add_argument("--reason", default="", help=_("原因，记入审计日志"))


def run(arguments: argparse.Namespace) -> int:
    return int(arguments.run_action(arguments))


def ask_password(*, twice: bool = True) -> str:
    """From QINGSHOU_PASSWORD, else typed at a terminal. Never an argument: other users of the machine could read it."""
    from qingshou.cli.output import Refused

    given = os.environ.get("QINGSHOU_PASSWORD")
    if given:
        return given
    if not sys.stdin.isatty():
        raise Refused(_("没有密码：请在终端中运行，或设置环境变量 QINGSHOU_PASSWORD。"))
    typed = getpass.getpass(_("密码："))
    if twice and getpass.getpass(_("再输一次：")) != typed:
        raise Refused(_("两次输入不一致。"))
    return typed


def _user(username: str) -> Any:
    from qingshou.access.models import User
    from qingshou.cli.output import Refused

    found = User.objects.filter(username=username).first()
    if found is None:
        raise Refused(_("没有用户 %(name)s。") % {"name": username})
    return found


def _add(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qingshou.access import services
    from qingshou.access.permissions import SYSTEM
    from qingshou.cli.commands.unit import unit_by_code
    from qingshou.cli.output import show

    unit: Any = unit_by_code(arguments.unit)
    user = services.create_user(
        by=SYSTEM, username=arguments.username, display_name=arguments.name, password=ask_password(), unit=unit,
        role=arguments.role, starts_on=arguments.starts_on or timezone.localdate(), temporary=arguments.temporary)
    show({"id": user.pk, "username": user.username}, as_json=arguments.json,
         lines=[_("已新增用户 %(username)s（%(name)s）") % {"username": user.username, "name": user.display_name}])
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qingshou.access.permissions import SYSTEM
    from qingshou.access.queries.people import users
    from qingshou.cli.output import show

    rows, lines = [], []
    for user in users(SYSTEM, day=timezone.localdate()):
        postings = [f"{posting.unit.code}:{posting.role}" for posting in user.current]  # type: ignore[attr-defined]
        rows.append({"username": user.username, "name": user.display_name, "active": user.is_active, "postings": postings})
        lines.append(f"{user.username}\t{user.display_name}\t{' '.join(postings)}\t" + ("" if user.is_active else _("停用")))
    show({"rows": rows}, as_json=arguments.json, lines=lines)
    return 0


def _password(arguments: argparse.Namespace) -> int:
    from qingshou.access import services
    from qingshou.access.permissions import SYSTEM
    from qingshou.cli.output import show

    user = _user(arguments.username)
    services.set_password(by=SYSTEM, user=user, password=ask_password(), temporary=arguments.temporary)
    show({"username": user.username}, as_json=arguments.json, lines=[_("密码已重置。")])
    return 0


def _deactivate(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qingshou.access import services
    from qingshou.access.permissions import SYSTEM
    from qingshou.cli.output import show

    user = _user(arguments.username)
    services.deactivate_user(by=SYSTEM, user=user, on=timezone.localdate(), reason=arguments.reason)
    show({"username": user.username}, as_json=arguments.json, lines=[_("用户已停用。")])
    return 0
