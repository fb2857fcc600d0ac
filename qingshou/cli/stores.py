"""What commands need to know of the store before they touch it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator

from django.core.management import call_command
from django.utils.translation import gettext as _

from qingshou.cli.output import Refused
from qingshou.store import contents, sidecar


def migrate() -> bool:
    """Bring the store's tables to this version; returns whether there was anything to do."""
    if contents.is_migrated():
        return False
    call_command("migrate", interactive=False, verbosity=0, stdout=io.StringIO())
    return True


def require_store() -> None:
    """Refuse unless the store has this version's tables and was filled to the end."""
    if not contents.is_migrated():
        raise Refused(_("数据库尚未建立，或结构是旧版本的：请先运行 qingshou init。"))
    if contents.is_half_filled():
        raise Refused(_("演示数据只写了一半（上次被中断）：请重新运行 qingshou init --demo。"))


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the store's set-up to one process of this home folder."""
    with sidecar.lock("set-up") as held:
        if not held:
            raise Refused(_("另一个 qingshou init 或 restore 正在进行。"))
        yield
