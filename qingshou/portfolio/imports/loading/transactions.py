"""Transactions: facts of the ledger, taken once, never rewritten. Reversals come after what they undo, wherever they stand."""

from __future__ import annotations

from typing import Any

import polars as pl

from qingshou.engine.money import format_yuan
from qingshou.portfolio.imports.canonical import TRANSACTION
from qingshou.portfolio.imports.loading.context import HASH, Load, hashed, numbered, texts, without
from qingshou.portfolio.imports.loading.loans import known_loans
from qingshou.portfolio.imports.staging import FILE, StagedTable
from qingshou.portfolio.imports.values import ROW
from qingshou.portfolio.models import LedgerEvent

SOURCE = "import"
_FOUND = {"transaction_no": pl.String, "event_id": pl.Int64, "known_hash": pl.String}
_TARGET: dict[str, Any] = {"reverses": pl.String, "target_id": pl.Int64, "target_loan": pl.Int64, "target_kind": pl.String,
                           "target_amount": pl.Int64, "reversed_by": pl.Int64}


class TransactionLoader:
    """Takes the chunks of one import's transactions; :meth:`finish` takes the reversals."""

    def __init__(self, load: Load, staged: StagedTable) -> None:
        self.load = load
        self._reversals: list[pl.DataFrame] = []
        self._disbursed, over = _disbursements(load, staged)
        load.refuse(over, TRANSACTION, "amount", "over_disbursed", shown=_yuan(over),
                    parameters=[{"principal": format_yuan(fen)} for fen in over["principal_now_fen"]])
        staged.drop(over)

    def take(self, chunk: pl.DataFrame) -> None:
        """Check a chunk against loans and the store; write what is new, but for reversals."""
        rows = _with_loans(self.load, chunk)
        paid_out = pl.when(~pl.col("kind").is_in(["disbursement", "reversal"])).then("first_disbursed")
        start = rows.join(self._disbursed, on="loan_id", how="left", maintain_order="left").with_columns(
            opened=pl.max_horizontal(paid_out, "loan_start"))
        early = start.filter(pl.col("date") < pl.col("opened"))
        self.load.refuse(early, TRANSACTION, "date", "before_disbursement",
                         parameters=[{"start": day} for day in early["opened"]])
        rows = _new(self.load, without(rows, early))
        self._reversals.append(rows.filter(pl.col("kind") == "reversal"))
        _append(self.load, rows.filter(pl.col("kind") != "reversal").with_columns(target_id=pl.lit(None, dtype=pl.Int64)))

    def finish(self) -> None:
        """Write the reversals whose transaction is there, on the same loan, and not undone yet."""
        rows = pl.concat(self._reversals) if self._reversals else pl.DataFrame()
        if rows.is_empty():
            return
        targets = self.load.find(
            rows["reverses"], "SELECT e.event_no AS reverses, e.id AS target_id, e.loan_id AS target_loan, "
            "e.kind AS target_kind, e.amount_fen AS target_amount, "
            "(SELECT MIN(r.id) FROM portfolio_ledgerevent r WHERE r.reverses_id = e.id) AS reversed_by "
            "FROM import_keys k JOIN portfolio_ledgerevent e ON e.event_no = k.key", _TARGET)
        rows = rows.join(targets, on="reverses", how="left", maintain_order="left")
        again = ~pl.col("reverses").is_first_distinct() | pl.col("reversed_by").is_not_null()
        for code, fails in (
            ("reverses_reversal", pl.col("reverses").is_in(rows["transaction_no"].implode())),
            ("reverses_unknown", pl.col("target_id").is_null()),
            ("reverses_other_loan", pl.col("target_loan") != pl.col("loan_id")),
            ("reverses_reversal", pl.col("target_kind") == "reversal"),
            ("reversed_twice", again),
        ):
            bad = rows.filter(fails)
            self.load.refuse(bad, TRANSACTION, "reverses", code)
            rows = without(rows, bad)
        differ = rows.filter(pl.col("amount_fen") != pl.col("target_amount"))
        self.load.refuse(differ, TRANSACTION, "amount", "reversal_amount", shown=_yuan(differ),
                         parameters=[{"amount": format_yuan(fen)} for fen in differ["target_amount"]])
        _append(self.load, without(rows, differ))


