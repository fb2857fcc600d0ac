"""What the loaders of one import share: the bulk session, counts, rejects, and which loans were touched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from qingshou.portfolio.imports.canonical import Table
from qingshou.portfolio.imports.reasons import reason
from qingshou.portfolio.imports.rejects import SCHEMA, Rejects
from qingshou.portfolio.imports.staging import FILE
from qingshou.portfolio.imports.values import ROW
from qingshou.store.bulk import Session
from qingshou.store.crypto import row_hash_many

HASH = "source_hash"
_SEPARATOR, _NOTHING = "\x1f", "\x00"
IDS = {"loan_id": pl.Int64}


@dataclass
class Counts:
    """What came of a table's rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass
class Load:
    """One import's writing side."""

    session: Session
    now: datetime
    today: date  # the bank's date
    actor: str
    rejects: Rejects
    counts: dict[str, Counts] = field(default_factory=dict)
    touched: list[pl.DataFrame] = field(default_factory=list)  # loan_id: their states must be derived again

    def of(self, table: str) -> Counts:
        return self.counts.setdefault(table, Counts())

    def touch(self, loan_ids: pl.Series) -> None:
        if len(loan_ids):
            self.touched.append(pl.DataFrame({"loan_id": loan_ids}, schema=IDS))

    def touched_loans(self) -> pl.Series:
        return pl.concat([pl.DataFrame(schema=IDS), *self.touched])["loan_id"].unique().sort()

    def find(self, keys: pl.Series, sql: str, types: dict[str, Any]) -> pl.DataFrame:
        """Rows of a query that joins the temporary table ``import_keys (key)`` holding the distinct *keys*."""
        distinct = keys.drop_nulls().unique()
        if distinct.is_empty():
            return pl.DataFrame(schema=types)
        self.session.stage("import_keys", pl.DataFrame({"key": distinct}))
        return self.session.read(sql, types)

    def refuse(self, rows: pl.DataFrame, table: Table, field_name: str, code: str, *, shown: pl.Expr | None = None,
               parameters: Iterable[dict[str, Any]] | None = None) -> None:
        """Send *rows* to the rejects, blaming one field. *shown*: the value to show (default: the field's own)."""
        if rows.is_empty():
            return
        value = (pl.col(table.field(field_name).column) if shown is None else shown).cast(pl.String).fill_null("")
        told = [reason(code, **one) for one in parameters] if parameters is not None else [reason(code)] * rows.height
        self.rejects.add(rows.select(
            place=pl.col(FILE), file=pl.lit(""), table=pl.lit(table.name), row_number=pl.col(ROW), column=pl.lit(field_name),
            value=value.str.slice(0, 200), code=pl.lit(code), reason=pl.Series(told, dtype=pl.String),
            field=pl.lit(field_name)).select(list(SCHEMA)))


def hashed(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The frame with ``source_hash`` over all columns of the canonical row."""
    texts = [pl.col(item.column).cast(pl.String).fill_null(_NOTHING) for item in table.fields]
    return frame.with_columns(pl.Series(HASH, row_hash_many(frame.select(pl.concat_str(texts, separator=_SEPARATOR))
                                                            .to_series()), dtype=pl.String))


def without(frame: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """*frame* less the rows of *gone*."""
    return frame.join(gone.select(FILE, ROW), on=[FILE, ROW], how="anti", maintain_order="left") if gone.height else frame


def numbered(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    """The frame with ids from *first* on."""
    return frame.with_columns(id=pl.int_range(first, first + frame.height, dtype=pl.Int64))


def texts(*names: str) -> list[pl.Expr]:
    """Text columns as the store keeps them: '' for nothing."""
    return [pl.col(name).fill_null("") for name in names]


def yuan(fen: pl.Expr) -> pl.Expr:
    """Fen as text for people, to compare by eye with the file."""
    return pl.format("{}.{}", fen // 100, (fen % 100).cast(pl.String).str.zfill(2))
