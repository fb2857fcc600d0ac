"""Backup and restore: one tar file of Parquet tables, daily history, the bank's files and its policy, with checksums.

The file can be read with any tar and Parquet tool, and a backup of SQLite restores into PostgreSQL and the other way.
It does not hold the keys (``HOME/secrets``): personal data in it stays sealed, and a restore needs the same data key.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou import __version__
from qingshou.store import archive, bulk, contents, crypto
from qingshou.store.models import Setting

FORMAT = 1
METADATA = "metadata.json"
Report = Callable[[int, str], None]


class BackupError(Exception):
    """A backup cannot be written or read; the message says why, for the operator."""


@dataclass(frozen=True)
class Summary:
    """What was written or restored: rows by table, files beside the tables, bytes of the whole."""

    rows: dict[str, int]
    files: int
    bytes: int
    made_at: str


def folders() -> dict[str, Path]:
    """What is kept beside the tables: name in the tar → folder."""
    return {"history": Path(settings.HISTORY), "files": Path(settings.MEDIA_ROOT), "policy": Path(settings.BANK_POLICY)}


def secrets_folder() -> Path:
    """Where the keys are kept that a backup does not hold."""
    return Path(settings.HOME) / "secrets"


def key_fingerprint() -> str:
    """Tells whether two installations seal with the same data key, without telling anything of the key."""
    return crypto.keyed_hash("fingerprint of the data key")[:16]


def write(path: Path, report: Report) -> Summary:
    """Write a backup to *path* (must not exist). The tables show one moment; pages and writers go on meanwhile."""
    if path.exists():
        raise BackupError(_("%(path)s 已存在，不会覆盖。") % {"path": path})
    migrations = contents.migrations()
    made_at = timezone.now().isoformat(timespec="seconds")
    models_kept = contents.tables()
    partial = path.with_name(path.name + ".part")
    rows: dict[str, int] = {}
    sums: dict[str, str] = {}
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.resolve().parent) as folder, \
                tarfile.open(partial, "w") as tar:
            with bulk.session(write=False) as session:
                archive.one_moment(session)
                for number, model in enumerate(models_kept):
                    table = model._meta.db_table
                    report(900 * number // len(models_kept), table)
                    written, rows[table] = archive.write_parquet(session, model, Path(folder))
                    for piece in written:
                        _add(tar, piece, f"tables/{table}/{piece.name}", sums)
                        piece.unlink()
            files = 0
            for name, source in folders().items():  # after the tables: a later day's history is overwritten by its day end
                report(950, name)
                for file in sorted(source.rglob("*")) if source.is_dir() else []:
                    if file.is_file() and not file.name.endswith((".tmp", ".new", ".part")):
                        _add(tar, file, f"{name}/{file.relative_to(source).as_posix()}", sums)
                        files += 1
            metadata = {"format": FORMAT, "version": __version__, "made_at": made_at, "store": session.vendor,
                        "migrations": migrations, "key_fingerprint": key_fingerprint(), "rows": rows, "sha256": sums}
            _add_bytes(tar, METADATA, json.dumps(metadata, ensure_ascii=False, indent=1).encode())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return Summary(rows, files, path.stat().st_size, made_at)


def restore(path: Path, report: Report) -> Summary:
    """Fill this migrated, empty store from a backup: all or nothing. Checks version, key and every checksum first."""
    try:
        with _open(path) as tar:
            return _restore(tar, path, report)
    except tarfile.TarError as error:
        raise BackupError(_("%(path)s 不是完整的备份文件（%(why)s）。") % {"path": path, "why": error}) from None


def _restore(tar: tarfile.TarFile, path: Path, report: Report) -> Summary:
    metadata = _metadata(tar)
    _refuse_unfit(metadata)
    report(50, _("核对校验和"))
    for name, expected in metadata["sha256"].items():
        if _sha256(_member(tar, name)) != expected:
            raise BackupError(_("备份文件已损坏：%(name)s 的校验和不符。") % {"name": name})
    by_table = {model._meta.db_table: model for model in contents.tables()}
    files = _extract(tar, metadata)
    with bulk.session() as session:
        for number, (table, expected_rows) in enumerate(metadata["rows"].items()):
            report(100 + 850 * number // len(metadata["rows"]), table)
            if _fill(session, tar, by_table[table], metadata) != expected_rows:
                raise BackupError(_("备份文件已损坏：%(name)s 的行数不符。") % {"name": table})
        _check_references(session)
        _move_in()
    return Summary(metadata["rows"], files, path.stat().st_size, metadata["made_at"])


def _fill(session: bulk.Session, tar: tarfile.TarFile, model: type[models.Model], metadata: dict[str, Any]) -> int:
    """Append a table's pieces; returns the number of rows."""
    rows = 0
    table = model._meta.db_table
    if model is Setting:  # the few rows that this store made itself give way
        session.execute("DELETE FROM store_setting")
    for name in (name for name in metadata["sha256"] if name.startswith(f"tables/{table}/")):
        frame = pl.read_parquet(_member(tar, name).read())
        session.append(model, frame)
        rows += frame.height
    if "id" in bulk.schema(model):
        session.settle_ids(model)
    return rows


