"""qingshou init: creates or migrates the store; ``--demo`` fills an empty one with the demo bank."""

from __future__ import annotations

import argparse
import shutil

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = "init"
HELP = gettext_lazy("建立或升级数据库；--demo 填入演示行")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help=_("填入演示行（仅限空库；已是演示行则不动）"))


def run(arguments: argparse.Namespace) -> int:
    from django.db import connection

    from qingshou.access.queries.demo import is_demo_store
    from qingshou.cli.output import Refused, show
    from qingshou.cli.stores import alone, migrate
    from qingshou.store import contents
    from qingshou.store.models import Setting

    lines: list[str] = []
    with alone():
        if Setting._meta.db_table in connection.introspection.table_names() and contents.is_half_filled():
            if not arguments.demo:
                raise Refused(_("演示数据只写了一半（上次被中断）：请重新运行 qingshou init --demo。"))
            lines.append(_("上次填入演示行时被中断，现清空重来。"))
            _empty()
        changed = migrate()
        lines.append(_("数据库已建立或升级到当前版本。") if changed else _("数据库已是当前版本。"))
        demo = is_demo_store()
        if arguments.demo and demo:
            lines.append(_("演示行已在库中，未作改动。"))
        elif arguments.demo:
            if contents.holds_data():
                raise Refused(_("库中已有数据，不会填入演示行。请为演示另设 QINGSHOU_HOME 或 QINGSHOU_DATABASE_URL。"))
            _fill()
            demo = True
            lines.append(_("演示行已填入。"))
        elif not contents.holds_data():
            lines += _next_steps()
    show({"migrated": changed, "demo": demo}, as_json=arguments.json, lines=lines)
    return 0


def _fill() -> None:
    """Build the demo bank between two marks, so that a store left half-filled by a kill is known as such."""
    from qingshou.cli.output import Refused, progress
    from qingshou.store.contents import FILLING
    from qingshou.store.models import Setting

    try:
        from demo import build
    except ImportError:
        raise Refused(_("此安装不含演示行。")) from None
    Setting.objects.create(key=FILLING, value="demo")
    build(progress=lambda permille, note: progress(note, permille))
    progress("", None)
    Setting.objects.filter(key=FILLING).delete()


def _empty() -> None:
    """Take a half-filled store down to nothing, with the files that its filling wrote."""
    from qingshou.store import contents
    from qingshou.store.backup import folders

    contents.drop_everything()
    for name in ("history", "files"):
        shutil.rmtree(folders()[name], ignore_errors=True)


def _next_steps() -> list[str]:
    return [
        _("空库已就绪。接下来："),
        _("  1. 建总部：qingshou unit add --code HO --name 总行 --kind head_office"),
        _("  2. 建系统管理员：qingshou user add --username admin --name 姓名 --role admin --unit HO"),
        _("  3. 启动：qingshou serve，然后由系统管理员在页面上建机构和用户"),
        _("  4. 导入：qingshou import standard 文件……（见 docs/operations.md）"),
    ]
