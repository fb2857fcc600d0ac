"""The same columns in and out as ``store.bulk``, through Django's own connection and inside its transaction.

For a few households at once, where the change must be part of the caller's transaction. What is written against
``bulk.Session`` runs here unchanged: the same SQL, the same frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

from qingshou.store.bulk import Session, _write_cast, schema

_SQL_TYPES: dict[Any, str] = {pl.Int64: "bigint", pl.Int32: "integer", pl.Int16: "smallint", pl.Date: "date",
                              pl.Boolean: "boolean", pl.String: "text"}


class Inline(Session):
    """A :class:`~qingshou.store.bulk.Session` over Django's default connection; commits and rolls back with the caller.

    Raises TransactionManagementError outside of ``transaction.atomic``.
    """

    def __init__(self) -> None:
        if not connection.in_atomic_block:
            raise transaction.TransactionManagementError("inline columns belong to a transaction")
        super().__init__(connection, connection.vendor)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        self._run(sql, parameters).close()

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        with self._run(sql, parameters) as cursor:
            row = cursor.fetchone()
        return None if row is None else row[0]

    def read(self, sql: str, types: dict[str, Any], parameters: Sequence[Any] = ()) -> pl.DataFrame:
        with self._run(sql, parameters) as cursor:
            names = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
        places = {name: names.index(name) for name in types}
        return pl.DataFrame({name: pl.Series(name, [_plain(row[places[name]], kind) for row in rows], dtype=kind)
                             for name, kind in types.items()})

    def append(self, model: type[models.Model], frame: pl.DataFrame) -> int:
        if frame.is_empty():
            return 0
        types = schema(model)
        unknown = set(frame.columns) - set(types)
        if unknown:
            raise ValueError(f"{model._meta.db_table} has no column {', '.join(sorted(unknown))}")
        self._insert(f'"{model._meta.db_table}"', frame.cast({name: types[name] for name in frame.columns}))
        return frame.height

    def stage(self, name: str, frame: pl.DataFrame) -> None:
        columns = ", ".join(f'"{column}" {_SQL_TYPES[kind]}' for column, kind in frame.schema.items())
        self.execute(f"DROP TABLE IF EXISTS {name}")
        self.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
        self._insert(name, frame)

    def _insert(self, table: str, frame: pl.DataFrame) -> None:
        names = ", ".join(f'"{name}"' for name in frame.columns)
        places = ", ".join(["%s"] * frame.width)
        rows = frame.select(_write_cast(pl.col(name), kind, self.vendor) for name, kind in frame.schema.items()).rows()
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)

    def _run(self, sql: str, parameters: Sequence[Any]) -> CursorWrapper:
        cursor = connection.cursor()
        given = [value.isoformat() if self.vendor == "sqlite" and type(value) is date else value for value in parameters]
        cursor.execute(sql.replace("%", "%%").replace("?", "%s"), given)
        return cursor


def _plain(value: Any, kind: Any) -> Any:
    """The value as Polars takes it for the type: SQLite hands over dates and booleans as text and integers, or not."""
    if value is None:
        return None
    if kind == pl.Date and isinstance(value, str):
        return date.fromisoformat(value[:10])
    if kind == pl.Boolean:
        return bool(value)
    if isinstance(kind, pl.Datetime):
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    if kind == pl.String or isinstance(value, date):
        return value
    return int(value)
