"""qingshou backup FILE: everything in one tar of Parquet tables, restorable into either kind of store."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = "backup"
HELP = gettext_lazy("备份：把全部数据写成一个开放格式的文件")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=_("写到哪个文件（不能已存在）"))


def run(arguments: argparse.Namespace) -> int:
    from django.db import transaction

    from qingshou.access import audit
    from qingshou.cli.output import Refused, progress, show
    from qingshou.cli.stores import require_store
    from qingshou.store import backup

    require_store()
    try:
        done = backup.write(arguments.file, lambda permille, note: progress(note, permille))
    except backup.BackupError as error:
        raise Refused(str(error)) from None
    with transaction.atomic():
        audit.record(actor=None, action="store.backup", after={"file": arguments.file.name, "bytes": done.bytes})
    total = sum(done.rows.values())
    progress("", None)
    result = {"file": str(arguments.file), "bytes": done.bytes, "files": done.files, "rows": done.rows}
    show(result, as_json=arguments.json, lines=[
        _("已备份到 %(file)s：%(tables)d 张表 %(rows)d 行，%(files)d 个文件，%(bytes)d 字节") % {
            "file": arguments.file, "tables": len(done.rows), "rows": total, "files": done.files, "bytes": done.bytes},
        _("备份不含密钥。请另行妥善保存 %(folder)s，没有它无法打开封存的个人信息。") % {"folder": backup.secrets_folder()}])
    return 0
