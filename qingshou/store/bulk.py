"""Columns in and out of the store: one ADBC connection, one transaction.

SQLite's file locks belong to the process, and ADBC brings its own copy of the SQLite library: two copies with the same
file open in one process undo each other's locks. So a session on SQLite first closes Django's connections (``alone``), which
must stay closed until the session ends (``docs/decisions/bulk.md``). Heavy runs (import, day end) are processes of their
own for the same reason.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import polars as pl
from django.conf import settings
from django.db import connections, models

from qingshou.store import alone

# The driver guesses a column's type from this many rows; larger than any table here, so that it sees them all.
GUESS_ROWS = 50_000_000
BUSY_TIMEOUT_MS = 60_000
WRITER_LOCK = 7_051_001  # PostgreSQL advisory lock: one bulk writer at a time

_TYPES: dict[str, Any] = {
    "BigAutoField": pl.Int64, "AutoField": pl.Int64, "BigIntegerField": pl.Int64, "IntegerField": pl.Int32,
    "SmallIntegerField": pl.Int16, "PositiveIntegerField": pl.Int32, "PositiveSmallIntegerField": pl.Int16,
    "FenField": pl.Int64, "PpmField": pl.Int64, "BooleanField": pl.Boolean, "DateField": pl.Date,
    "DateTimeField": pl.Datetime("us", "UTC"), "ForeignKey": pl.Int64, "OneToOneField": pl.Int64,
}


def schema(model: type[models.Model]) -> dict[str, Any]:
    """Polars types by column name of a model's table (text for everything not listed)."""
    return {str(field.column): _TYPES.get(type(field).__name__, pl.String) for field in model._meta.concrete_fields}


class Session:
    """An open bulk transaction. Frames use the table's column names."""

    def __init__(self, connection: Any, vendor: str) -> None:
        self.connection = connection
        self.vendor = vendor

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement; placeholders are written ``?`` for both stores."""
        with self.connection.cursor() as cursor:
            cursor.execute(self._dialect(sql), tuple(parameters) or None)

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""
        with self.connection.cursor() as cursor:
            cursor.execute(self._dialect(sql), tuple(parameters) or None)
            row = cursor.fetchone()
        return None if row is None else row[0]

    def read(self, sql: str, types: dict[str, Any], parameters: Sequence[Any] = ()) -> pl.DataFrame:
        """The rows of a query as a frame with exactly the columns and types of *types*, in that order."""
        with self.connection.cursor() as cursor:
            if self.vendor == "sqlite":
                cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": GUESS_ROWS})
            cursor.execute(self._dialect(sql), tuple(parameters) or None)
            table = cursor.fetch_arrow_table()
        frame = pl.DataFrame(pl.from_arrow(table))
        return frame.select(_read_cast(pl.col(name), frame.schema[name], kind).alias(name) for name, kind in types.items())

    def read_model(self, model: type[models.Model], where: str = "", parameters: Sequence[Any] = (),
                   columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Rows of a model's table; *where* is SQL after WHERE, and may go on with ORDER BY."""
        types = schema(model)
        chosen = {name: types[name] for name in (columns or types)}
        as_text = _json_columns(model) if self.vendor == "postgresql" else set()
        names = ", ".join(f'"{name}"::text AS "{name}"' if name in as_text else f'"{name}"' for name in chosen)
        sql = f'SELECT {names} FROM "{model._meta.db_table}"' + (f" WHERE {where}" if where else "")
        return self.read(sql, chosen, parameters)

    def append(self, model: type[models.Model], frame: pl.DataFrame) -> int:
        """Insert the frame's rows (column names of the table, ``id`` included where it has one); returns how many."""
        if frame.is_empty():
            return 0
        types = schema(model)
        unknown = set(frame.columns) - set(types)
        if unknown:
            raise ValueError(f"{model._meta.db_table} has no column {', '.join(sorted(unknown))}")
        table = frame.select(_write_cast(pl.col(name), types[name], self.vendor).alias(name) for name in frame.columns)
        arrow = table.to_arrow(compat_level=pl.CompatLevel.oldest())
        json_columns = _json_columns(model)
        with self.connection.cursor() as cursor:
            if self.vendor == "postgresql" and json_columns & set(frame.columns):
                self._append_json(cursor, model._meta.db_table, arrow, json_columns)
            else:
                cursor.adbc_ingest(model._meta.db_table, arrow, mode="append")
        return frame.height

    def _append_json(self, cursor: Any, table: str, arrow: Any, json_columns: set[str]) -> None:
        """PostgreSQL takes no text for a column of JSON in bulk: it goes through a temporary table and a cast."""
        cursor.adbc_ingest(f"incoming_{table}", arrow, mode="replace", temporary=True)
        names = ", ".join(f'"{name}"' for name in arrow.column_names)
        values = ", ".join(f'"{name}"::jsonb' if name in json_columns else f'"{name}"' for name in arrow.column_names)
        cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "incoming_{table}"')
        cursor.execute(f'DROP TABLE "incoming_{table}"')

    def stage(self, name: str, frame: pl.DataFrame) -> None:
        """Put a frame into a temporary table of this session (replacing one of that name), to be joined to others."""
        table = frame.select(_write_cast(pl.col(column), kind, self.vendor).alias(column)
                             for column, kind in frame.schema.items())
        with self.connection.cursor() as cursor:
            cursor.adbc_ingest(name, table.to_arrow(compat_level=pl.CompatLevel.oldest()), mode="replace", temporary=True)

    def update(self, model: type[models.Model], frame: pl.DataFrame) -> int:
        """Set the frame's columns in the rows with its ``id`` (or the model's key); returns how many rows it names."""
        if frame.is_empty():
            return 0
        key = model._meta.pk.column
        types = schema(model)
        self.stage("bulk_update", frame.cast({name: types[name] for name in frame.columns}))  # type: ignore[arg-type]
        chosen = ", ".join(f'"{name}" = s."{name}"' for name in frame.columns if name != key)
        self.execute(f'UPDATE "{model._meta.db_table}" SET {chosen} FROM bulk_update s '
                     f'WHERE "{model._meta.db_table}"."{key}" = s."{key}"')
        return frame.height

    @contextlib.contextmanager
    def without_indexes(self, *tables: type[models.Model]) -> Iterator[None]:
        """For a block that writes most rows of *tables*: on SQLite their indexes are dropped before it and built after it,
        within the transaction (an entry at a time they cost more than the rows). PostgreSQL keeps them: dropping one
        would lock readers out."""
        made: list[str] = []
        if self.vendor == "sqlite":
            names = ", ".join(f"'{model._meta.db_table}'" for model in tables)
            found = self.read(f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND sql NOT "
                              f"LIKE '%UNIQUE%' AND tbl_name IN ({names}) ORDER BY name",
                              {"name": pl.String, "sql": pl.String})
            for name, sql in found.iter_rows():
                self.execute(f'DROP INDEX "{name}"')
                made.append(sql)
        yield
        for sql in made:
            self.execute(sql)

    def next_id(self, model: type[models.Model]) -> int:
        """The first free id of a table (safe while this session holds the writer lock)."""
        return int(self.value(f'SELECT COALESCE(MAX(id), 0) + 1 FROM "{model._meta.db_table}"'))

    def settle_ids(self, *tables: type[models.Model]) -> None:
        """After appending rows with ids of our own: move PostgreSQL's sequences past them."""
        if self.vendor != "postgresql":
            return
        for model in tables:
            table = model._meta.db_table
            self.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT COALESCE(MAX(id), 1) FROM {table}))")

    def _dialect(self, sql: str) -> str:
        if self.vendor != "postgresql":
            return sql
        pieces = sql.split("?")
        return "".join(piece + (f"${number}" if number < len(pieces) else "") for number, piece in enumerate(pieces, 1))


