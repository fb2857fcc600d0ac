"""Daily history as Parquet: where every loan and household stood at the end of each business date (for the dashboards).

``HISTORY/loans/date=D.parquet`` and ``HISTORY/households/date=D.parquet``. A run writes its files beside their places
before it commits and moves them there afterwards; what a killed run left is taken up, or thrown away, by the next.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as parquet
from django.conf import settings

from qingshou.engine.day import Day

LOANS: dict[str, Any] = {
    "date": pl.Date, "loan_id": pl.Int64, "household_id": pl.Int64, "unit_id": pl.Int64, "product": pl.String,
    "branch": pl.String, "principal_fen": pl.Int64, "overdue_fen": pl.Int64, "total_owed_fen": pl.Int64, "dpd": pl.Int64,
    "stage": pl.String, "level": pl.String, "provision_fen": pl.Int64,
}
HOUSEHOLDS: dict[str, Any] = {
    "date": pl.Date, "household_id": pl.Int64, "unit_id": pl.Int64, "collector_id": pl.Int64, "overdue_fen": pl.Int64,
    "total_owed_fen": pl.Int64, "stage": pl.String, "level": pl.String, "segment": pl.String,
}
TABLES = {"loans": LOANS, "households": HOUSEHOLDS}
PENDING = ".pending"


def frames(day: Day, loans: pl.DataFrame, products: pl.DataFrame, households: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The rows of a day by table. *loans*: ``loan_id, household_id``; *products*: ``loan_id, product, branch``;
    *households*: ``household_id, unit_id, custodian_id``."""
    on = pl.lit(day.date, dtype=pl.Date).alias("date")
    whose = loans.select("loan_id", "household_id").join(products, on="loan_id", how="left", maintain_order="left").join(
        households.select("household_id", "unit_id"), on="household_id", how="left", maintain_order="left")
    by_loan = day.loan_states.join(whose, on="loan_id", how="left", maintain_order="left").select(
        on, *[name for name in LOANS if name != "date"])
    by_household = day.household_states.join(
        households.select("household_id", "unit_id", collector_id="custodian_id"), on="household_id", how="left",
        maintain_order="left").select(on, *[name for name in HOUSEHOLDS if name != "date"])
    return {"loans": by_loan.cast(LOANS), "households": by_household.cast(HOUSEHOLDS)}  # type: ignore[arg-type]


class Writer:
    """Takes the rows of one day piece by piece; :meth:`close` before the commit, :meth:`publish` after it."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._folder = folder() / PENDING
        self._folder.mkdir(parents=True, exist_ok=True)
        self._files: dict[str, parquet.ParquetWriter] = {}

    def take(self, pieces: dict[str, pl.DataFrame]) -> None:
        """The next rows of each table."""
        for name, frame in pieces.items():
            table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
            if name not in self._files:
                self._files[name] = parquet.ParquetWriter(self._path(name), table.schema, compression="zstd")
            self._files[name].write_table(table)

    def close(self) -> None:
        """All rows are there."""
        for name in TABLES:
            if name not in self._files:
                self.take({name: pl.DataFrame(schema=TABLES[name])})
        for file in self._files.values():
            file.close()

    def name_after(self, fingerprint: str) -> None:
        """Mark the closed files with the run whose states they hold."""
        for name in TABLES:
            self._path(name).replace(self._folder / f"{name}-{self.day}-{fingerprint}.parquet")

    def discard(self) -> None:
        """The run failed: leave nothing."""
        for file in self._files.values():
            with suppress(Exception):
                file.close()
        for name in TABLES:
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}-{self.day}.part"


def folder() -> Path:
    """Where the history lives."""
    return Path(settings.HISTORY)


def path(table: str, day: date) -> Path:
    """The file of a table for a business date."""
    return folder() / table / f"date={day}.parquet"


def publish(day: date, fingerprint: str) -> bool:
    """Move the files that the committed run of *day* wrote to their places; True when both are there."""
    for name in TABLES:
        waiting = folder() / PENDING / f"{name}-{day}-{fingerprint}.parquet"
        if waiting.exists():
            path(name, day).parent.mkdir(parents=True, exist_ok=True)
            waiting.replace(path(name, day))
    return all(path(name, day).exists() for name in TABLES)


def settle(closed: Iterable[tuple[date, str]]) -> list[date]:
    """Publish what committed runs left behind, throw the rest away; returns the closed days whose files are missing."""
    missing = [day for day, fingerprint in closed if not publish(day, fingerprint)]
    shutil.rmtree(folder() / PENDING, ignore_errors=True)
    return missing


def write(day: date, pieces: dict[str, pl.DataFrame]) -> None:
    """Write the files of a day whole (used where they had gone missing)."""
    writer = Writer(day)
    writer.take(pieces)
    writer.close()
    writer.name_after("again")
    publish(day, "again")
