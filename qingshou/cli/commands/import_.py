"""qingshou import PROFILE FILE...: files of a core system into the store."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from qingshou.portfolio.imports.importing import Outcome

NAME = "import"
HELP = gettext_lazy("按方案导入核心系统的导出文件（CSV、XLSX）")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("profile", metavar="PROFILE", nargs="?", help=_("导入方案的名称或文件；不填则列出全部"))
    parser.add_argument("files", metavar="FILE", nargs="*", type=Path, help=_("要导入的文件，可以有多个"))
    parser.add_argument("--dry-run", action="store_true", help=_("只检查，不写入"))
    parser.add_argument("--template", metavar="FILE.xlsx", type=Path, help=_("写出空白的 XLSX 模板，不导入"))


def run(arguments: argparse.Namespace) -> int:
    from qingshou.cli.output import Refused, progress, show
    from qingshou.portfolio.imports.importing import summary
    from qingshou.portfolio.imports.profile import ProfileError
    from qingshou.portfolio.imports.profiles import find, listed
    from qingshou.portfolio.imports.readers import FileRefused
    from qingshou.portfolio.services.imports import import_files

    if arguments.profile is None:
        profiles = listed()
        show([{"name": item.name, "title": item.title, "currency": item.currency} for item in profiles],
             as_json=arguments.json, lines=[f"{item.name}\t{item.title}" for item in profiles])
        return 0
    try:
        profile = find(arguments.profile)
    except ProfileError as error:
        raise Refused(str(error)) from None
    if arguments.template is not None:
        return _template(profile, arguments)
    if not arguments.files:
        raise Refused(_("请写明要导入的文件。"))
    missing = [str(path) for path in arguments.files if not path.is_file()]
    if missing:
        raise Refused(*(_("没有这个文件：%(path)s") % {"path": path} for path in missing))
    names = _names(arguments.files)
    from qingshou.access.permissions import SYSTEM

    try:
        outcome = import_files(user=SYSTEM, profile=profile, files=list(zip(names, arguments.files, strict=True)),
                               dry_run=arguments.dry_run, report=lambda permille, note: progress(note, permille))
    except FileRefused as error:
        progress("")
        raise Refused(str(error)) from None
    progress("")
    written = _write_rejects(outcome, names, arguments.files)
    show({**summary(outcome), "rejects": written}, as_json=arguments.json, lines=_lines(outcome, written))
    return 0


def _names(files: list[Path]) -> list[str]:
    """What the files are called: their names, or their paths where two have one name."""
    names = [path.name for path in files]
    return [name if names.count(name) == 1 else str(path) for name, path in zip(names, files, strict=True)]


def _template(profile: Any, arguments: argparse.Namespace) -> int:
    from qingshou.cli.output import Refused, show
    from qingshou.portfolio.imports.template import standard_workbook

    if profile.name != "standard":
        raise Refused(_("只有标准格式有模板；其他方案按各自系统的导出文件导入。"))
    arguments.template.write_bytes(standard_workbook())
    show({"template": str(arguments.template)}, as_json=arguments.json, lines=[str(arguments.template)])
    return 0


def _write_rejects(outcome: Outcome, names: list[str], files: list[Path]) -> list[str]:
    """``FILE.rejects.csv`` for each file with rejects; an older one of a file that has none now is removed. Where the
    file's folder cannot be written they go to the home folder."""
    from django.conf import settings

    from qingshou.portfolio.imports.rejects import write_file

    written = []
    for name, path in zip(names, files, strict=True):
        target = path.with_name(f"{path.name}.rejects.csv")
        frame = outcome.rejects_of(name)
        if frame.is_empty():
            if target.exists():
                target.unlink()
            continue
        try:
            write_file(frame, target)
        except OSError:
            folder = Path(settings.HOME) / "files" / "rejects"
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / target.name
            write_file(frame, target)
        written.append(str(target))
    return written


def _lines(outcome: Outcome, written: list[str]) -> list[str]:
    from qingshou.engine.money import format_yuan
    from qingshou.portfolio.imports.canonical import TABLES
    from qingshou.portfolio.models import Reconciliation

    lines = [_("试运行，没有写入任何内容。")] if outcome.dry_run else []
    form = _("%(table)s：接受 %(taken)s（其中更新 %(changed)s），未变 %(unchanged)s，拒绝 %(rejected)s，按方案略过 %(skipped)s")
    lines += [form % {"table": TABLES[name].title, **counts} for name, counts in outcome.counts().items()]
    for cause, found in outcome.reconciliation.items():
        lines.append(_("对账·%(cause)s：%(loans)s 笔，差额 %(difference)s") % {
            "cause": Reconciliation.Cause(cause).label, "loans": found["loans"],
            "difference": format_yuan(found["difference_fen"])})
    lines += outcome.notes
    if outcome.problems:
        lines.append(_("有 %(count)s 笔交易与余额不合（如减免超过所欠），只处理了一部分。") % {"count": outcome.problems})
    lines += [_("拒绝明细：%(path)s") % {"path": path} for path in written]
    lines.append(_("合计：接受 %(taken)s，未变 %(unchanged)s，拒绝 %(rejected)s") % {
        name: outcome.total(name) for name in ("taken", "unchanged", "rejected")})
    return lines
