"""What was imported, what was not and why, and how it compares with the core system. For those who may import."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Abs

from qingshou.access.permissions import require
from qingshou.portfolio.imports.canonical import TABLES
from qingshou.portfolio.models import ImportBatch, Reconciliation, Reject

ORDER = ("taken", "changed", "unchanged", "rejected", "skipped")


@dataclass(frozen=True)
class Line:
    """One table's counts."""

    title: Any
    read: int
    taken: int
    changed: int
    unchanged: int
    rejected: int
    skipped: int


def batches(user: Any) -> QuerySet[ImportBatch]:
    """All imports, newest first. Raises PermissionDenied."""
    require(user, "portfolio.import")
    return ImportBatch.objects.select_related("imported_by")


def batch_for(user: Any, pk: int) -> ImportBatch:
    """One import. Raises PermissionDenied, ImportBatch.DoesNotExist."""
    return batches(user).get(pk=pk)


def lines(counts: dict[str, dict[str, int]]) -> list[Line]:
    """Counts by table in the order of the tables."""
    return [Line(table.title, **counts[name]) for name, table in TABLES.items() if name in counts]


def totals(counts: dict[str, dict[str, int]]) -> dict[str, int]:
    return {what: sum(table[what] for table in counts.values()) for what in ORDER}


def files(batch: ImportBatch) -> list[dict[str, Any]]:
    """The batch's files, each once, with the rows that its tables took from it."""
    by_name: dict[str, dict[str, Any]] = {}
    for item in json.loads(batch.files):
        known = by_name.setdefault(item["name"], {**item, "tables": []})
        if item["table"]:
            known["tables"].append((TABLES[item["table"]].title, item["rows"]))
    return list(by_name.values())


def rejects(batch: ImportBatch) -> QuerySet[Reject]:
    """The batch's stored rejects (the first of very many), in the order of files, tables and rows."""
    return batch.rejects.order_by("id")


def causes(batch: ImportBatch) -> list[dict[str, Any]]:
    """The batch's reconciliation by cause: ``cause, label, loans, difference_fen``."""
    found = batch.reconciliations.order_by().values("cause").annotate(loans=Count("id"), sum_fen=Sum("difference_fen"))
    by_cause = {row["cause"]: {"cause": row["cause"], "loans": row["loans"], "difference_fen": row["sum_fen"]} for row in found}
    return [{**by_cause[cause.value], "label": cause.label} for cause in Reconciliation.Cause if cause.value in by_cause]


def reconciliations(batch: ImportBatch, cause: str = "") -> QuerySet[Reconciliation]:
    """The batch's comparisons, the greatest difference first; those that agree only when asked for."""
    found = batch.reconciliations.select_related("loan", "loan__borrower")
    found = found.filter(cause=cause) if cause else found.exclude(cause=Reconciliation.Cause.AGREES)
    return found.order_by(Abs("difference_fen").desc(), "id")
