"""Loans: the contract as the core system booked it."""

from __future__ import annotations

import polars as pl

from qingshou.portfolio.imports.canonical import LOAN
from qingshou.portfolio.imports.loading.context import HASH, Load, hashed, numbered, texts, without
from qingshou.portfolio.models import Loan

_FOUND = {"loan_no": pl.String, "id": pl.Int64, "known_hash": pl.String}
_BORROWER = {"borrower_no": pl.String, "borrower_id": pl.Int64, "household_id": pl.Int64}
KNOWN_LOAN = {"loan_no": pl.String, "loan_id": pl.Int64, "borrower_id": pl.Int64, "principal_now_fen": pl.Int64,
              "loan_start": pl.Date, "schedule_version": pl.Int64}


def load_loans(load: Load, chunk: pl.DataFrame) -> None:
    """New loans under their borrower's household; changed ones are updated."""
    counts = load.of("loan")
    rows = chunk.join(load.find(
        chunk["borrower_no"], "SELECT p.borrower_no, p.id AS borrower_id, h.id AS household_id FROM import_keys k "
        "JOIN portfolio_party p ON p.borrower_no = k.key JOIN portfolio_household h ON h.borrower_id = p.id", _BORROWER),
        on="borrower_no", how="left", maintain_order="left")
    orphans = rows.filter(pl.col("household_id").is_null())
    load.refuse(orphans, LOAN, "borrower_no", "no_borrower")
    rows = hashed(without(rows, orphans), LOAN)
    rows = rows.join(load.find(rows["loan_no"], "SELECT l.loan_no, l.id, l.source_hash AS known_hash FROM import_keys k "
                               "JOIN portfolio_loan l ON l.loan_no = k.key", _FOUND),
                     on="loan_no", how="left", maintain_order="left")
    changed = rows.filter(pl.col("known_hash") != pl.col(HASH))
    new = rows.filter(pl.col("id").is_null()).drop("id")
    counts.unchanged += rows.height - changed.height - new.height
    counts.changed += changed.height
    counts.new += new.height
    load.session.update(Loan, _columns(changed).with_columns(changed["id"]))
    fresh = numbered(_columns(new), load.session.next_id(Loan))
    load.session.append(Loan, fresh.with_columns(
        misused=pl.lit(False), compound_rate_in_term=pl.lit("contract"), failed_debit_fee_fen=pl.lit(0, dtype=pl.Int64),
        credit_impaired=pl.lit(False), schedule_version=pl.lit(0, dtype=pl.Int16), made_at=pl.lit(load.now)))
    load.touch(changed["id"])
    load.touch(fresh["id"])


def known_loans(load: Load, loan_numbers: pl.Series) -> pl.DataFrame:
    """The loans of these numbers that the store (with what this import wrote so far) holds."""
    return load.find(loan_numbers, "SELECT l.loan_no, l.id AS loan_id, l.borrower_id, l.principal_fen AS principal_now_fen, "
                     "l.starts_on AS loan_start, l.schedule_version FROM import_keys k "
                     "JOIN portfolio_loan l ON l.loan_no = k.key", KNOWN_LOAN)


def _columns(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("loan_no", "household_id", "borrower_id", "product", "branch", "principal_fen", "basis", "method",
                       "compound", "guarantee_kind", *texts("purpose"), HASH, rate_ppm="annual_rate_ppm",
                       penalty_surcharge_ppm="penalty_surcharge_ppm", starts_on="start", matures_on="maturity",
                       due_day=pl.col("due_day").cast(pl.Int16))