def _with_loans(load: Load, chunk: pl.DataFrame) -> pl.DataFrame:
    rows = chunk.join(known_loans(load, chunk["loan_no"]), on="loan_no", how="left", maintain_order="left")
    orphans = rows.filter(pl.col("loan_id").is_null())
    load.refuse(orphans, TRANSACTION, "loan_no", "no_loan")
    return without(rows, orphans)


def _new(load: Load, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that the store does not hold. The same row again is unchanged; another under its number is a conflict."""
    rows = hashed(rows, TRANSACTION)
    found = load.find(rows["transaction_no"], "SELECT e.event_no AS transaction_no, e.id AS event_id, "
                      "e.source_hash AS known_hash FROM import_keys k "
                      "JOIN portfolio_ledgerevent e ON e.event_no = k.key", _FOUND)
    rows = rows.join(found, on="transaction_no", how="left", maintain_order="left")
    conflicts = rows.filter(pl.col("known_hash") != pl.col(HASH))
    load.refuse(conflicts, TRANSACTION, "transaction_no", "conflict")
    new = rows.filter(pl.col("event_id").is_null())
    load.of("transaction").unchanged += rows.height - conflicts.height - new.height
    return new


def _append(load: Load, rows: pl.DataFrame) -> None:
    events = rows.select(
        "loan_id", "date", "kind", "amount_fen", "rate_ppm", *texts("channel"), HASH, event_no="transaction_no",
        reverses_id="target_id", source=pl.lit(SOURCE), note=pl.lit(""), recorded_at=pl.lit(load.now),
        recorded_by=pl.lit(load.actor))
    load.session.append(LedgerEvent, numbered(events, load.session.next_id(LedgerEvent)))
    load.of("transaction").new += rows.height
    load.touch(rows["loan_id"].unique())


def _disbursements(load: Load, staged: StagedTable) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(first day of payment of each loan that the files or the store tell one for; rows that pay out beyond the principal).

    What was or is now reversed does not count.
    """
    rows = staged.columns(["transaction_no", "loan_no", "date", "kind", "amount_fen", "reverses"],
                          pl.col("kind").is_in(["disbursement", "reversal"]))
    undone = rows.filter(pl.col("kind") == "reversal")["reverses"]
    rows = rows.filter((pl.col("kind") == "disbursement") & ~pl.col("transaction_no").is_in(undone.implode()))
    mine = rows.join(known_loans(load, rows["loan_no"]), on="loan_no", maintain_order="left")
    loans = known_loans(load, staged.columns(["loan_no"])["loan_no"])
    stored = load.find(
        loans["loan_id"], "SELECT e.event_no AS transaction_no, e.loan_id, e.date, e.amount_fen FROM import_keys k "
        "JOIN portfolio_ledgerevent e ON e.loan_id = k.key WHERE e.kind = 'disbursement' AND NOT EXISTS "
        "(SELECT 1 FROM portfolio_ledgerevent r WHERE r.reverses_id = e.id)",
        {"transaction_no": pl.String, "loan_id": pl.Int64, "date": pl.Date, "amount_fen": pl.Int64})
    stored = stored.join(mine, on="transaction_no", how="anti").filter(~pl.col("transaction_no").is_in(undone.implode()))
    before = stored.group_by("loan_id").agg(stored_fen=pl.col("amount_fen").sum())
    mine = mine.join(before, on="loan_id", how="left", maintain_order="left").sort("loan_id", "date", FILE, ROW)
    paid_out = pl.col("amount_fen").cum_sum().over("loan_id") + pl.col("stored_fen").fill_null(0)
    over = mine.filter(paid_out > pl.col("principal_now_fen"))
    days = pl.concat([without(mine, over).select("loan_id", "date"), stored.select("loan_id", "date")])
    return days.group_by("loan_id").agg(first_disbursed=pl.col("date").min()), over


def _yuan(rows: pl.DataFrame) -> pl.Expr:
    return pl.lit(pl.Series([format_yuan(fen) for fen in rows["amount_fen"]], dtype=pl.String))
