"""qingshou restore FILE: fills an empty store from a backup, all or nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = "restore"
HELP = gettext_lazy("恢复：把备份恢复到一个空库")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=_("qingshou backup 写出的文件"))


def run(arguments: argparse.Namespace) -> int:
    from django.db import transaction

    from qingshou.access import audit
    from qingshou.cli.output import Refused, progress, show
    from qingshou.cli.stores import alone, migrate
    from qingshou.store import backup

    with alone():
        migrate()
        try:
            done = backup.restore(arguments.file, lambda permille, note: progress(note, permille))
        except backup.BackupError as error:
            raise Refused(str(error)) from None
        verdict = audit.verify()
        with transaction.atomic():
            audit.record(actor=None, action="store.restore", after={"file": arguments.file.name, "made_at": done.made_at})
    chain = _("完好") if verdict.bad is None else _("第 %(n)d 条起不完好（备份时已如此）") % {"n": verdict.bad}
    progress("", None)
    show({"file": str(arguments.file), "made_at": done.made_at, "files": done.files, "rows": done.rows,
          "audit_whole": verdict.bad is None}, as_json=arguments.json, lines=[
        _("已从 %(file)s（%(made_at)s）恢复：%(tables)d 张表 %(rows)d 行，%(files)d 个文件") % {
            "file": arguments.file, "made_at": done.made_at, "tables": len(done.rows), "rows": sum(done.rows.values()),
            "files": done.files},
        _("审计链：%(chain)s") % {"chain": chain}])
    return 0