@contextlib.contextmanager
def session(*, write: bool = True) -> Iterator[Session]:
    """One bulk transaction: commits when the block ends, rolls back when it raises.

    A writing session takes the writer lock at once, so that what it reads cannot change before it writes.
    """
    connection, vendor = _connect()
    try:
        opened = Session(connection, vendor)
        if vendor == "sqlite":
            opened.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            opened.execute("PRAGMA cache_size=-262144")
            if write:
                opened.execute("INSERT INTO store_setting (key, value) VALUES ('writer', '') "
                               "ON CONFLICT (key) DO UPDATE SET value = excluded.value")
        elif write:
            opened.value(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})::text")
        yield opened
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.close()


def _connect() -> tuple[Any, str]:
    config = settings.DATABASES["default"] if not connections.databases else connections.databases["default"]
    if config["ENGINE"].endswith("sqlite3"):
        import adbc_driver_sqlite.dbapi as sqlite

        alone.close_all()
        return sqlite.connect(f"file:{quote(str(config['NAME']))}"), "sqlite"
    import adbc_driver_postgresql.dbapi as postgresql

    options = {"host": config["HOST"], "port": config["PORT"], "user": config["USER"], "password": config["PASSWORD"]}
    query = urlencode({key: value for key, value in options.items() if value})
    return postgresql.connect(f"postgresql:///{quote(str(config['NAME']))}?{query}"), "postgresql"


def _json_columns(model: type[models.Model]) -> set[str]:
    return {str(field.column) for field in model._meta.concrete_fields if isinstance(field, models.JSONField)}


def _read_cast(column: pl.Expr, have: Any, want: Any) -> pl.Expr:
    if have == want:
        return column
    if have == pl.String and want == pl.Date:
        return column.str.to_date("%Y-%m-%d")
    if have == pl.String and isinstance(want, pl.Datetime):
        return column.str.slice(0, 26).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", time_zone="UTC")
    return column.cast(want)


def _write_cast(column: pl.Expr, want: Any, vendor: str) -> pl.Expr:
    if vendor == "sqlite":  # as Django writes them there
        if want == pl.Date:
            return column.cast(pl.Date).cast(pl.String)
        if isinstance(want, pl.Datetime):
            return column.cast(want).dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
        if want == pl.Boolean:
            return column.cast(pl.Int64)
    return column.cast(want)
