"""qingshou export FOLDER: every table as Parquet and CSV for other tools."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = "export"
HELP = gettext_lazy("导出：每张表写成 Parquet 和 CSV；证件号、电话、住址默认保持加密")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", type=Path, help=_("写到哪个文件夹（新的或空的）"))
    parser.add_argument("--personal", metavar="USERNAME",
                        help=_("以明文导出证件号、电话、住址：由有此权限的人输入密码，并写明 --reason"))
    parser.add_argument("--reason", default="", help=_("为何需要明文，记入审计日志"))


def run(arguments: argparse.Namespace) -> int:
    from django.db import transaction

    from qingshou.access import audit
    from qingshou.cli.output import Refused, progress, show
    from qingshou.cli.stores import require_store
    from qingshou.store import backup, export

    require_store()
    actor = _who_may(arguments.personal, arguments.reason) if arguments.personal else None
    with transaction.atomic():  # before anything leaves: an export that was cut short is in the trail as well
        audit.record(actor=actor, action="store.export", reason=arguments.reason.strip(),
                     after={"folder": arguments.folder.name, "personal": "plain" if actor else "sealed"})
    try:
        rows = export.write(arguments.folder, personal=actor is not None,
                            report=lambda permille, note: progress(note, permille))
    except backup.BackupError as error:
        raise Refused(str(error)) from None
    progress("", None)
    note = (_("其中证件号、电话、住址为明文，请妥善保管，用后销毁。") if actor
            else _("证件号、电话、住址仍为加密文本；姓名、村组等未加密。"))
    show({"folder": str(arguments.folder), "rows": rows, "personal": "plain" if actor else "sealed"}, as_json=arguments.json,
         lines=[_("已导出 %(tables)d 张表 %(rows)d 行到 %(folder)s") % {
             "tables": len(rows), "rows": sum(rows.values()), "folder": arguments.folder}, note])
    return 0


def _who_may(username: str, reason: str) -> Any:
    """The user whose password was given and who may export personal data, for a reason."""
    from qingshou.access.models import User
    from qingshou.access.permissions import require
    from qingshou.cli.commands.user import ask_password
    from qingshou.cli.output import Refused

    if not reason.strip():
        raise Refused(_("导出明文须写明 --reason。"))
    password = ask_password(twice=False)
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None or not user.check_password(password):
        raise Refused(_("用户名或密码不正确。"))
    require(user, "personal.export")
    return user
