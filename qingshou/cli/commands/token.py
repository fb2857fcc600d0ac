"""qingshou token: keys for machines that call the API. A key is shown once, when it is made."""

from __future__ import annotations

import argparse
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = "token"
HELP = gettext_lazy("接口密钥：新增、列出、吊销")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from qingshou.access.services.tokens import SCOPES
    from qingshou.cli.options import actions

    add = actions(parser)
    new = add("add", _("新增密钥；密钥只显示这一次"), _add)
    new.add_argument("--name", required=True, help=_("用途，例如 核心系统"))
    new.add_argument("--user", required=True, help=_("以哪个用户的身份访问（用户名）"))
    new.add_argument("--scope", required=True, action="append", choices=list(SCOPES), help=_("范围，可重复"))
    new.add_argument("--days", type=int, default=90, help=_("有效天数（默认 90）"))
    new.add_argument("--by", required=True, help=_("办理的系统管理员（用户名）"))
    add("list", _("列出密钥"), _list)
    revoke = add("revoke", _("吊销密钥"), _revoke)
    revoke.add_argument("prefix", metavar="PREFIX", help=_("密钥前缀，见 list"))
    revoke.add_argument("--reason", default="", help=_("原因，记入审计日志"))


def run(arguments: argparse.Namespace) -> int:
    return int(arguments.run_action(arguments))


def _user(username: str) -> Any:
    from qingshou.access.models import User
    from qingshou.cli.output import Refused

    found = User.objects.filter(username=username).first()
    if found is None:
        raise Refused(_("没有用户 %(name)s。") % {"name": username})
    return found


def _add(arguments: argparse.Namespace) -> int:
    from qingshou.access.services.tokens import make_token
    from qingshou.cli.output import show

    token, text = make_token(by=_user(arguments.by), name=arguments.name, acts_as=_user(arguments.user),
                             scopes=arguments.scope, days=arguments.days)
    show({"token": text, "prefix": token.prefix, "expires_at": token.expires_at.isoformat()}, as_json=arguments.json,
         lines=[text, _("请立即保存，此后不再显示。有效期至 %(day)s。") % {"day": token.expires_at.date()}])
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from qingshou.access.models import ApiToken
    from qingshou.cli.output import show

    rows = [{"prefix": token.prefix, "name": token.name, "user": token.acts_as.username, "scopes": token.scopes,
             "expires_at": token.expires_at.isoformat(), "revoked_at": token.revoked_at and token.revoked_at.isoformat(),
             "used_at": token.used_at and token.used_at.isoformat()}
            for token in ApiToken.objects.select_related("acts_as").order_by("name", "id")]
    show({"rows": rows}, as_json=arguments.json, lines=[
        f"{row['prefix']}\t{row['name']}\t{row['user']}\t{','.join(row['scopes'])}\t"
        + (_("已吊销") if row["revoked_at"] else row["expires_at"][:10]) for row in rows])
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    from qingshou.access.models import ApiToken
    from qingshou.access.permissions import SYSTEM
    from qingshou.access.services.tokens import revoke_token
    from qingshou.cli.output import Refused, show

    token = ApiToken.objects.filter(prefix=arguments.prefix).first()
    if token is None:
        raise Refused(_("没有前缀为 %(prefix)s 的密钥。") % {"prefix": arguments.prefix})
    revoke_token(by=SYSTEM, token=token, reason=arguments.reason)
    show({"prefix": token.prefix}, as_json=arguments.json, lines=[_("密钥已吊销。")])
    return 0
