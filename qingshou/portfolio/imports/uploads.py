"""Files that a person uploads for an import: checked, renamed, and kept in a folder of their own under the home folder.

The folder also keeps what came of it (``outcome.json``, ``rejects.parquet``). Uploaded files hold personal data in plain:
they are removed when they have been imported, and after a week in any case.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from qingshou.portfolio.imports.importing import Outcome, summary
from qingshou.portfolio.imports.readers import CSV_ENDINGS
from qingshou.portfolio.imports.rejects import masked

MOST_FILES = 40
KEEP_SECONDS = 7 * 24 * 3600
LONGEST_NAME = 100
_TOKEN = re.compile(r"[0-9a-f]{24}")
_OUTCOME, _REJECTS = "outcome.json", "rejects.parquet"


def root() -> Path:
    """Where uploads live; readable by the owner of the process alone."""
    folder = Path(settings.HOME) / "files" / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def folder(token: str) -> Path:
    """The folder of one upload. FileNotFoundError for a token that is none, or whose files are gone."""
    found = root() / token
    if not _TOKEN.fullmatch(token) or not found.is_dir():
        raise FileNotFoundError(token)
    return found


def keep(uploaded: Sequence[UploadedFile]) -> str:
    """Store uploaded files; returns the token of their folder. Raises ValidationError on wrong kinds, sizes, numbers."""
    _drop_old()
    if not uploaded or len(uploaded) > MOST_FILES:
        raise ValidationError(_("请选择 1 到 %(most)s 个文件。") % {"most": MOST_FILES})
    if sum(file.size or 0 for file in uploaded) > settings.MAX_IMPORT_BYTES:
        raise ValidationError(_("文件合计不能超过 %(most)s MB。") % {"most": settings.MAX_IMPORT_BYTES // 1024**2})
    names = [safe_name(str(file.name)) for file in uploaded]
    for name in names:
        if not name.lower().endswith((".xlsx", *CSV_ENDINGS)):
            raise ValidationError(_("%(name)s：只能导入 CSV（可用 gz 压缩）或 XLSX 文件") % {"name": name})
        if names.count(name) > 1:
            raise ValidationError(_("有两个文件同名：%(name)s") % {"name": name})
    token = secrets.token_hex(12)
    target = root() / token
    target.mkdir(mode=0o700)
    for name, file in zip(names, uploaded, strict=True):
        with open(target / name, "wb") as out:
            for piece in file.chunks():
                out.write(piece)
    return token


def files(token: str) -> list[tuple[str, Path]]:
    """(name, path) of the files that were uploaded, in the order of their names."""
    return [(path.name, path) for path in sorted(folder(token).iterdir()) if path.name not in (_OUTCOME, _REJECTS)]


def safe_name(name: str) -> str:
    """The last part of a path without characters that a file system, a page or a header could stumble over."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(" .")
    if "." not in plain:
        return plain[:LONGEST_NAME] or "file"
    stem, dot, ending = plain.rpartition(".")
    if plain.lower().endswith(".gz"):
        stem, _dot, inner = stem.rpartition(".")
        ending = f"{inner}.{ending}"
    return f"{stem[:LONGEST_NAME] or 'file'}{dot}{ending[:12]}"


def note_outcome(token: str, outcome: Outcome) -> None:
    """Keep what came of the import beside its files; an import that was written needs them no more."""
    target = folder(token)
    if not outcome.dry_run:
        for _name, path in files(token):
            path.unlink()
    masked(outcome.rejects).write_parquet(target / _REJECTS)
    (target / _OUTCOME).write_text(json.dumps(summary(outcome), ensure_ascii=False), encoding="utf-8")


def outcome_of(token: str) -> tuple[dict[str, Any], pl.DataFrame]:
    """(summary, rejects) of a finished import. FileNotFoundError where there is none."""
    target = folder(token)
    return json.loads((target / _OUTCOME).read_text(encoding="utf-8")), pl.read_parquet(target / _REJECTS)


def _drop_old() -> None:
    for old in root().iterdir():
        if old.is_dir() and time.time() - old.stat().st_mtime > KEEP_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