def _refuse_unfit(metadata: dict[str, Any]) -> None:
    if metadata.get("format") != FORMAT:
        raise BackupError(_("不认识的备份格式 %(format)s。") % {"format": metadata.get("format")})
    if metadata["key_fingerprint"] != key_fingerprint():
        raise BackupError(_("数据密钥与备份时不同，封存的个人信息将无法打开。"
                            "请先恢复备份时的 secrets 文件夹或 QINGSHOU_DATA_KEY。"))
    if metadata["migrations"] != contents.migrations():
        raise BackupError(_("备份由版本 %(theirs)s 制作，数据库结构与当前版本 %(ours)s 不同。请用制作备份的版本恢复，再升级。")
                          % {"theirs": metadata["version"], "ours": __version__})
    if contents.holds_data():
        raise BackupError(_("当前库中已有数据，不会覆盖。请恢复到一个空库。"))


def _check_references(session: bulk.Session) -> None:
    """On SQLite the bulk connection does not enforce foreign keys; PostgreSQL would check them only at commit."""
    if session.vendor == "sqlite":
        whole = not session.value("SELECT COUNT(*) FROM pragma_foreign_key_check")
    else:
        try:
            session.execute("SET CONSTRAINTS ALL IMMEDIATE")
            whole = True
        except Exception:  # the driver has no narrower type
            whole = False
    if not whole:
        raise BackupError(_("备份文件不完整：有记录指向不存在的记录。"))


def _incoming(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.incoming")


def _extract(tar: tarfile.TarFile, metadata: dict[str, Any]) -> int:
    """Unpack the files beside their places; :func:`_move_in` puts them there once the tables are filled."""
    for folder in folders().values():
        shutil.rmtree(_incoming(folder), ignore_errors=True)
    files = 0
    for name in metadata["sha256"]:
        top, _slash, inner = name.partition("/")
        if top not in folders():
            continue
        place = _incoming(folders()[top]).resolve()
        target = (place / inner).resolve()
        if not target.is_relative_to(place):
            raise BackupError(_("备份文件中的路径 %(name)s 不合法。") % {"name": name})
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            shutil.copyfileobj(_member(tar, name), file)
        files += 1
    return files


def _move_in() -> None:
    """Files that lie there, which an empty store cannot account for, are moved aside, not deleted."""
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M%S-%f")
    for folder in folders().values():
        if folder.is_dir() and any(folder.iterdir()):
            folder.rename(folder.with_name(f"{folder.name}.before-restore-{stamp}"))
        elif folder.is_dir():
            folder.rmdir()
        if _incoming(folder).is_dir():
            _incoming(folder).rename(folder)


def _open(path: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(path, "r:")
    except FileNotFoundError:
        raise BackupError(_("找不到文件 %(path)s。") % {"path": path}) from None


def _metadata(tar: tarfile.TarFile) -> dict[str, Any]:
    try:
        content = json.loads(_member(tar, METADATA).read())
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise BackupError(_("备份文件中没有有效的 %(name)s。") % {"name": METADATA})
    return content


def _member(tar: tarfile.TarFile, name: str) -> Any:
    try:
        file = tar.extractfile(name)
    except (KeyError, tarfile.TarError):
        file = None
    if file is None:
        raise BackupError(_("备份文件不完整：缺少 %(name)s。") % {"name": name})
    return file


def _add(tar: tarfile.TarFile, file: Path, name: str, sums: dict[str, str]) -> None:
    with file.open("rb") as source:
        sums[name] = _sha256(source)
    tar.add(file, arcname=name, recursive=False)


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime = len(content), int(timezone.now().timestamp())
    tar.addfile(entry, io.BytesIO(content))


def _sha256(source: Any) -> str:
    return hashlib.file_digest(source, "sha256").hexdigest()
