"""Repayment schedules: told by the core system (version 1), or derived from the contract where none came (versions 0, -1,
...: an older derivation stays as it was)."""

from __future__ import annotations

from typing import Any

import polars as pl

from qingshou.engine.money import format_yuan
from qingshou.engine.schedule import dues_for_terms
from qingshou.portfolio.imports.canonical import INSTALMENT
from qingshou.portfolio.imports.loading.context import Load, numbered, without
from qingshou.portfolio.imports.loading.loans import known_loans
from qingshou.portfolio.imports.staging import StagedTable
from qingshou.portfolio.models import Instalment, Loan

TOLD = 1
LOANS_AT_ONCE = 20_000
_STORED: dict[str, Any] = {"loan_id": pl.Int64, "number": pl.Int64, "stored_due": pl.Date, "stored_principal": pl.Int64,
                           "stored_interest": pl.Int64}

_SCHEDULE = ("SELECT i.loan_id, i.number, i.due AS stored_due, i.principal_fen AS stored_principal, "
             "i.interest_fen AS stored_interest FROM import_keys k JOIN portfolio_loan l ON l.id = k.key "
             "JOIN portfolio_instalment i ON i.loan_id = l.id AND i.version = l.schedule_version")


def load_instalments(load: Load, staged: StagedTable) -> None:
    """Take the schedules that are whole: dues in order, principal adding up to the loan. A row that is already there must
    be the same; others join it only if the whole still adds up."""
    rows = staged.columns([item.column for item in INSTALMENT.fields])
    if rows.is_empty():
        return
    rows = rows.join(known_loans(load, rows["loan_no"]), on="loan_no", how="left", maintain_order="left")
    orphans = rows.filter(pl.col("loan_id").is_null())
    load.refuse(orphans, INSTALMENT, "loan_no", "no_loan")
    early = rows.filter(pl.col("due") < pl.col("loan_start"))
    load.refuse(early, INSTALMENT, "due", "due_before_start", parameters=[{"start": day} for day in early["loan_start"]])
    rows = without(without(rows, orphans), early)
    rows = _against_stored(load, rows)
    rows = _in_order(load, rows)
    rows = _adding_up(load, rows)
    told = rows.filter(pl.col("stored_due").is_null())
    load.of("instalment").unchanged += rows.height - told.height
    load.of("instalment").new += told.height
    version = pl.when(pl.col("schedule_version") > 0).then("schedule_version").otherwise(TOLD)
    _append(load, told.select("loan_id", "number", "due", "principal_fen", "interest_fen", version=version))
    first_told = told.filter(pl.col("schedule_version") <= 0).select(id="loan_id").unique()
    load.session.update(Loan, first_told.with_columns(schedule_version=pl.lit(TOLD, dtype=pl.Int16)))
    load.touch(told["loan_id"].unique())


def _against_stored(load: Load, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with what the store holds under the same number; those that differ from it are refused."""
    stored = load.find(rows["loan_id"], f"{_SCHEDULE} WHERE l.schedule_version > 0", _STORED)
    rows = rows.join(stored, on=["loan_id", "number"], how="left", maintain_order="left")
    same = ((pl.col("due") == pl.col("stored_due")) & (pl.col("principal_fen") == pl.col("stored_principal"))
            & pl.col("interest_fen").eq_missing(pl.col("stored_interest")))
    conflicts = rows.filter(pl.col("stored_due").is_not_null() & ~same)
    load.refuse(conflicts, INSTALMENT, "number", "conflict")
    rows = without(rows, conflicts)
    others = stored.join(rows.select("loan_id", "number"), on=["loan_id", "number"], how="anti").group_by("loan_id").agg(
        stored_besides=pl.col("stored_principal").sum())
    return rows.join(others, on="loan_id", how="left", maintain_order="left")


def _in_order(load: Load, rows: pl.DataFrame) -> pl.DataFrame:
    ordered = rows.sort("loan_id", "number")
    out = ordered.filter(pl.col("due") < pl.col("due").shift(1).over("loan_id"))
    load.refuse(out, INSTALMENT, "due", "due_order")
    return without(rows, out)


def _adding_up(load: Load, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of loans whose schedule adds up to the principal; rows that the store holds already stay in any case."""
    total = pl.col("principal_fen").sum().over("loan_id") + pl.col("stored_besides").fill_null(0)
    judged = rows.with_columns(total=total)
    out = judged.filter((pl.col("total") != pl.col("principal_now_fen")) & pl.col("stored_due").is_null())
    load.refuse(out, INSTALMENT, "principal", "schedule_sum", parameters=[
        {"sum": format_yuan(total), "principal": format_yuan(principal)}
        for total, principal in out.select("total", "principal_now_fen").iter_rows()])
    return without(rows, out)


def derive_missing(load: Load, loan_ids: pl.Series) -> None:
    """Schedules for loans that the core system told none for, by their terms. Loans whose interest is settled by month or
    quarter with the principal at the end have none: the fold settles them by the policy's settlement day."""
    for start in range(0, len(loan_ids), LOANS_AT_ONCE):
        loans = load.find(
            loan_ids.slice(start, LOANS_AT_ONCE), "SELECT l.id AS loan_id, l.method, l.principal_fen, l.rate_ppm, "
            "l.starts_on AS start, l.matures_on AS maturity, l.due_day, l.compound, l.schedule_version FROM import_keys k "
            "JOIN portfolio_loan l ON l.id = k.key WHERE l.schedule_version <= 0 AND l.method <> 'custom'",
            {"loan_id": pl.Int64, "method": pl.String, "principal_fen": pl.Int64, "rate_ppm": pl.Int64, "start": pl.Date,
             "maturity": pl.Date, "due_day": pl.Int64, "compound": pl.String, "schedule_version": pl.Int64})
        settled = (pl.col("compound") != "none") & ((pl.col("method") == "bullet")
                                                    | ((pl.col("method") == "interest_only") & pl.col("due_day").is_null()))
        loans = loans.filter(~settled).sort("loan_id")
        if loans.height:
            _derive(load, loans)


def _derive(load: Load, loans: pl.DataFrame) -> None:
    dues = dues_for_terms(loans.drop("compound", "schedule_version"))
    stored = load.find(loans["loan_id"], _SCHEDULE, _STORED)
    pairs = dues.join(stored, on=["loan_id", "number"], how="full", coalesce=True)
    differ = ~(pl.col("due").eq_missing(pl.col("stored_due")) & pl.col("principal_fen").eq_missing(pl.col("stored_principal"))
               & pl.col("interest_fen").eq_missing(pl.col("stored_interest")))
    moved = pairs.filter(differ).select("loan_id").unique()
    had = stored.select("loan_id", had=pl.lit(1)).unique()
    versions = loans.select("loan_id", "schedule_version").join(moved, on="loan_id").join(had, on="loan_id", how="left").select(
        "loan_id", version=pl.col("schedule_version") - pl.col("had").fill_null(0)).sort("loan_id")
    _append(load, dues.join(versions, on="loan_id", maintain_order="left"))
    load.session.update(Loan, versions.select(id="loan_id", schedule_version=pl.col("version").cast(pl.Int16)))


def _append(load: Load, rows: pl.DataFrame) -> None:
    rows = rows.sort("loan_id", "number").select("loan_id", "number", "due", "principal_fen", "interest_fen", "version")
    load.session.append(Instalment, numbered(rows, load.session.next_id(Instalment)))


