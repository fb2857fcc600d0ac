"""Everything in open formats for other tools: each table as Parquet and as CSV, and a description of the columns."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.store import archive, bulk, contents
from qingshou.store.backup import BackupError

BOM = "\ufeff".encode()  # spreadsheets then read the CSV's Chinese rightly


def write(folder: Path, *, personal: bool, report: Callable[[int, str], None]) -> dict[str, int]:
    """Write ``<table>.parquet``, ``<table>.csv`` and ``tables.json`` to *folder* (new or empty); returns rows by table.

    Password and token hashes are left out. Sealed personal data stays sealed unless *personal*.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(_("%(path)s 不是空文件夹，不会覆盖。") % {"path": folder})
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    kept = contents.tables()
    with bulk.session(write=False) as session:
        archive.one_moment(session)
        for number, model in enumerate(kept):
            report(1000 * number // len(kept), model._meta.db_table)
            rows[model._meta.db_table] = _table(session, model, folder, personal=personal)
    description = {"made_at": timezone.now().isoformat(timespec="seconds"), "personal_data": "plain" if personal else "sealed",
                   "tables": [_describe(model, rows[model._meta.db_table]) for model in kept]}
    (folder / "tables.json").write_text(json.dumps(description, ensure_ascii=False, indent=1), encoding="utf-8")
    return rows


def _table(session: bulk.Session, model: type[models.Model], folder: Path, *, personal: bool) -> int:
    """A large table becomes several Parquet pieces joined without holding it whole; the CSV grows piece by piece."""
    table, rows, parts = model._meta.db_table, 0, []
    with (folder / f"{table}.csv").open("wb") as csv:
        csv.write(BOM)
        for number, frame in enumerate(archive.pieces(session, model)):
            shown = archive.for_reading(model, frame, personal=personal)
            shown.write_csv(csv, include_header=number == 0, datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ")
            parts.append(folder / f"{table}.{number:04d}.parquet.part")
            shown.write_parquet(parts[-1], compression="zstd")
            rows += shown.height
    target = folder / f"{table}.parquet"
    if len(parts) == 1:
        parts[0].rename(target)
    else:
        pl.scan_parquet(parts).sink_parquet(target, compression="zstd")
        for part in parts:
            part.unlink()
    return rows


def _describe(model: type[models.Model], rows: int) -> dict[str, Any]:
    """What the table holds, from the model's own words, and its columns with their types."""
    hidden = archive.SECRETS.get(model._meta.db_table, [])
    return {
        "table": model._meta.db_table, "rows": rows, "holds": " ".join((model.__doc__ or "").split()),
        "columns": [{"name": field.column, "type": field.get_internal_type(),
                     "references": field.related_model._meta.db_table if field.is_relation and field.related_model else None,
                     "sealed": field.column in archive.sealed_columns(model)}
                    for field in model._meta.concrete_fields if field.column not in hidden],
    }
