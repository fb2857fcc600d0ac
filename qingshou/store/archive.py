"""Tables as Parquet and CSV files: the open form that backup, restore and export share.

A table is read in pieces by its key inside one transaction, so that the files of all tables show one moment, and so that
memory stays small. The types are the model's on both kinds of store: what was written from one can be read into the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from django.db import models

from qingshou.store import bulk, crypto
from qingshou.store.fields import SealedField

ROWS_A_PIECE = 200_000
# Worth something to a thief and nothing to a reader.
SECRETS = {"access_user": ["password"], "access_apitoken": ["token_hash"]}


def one_moment(session: bulk.Session) -> None:
    """Make the session's reads show one moment; call it first. (SQLite's do already.)"""
    if session.vendor == "postgresql":
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def pieces(session: bulk.Session, model: type[models.Model]) -> Iterator[pl.DataFrame]:
    """The rows of a table in order of its key, a frame at a time; an empty table gives one empty frame."""
    key = str(model._meta.pk.column)  # type: ignore[union-attr]
    last: list[Any] = []
    while True:
        where = (f'"{key}" > ? ' if last else "TRUE ") + f'ORDER BY "{key}" LIMIT {ROWS_A_PIECE}'
        frame = session.read_model(model, where, last)
        if frame.height or not last:
            yield frame
        if frame.height < ROWS_A_PIECE:
            return
        last = [frame[key][-1]]


def write_parquet(session: bulk.Session, model: type[models.Model], folder: Path) -> tuple[list[Path], int]:
    """The table as ``<table>.<number>.parquet`` files in *folder*; returns them and the number of rows."""
    written: list[Path] = []
    rows = 0
    for number, frame in enumerate(pieces(session, model)):
        path = folder / f"{model._meta.db_table}.{number:04d}.parquet"
        frame.write_parquet(path, compression="zstd")
        written.append(path)
        rows += frame.height
    return written, rows


def sealed_columns(model: type[models.Model]) -> list[str]:
    """The columns that are encrypted at rest."""
    return [str(field.column) for field in model._meta.concrete_fields if isinstance(field, SealedField)]


def for_reading(model: type[models.Model], frame: pl.DataFrame, *, personal: bool) -> pl.DataFrame:
    """The frame as people outside may have it: no secrets; sealed columns opened only when *personal*."""
    frame = frame.drop(SECRETS.get(model._meta.db_table, []))
    if not personal:
        return frame
    return frame.with_columns(
        pl.Series(name, [value if value is None else crypto.unseal(value) for value in frame[name]], dtype=pl.String)
        for name in sealed_columns(model))
