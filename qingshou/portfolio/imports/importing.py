"""One import from files to the store: staged without any lock, then written in one transaction, all or nothing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.policy import Policy
from qingshou.portfolio.imports.canonical import TABLES
from qingshou.portfolio.imports.keys import drop_duplicates
from qingshou.portfolio.imports.loading.collaterals import load_collaterals
from qingshou.portfolio.imports.loading.context import Counts, Load
from qingshou.portfolio.imports.loading.guarantors import load_guarantors
from qingshou.portfolio.imports.loading.instalments import derive_missing, load_instalments
from qingshou.portfolio.imports.loading.loans import load_loans
from qingshou.portfolio.imports.loading.parties import load_borrowers
from qingshou.portfolio.imports.loading.states import derive_states
from qingshou.portfolio.imports.loading.transactions import TransactionLoader
from qingshou.portfolio.imports.profile import Profile
from qingshou.portfolio.imports.reconcile import reconcile
from qingshou.portfolio.imports.rejects import MOST_STORED, SCHEMA, Rejects, masked
from qingshou.portfolio.imports.staging import Staged, stage
from qingshou.portfolio.models import (
    Collateral,
    Guarantee,
    Household,
    ImportBatch,
    Instalment,
    LedgerEvent,
    Loan,
    Party,
    Reconciliation,
    Reject,
    Valuation,
)
from qingshou.store import bulk

Report = Callable[[int, str], None]
READ_SHARE, WRITE_SHARE = 450, 800  # permille at which reading and writing end; deriving states is the rest
LEFT_OVER_SECONDS = 24 * 3600
_WROTE = (Party, Household, Loan, Instalment, LedgerEvent, Guarantee, Collateral, Valuation, ImportBatch, Reject,
          Reconciliation)
_STORED_REJECT = [name for name in SCHEMA if name not in ("field", "place")]


@dataclass
class TableOutcome:
    """What came of one table: rows read; new, changed and unchanged; rejected; left out as the profile says."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    skipped: int = 0

    @property
    def taken(self) -> int:
        return self.new + self.changed


@dataclass
class Outcome:
    """What an import did, or in a dry run would have done."""

    profile: str
    dry_run: bool
    batch_id: int | None = None
    tables: dict[str, TableOutcome] = field(default_factory=dict)
    rejects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SCHEMA))
    reconciliation: dict[str, dict[str, int]] = field(default_factory=dict)  # cause -> loans, difference_fen
    notes: list[str] = field(default_factory=list)
    household_ids: list[int] = field(default_factory=list)
    loan_ids: list[int] = field(default_factory=list)
    problems: int = 0  # events that could not act as they stand
    seconds: float = 0.0

    def rejects_of(self, file: str) -> pl.DataFrame:
        """The rejects of one file, all its sheets."""
        return self.rejects.filter((pl.col("file") == file) | pl.col("file").str.starts_with(f"{file} ["))

    def counts(self) -> dict[str, dict[str, int]]:
        return {name: {"read": table.read, "taken": table.taken, "changed": table.changed, "unchanged": table.unchanged,
                       "rejected": table.rejected, "skipped": table.skipped} for name, table in self.tables.items()}

    def total(self, what: str) -> int:
        return sum(counts[what] for counts in self.counts().values())


class _Undo(Exception):
    """Ends a dry run's transaction."""


