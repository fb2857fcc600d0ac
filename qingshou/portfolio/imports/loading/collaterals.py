"""Collateral and its valuations: the thing may change, a valuation is a fact of its day."""

from __future__ import annotations

import polars as pl

from qingshou.portfolio.imports.canonical import COLLATERAL
from qingshou.portfolio.imports.loading.context import HASH, Load, hashed, numbered, texts, without
from qingshou.portfolio.imports.loading.loans import known_loans
from qingshou.portfolio.models import Collateral, Valuation

SOURCE = "import"
_FOUND = {"collateral_no": pl.String, "id": pl.Int64, "known_hash": pl.String}
_VALUED = {"id": pl.Int64, "appraised_on": pl.Date, "known_fen": pl.Int64}


def load_collaterals(load: Load, chunk: pl.DataFrame) -> None:
    """New things, changed things, and a valuation for each day that has none yet."""
    counts = load.of("collateral")
    rows = chunk.join(known_loans(load, chunk["loan_no"]), on="loan_no", how="left", maintain_order="left")
    orphans = rows.filter(pl.col("loan_id").is_null())
    load.refuse(orphans, COLLATERAL, "loan_no", "no_loan")
    rows = hashed(without(rows, orphans), COLLATERAL)
    rows = rows.join(load.find(rows["collateral_no"], "SELECT c.collateral_no, c.id, c.source_hash AS known_hash "
                               "FROM import_keys k JOIN portfolio_collateral c ON c.collateral_no = k.key", _FOUND),
                     on="collateral_no", how="left", maintain_order="left")
    valued = load.find(rows["id"], "SELECT v.collateral_id AS id, v.valued_on AS appraised_on, MAX(v.amount_fen) AS known_fen "
                       f"FROM import_keys k JOIN portfolio_valuation v ON v.collateral_id = k.key WHERE v.source = '{SOURCE}' "
                       "GROUP BY v.collateral_id, v.valued_on", _VALUED)
    rows = rows.join(valued, on=["id", "appraised_on"], how="left", maintain_order="left")
    conflicts = rows.filter(pl.col("known_fen") != pl.col("appraised_fen"))
    load.refuse(conflicts, COLLATERAL, "appraised", "conflict")
    rows = without(rows, conflicts)
    changed = rows.filter(pl.col("known_hash") != pl.col(HASH))
    new = rows.filter(pl.col("id").is_null())
    counts.unchanged += rows.height - changed.height - new.height
    counts.changed += changed.height
    counts.new += new.height
    load.session.update(Collateral, _columns(changed).with_columns(changed["id"]))
    fresh = numbered(_columns(new), load.session.next_id(Collateral))
    load.session.append(Collateral, fresh)
    made = new.with_columns(fresh["id"])
    values = pl.concat([made, changed.filter(pl.col("known_fen").is_null())]).select(
        collateral_id="id", valued_on="appraised_on", amount_fen="appraised_fen", source=pl.lit(SOURCE))
    load.session.append(Valuation, numbered(values, load.session.next_id(Valuation)))


def _columns(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("collateral_no", "loan_id", "kind", "description", *texts("owner"), HASH,
                       rank=pl.col("rank").cast(pl.Int16))
