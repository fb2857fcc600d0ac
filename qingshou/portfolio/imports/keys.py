"""Rows that come twice: within the files of one import a key stands once; later rows with it are not taken."""

from __future__ import annotations

import polars as pl

from qingshou.portfolio.imports.rejects import Rejects
from qingshou.portfolio.imports.staging import FILE, StagedTable
from qingshou.portfolio.imports.values import ROW


def drop_duplicates(staged: StagedTable, rejects: Rejects) -> None:
    """Send every row whose key stood before to the rejects, with the row where it stood first."""
    table = staged.table
    key = [table.field(name).column for name in table.key]
    rows = staged.columns(key)
    again = rows.filter(~pl.struct(key).is_first_distinct())
    if again.is_empty():
        return
    firsts = rows.unique(key, keep="first", maintain_order=True).select(*key, first=pl.col(ROW))
    told = again.join(firsts, on=key, how="left", nulls_equal=True, maintain_order="left")
    shown = pl.concat_str([pl.col(name).cast(pl.String) for name in key], separator=" ", ignore_nulls=True)
    for place, group in told.with_columns(shown=shown).group_by(FILE, maintain_order=True):
        rejects.add_rows(int(place[0]), table.name, [  # type: ignore[call-overload]
            (row, table.key[0], text, "duplicate", table.key[0], {"other": first})
            for row, text, first in group.select(ROW, "shown", "first").iter_rows()])
    staged.drop(again)
