"""What goes wrong below a command, told so that the operator can act."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

LOG_BYTES = 1024 * 1024


def store_reasons(error: DatabaseError) -> list[str]:
    """A store that was never made, was made by an older version, is away or busy."""
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    lower = text.lower()
    if "no such table" in lower or "no such column" in lower or "does not exist" in lower:
        return [_("数据库尚未建立，或结构是旧版本的：请先运行 qingshou init。（%(why)s）") % {"why": text}]
    if "locked" in lower:
        return [_("数据库正忙（导入、日终或恢复正在写入），请稍后再试。（%(why)s）") % {"why": text}]
    return [_("数据库无法使用：%(why)s") % {"why": text}]


def write_down() -> Path:
    """Append the traceback that is being handled to ``HOME/errors.log`` (one megabyte, one older file); returns its path."""
    path = Path(settings.HOME) / "errors.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    handler.emit(logging.LogRecord("qingshou.cli", logging.ERROR, __file__, 0, "command failed", None, sys.exc_info()))
    handler.close()
    return path