def run(*, profile: Profile, files: Sequence[tuple[str, Path]], actor: str, actor_id: int | None, today: date, now: datetime,
        policy: Policy, dry_run: bool, report: Report) -> Outcome:
    """Import *files* (name as the user calls it, path). Raises FileRefused, before anything is written, for a file that
    cannot be used. On SQLite nothing else may use the store in this process meanwhile."""
    began = time.monotonic()
    outcome = Outcome(profile.name, dry_run)
    rejects = Rejects()
    with _folder() as folder:
        staged = stage(profile, files, folder, rejects, lambda permille, note: report(permille * READ_SHARE // 1000, note))
        outcome.notes = staged.notes
        for table in staged.tables.values():
            drop_duplicates(table, rejects)
        with contextlib.suppress(_Undo), bulk.session() as session:
            load = Load(session, now, today, actor, rejects)
            batch_id = session.next_id(ImportBatch)
            _write(load, staged, policy, batch_id, outcome, report)
            _settle_counts(load, staged, outcome)
            if dry_run:
                raise _Undo
            _record(load, profile, files, staged, batch_id, outcome, actor_id)
            outcome.batch_id = batch_id
    outcome.seconds = time.monotonic() - began
    report(1000, "")
    return outcome


def _write(load: Load, staged: Staged, policy: Policy, batch_id: int, outcome: Outcome, report: Report) -> None:
    rules = policy.at(load.today)
    chunks = sum(len(table.chunks) for table in staged.tables.values()) or 1
    done = 0

    def tell(table: str) -> None:
        nonlocal done
        done += 1
        report(READ_SHARE + (WRITE_SHARE - READ_SHARE) * min(done, chunks) // chunks,
               _("写入%(table)s") % {"table": TABLES[table].title})

    for name, take in (("borrower", load_borrowers), ("loan", load_loans)):
        for chunk in staged.tables[name]:
            take(load, chunk)
            tell(name)
    load_instalments(load, staged.tables["instalment"])
    transactions = TransactionLoader(load, staged.tables["transaction"])
    for chunk in staged.tables["transaction"]:
        transactions.take(chunk)
        tell("transaction")
    transactions.finish()
    for name, take in (("guarantor", load_guarantors), ("collateral", load_collaterals)):
        for chunk in staged.tables[name]:
            take(load, chunk)
            tell(name)
    touched = load.touched_loans()
    derive_missing(load, touched)
    outcome.loan_ids = touched.to_list()
    outcome.household_ids, outcome.problems = derive_states(
        load, rules, lambda permille: report(WRITE_SHARE + (990 - WRITE_SHARE) * permille // 1000, _("计算余额")))
    compared = [reconcile(load, chunk, rules, batch_id) for chunk in staged.tables["balance"]]
    if compared:
        by_cause = pl.concat(compared).group_by("cause").agg(pl.len().alias("loans"), pl.col("difference_fen").sum())
        outcome.reconciliation = {cause: {"loans": loans, "difference_fen": fen} for cause, loans, fen in
                                  by_cause.sort("cause").iter_rows()}


def _settle_counts(load: Load, staged: Staged, outcome: Outcome) -> None:
    for name, table in staged.tables.items():
        if table.chunks:
            counts = load.counts.get(name, Counts())
            outcome.tables[name] = TableOutcome(table.read, counts.new, counts.changed, counts.unchanged,
                                                load.rejects.rows(name), table.skipped)
    outcome.rejects = load.rejects.frame()
    for name, made in outcome.tables.items():
        whole = made.new + made.changed + made.unchanged + made.rejected + made.skipped
        if whole != made.read:
            raise AssertionError(f"{name}: {made.read} rows read, {whole} accounted for")


def _record(load: Load, profile: Profile, files: Sequence[tuple[str, Path]], staged: Staged, batch_id: int, outcome: Outcome,
            actor_id: int | None) -> None:
    """The batch, its rejects, and the audit entry."""
    about = [{"name": name, "sha256": _digest(path), "bytes": path.stat().st_size, "table": table, "rows": rows}
             for name, path in files for table, rows in staged.used.get(name, [("", 0)])]
    load.session.append(ImportBatch, pl.DataFrame({
        "id": [batch_id], "profile": [profile.name], "imported_at": [load.now], "imported_by_id": [actor_id],
        "files": [json.dumps(about, ensure_ascii=False)], "counts": [json.dumps(outcome.counts())]},
        schema_overrides={"imported_by_id": pl.Int64}))
    kept = masked(outcome.rejects.head(MOST_STORED)).select(
        *_STORED_REJECT, batch_id=pl.lit(batch_id, dtype=pl.Int64)).with_columns(
        pl.col("column").str.slice(0, 80), pl.col("file").str.slice(0, 200))
    first = load.session.next_id(Reject)
    load.session.append(Reject, kept.with_columns(id=pl.int_range(first, first + kept.height, dtype=pl.Int64)))
    load.session.settle_ids(*_WROTE)
    audit.record_in(load.session, actor=load.actor, action="portfolio.import", subject=f"import:{batch_id}",
                    after={"profile": profile.name, "files": {item["name"]: item["sha256"] for item in about},
                           "counts": outcome.counts()})


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A folder of this import's own, under the home folder; what a killed import left there long ago is removed."""
    parent = Path(settings.HOME) / "tmp"
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in parent.glob("import-*"):
        if time.time() - old.stat().st_mtime > LEFT_OVER_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix="import-", dir=parent))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def summary(outcome: Outcome) -> dict[str, Any]:
    """The outcome for machines."""
    return {
        "profile": outcome.profile, "dry_run": outcome.dry_run, "batch": outcome.batch_id,
        "taken": outcome.total("taken"), "changed": outcome.total("changed"), "unchanged": outcome.total("unchanged"),
        "rejected": outcome.total("rejected"), "skipped": outcome.total("skipped"), "tables": outcome.counts(),
        "reconciliation": outcome.reconciliation, "notes": outcome.notes, "problems": outcome.problems,
        "seconds": round(outcome.seconds, 2),
    }


