"""A small bank's export in the standard format, and a way to import it."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

from qingshou.access.permissions import SYSTEM
from qingshou.portfolio.imports.canonical import TABLES
from qingshou.portfolio.imports.importing import Outcome
from qingshou.portfolio.imports.profiles import find
from qingshou.portfolio.models import BusinessDay
from qingshou.portfolio.services.imports import import_files

TODAY = date(2026, 11, 24)

BORROWER = {"borrower_no": "B1", "kind": "person", "name": "周满仓", "id_number": "990101198001010011", "phone": "19900001234",
            "address": "青石县柳沟村", "village": "柳沟村", "industry": "养殖", "employer": "", "public_servant": "否",
            "monthly_income": "5000.00"}
LOAN = {"loan_no": "L1", "borrower_no": "B1", "product": "小额农户贷款", "branch": "城关支行", "principal": "120000.00",
        "annual_rate": "7.2", "penalty_surcharge": "50", "basis": "actual/360", "method": "equal_principal",
        "start": "2026-01-10", "maturity": "2027-01-10", "due_day": "", "compound": "none", "guarantee_kind": "credit",
        "purpose": "购买仔猪"}
INSTALMENT = {"loan_no": "L1", "number": "1", "due": "2026-02-10", "principal": "120000.00", "interest": "720.00"}
TRANSACTION = {"transaction_no": "T1", "loan_no": "L1", "date": "2026-02-10", "kind": "repayment", "amount": "10720.00",
               "rate": "", "reverses": "", "channel": "柜面"}
GUARANTOR = {"loan_no": "L1", "name": "何桂兰", "id_number": "990101197502020022", "phone": "19900005678", "kind": "joint",
             "amount": "", "agreed_months": "24"}
COLLATERAL = {"collateral_no": "C1", "loan_no": "L1", "kind": "房产", "description": "柳沟村住宅", "owner": "周满仓",
              "appraised": "300000.00", "appraised_on": "2026-01-05", "rank": "1"}
BALANCE = {"loan_no": "L1", "date": "2026-02-10", "principal": "110000.00", "interest": "0.00", "penalty": "0.00",
           "compound": "0.00", "fees": "0.00"}
ROWS = {"borrower": BORROWER, "loan": LOAN, "instalment": INSTALMENT, "transaction": TRANSACTION, "guarantor": GUARANTOR,
        "collateral": COLLATERAL, "balance": BALANCE}


def row(table: str, **fields: str) -> dict[str, str]:
    """A good row of a table with some fields changed."""
    return {**ROWS[table], **fields}


def text(table: str, *rows: dict[str, str]) -> str:
    """The rows as CSV with the table's headers."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [field.name for field in TABLES[table].fields])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(folder: Path, **tables: list[dict[str, str]]) -> list[Path]:
    """A CSV file for each table; returns their paths."""
    paths = []
    for table, rows in tables.items():
        path = folder / f"{table}.csv"
        path.write_text(text(table, *rows), encoding="utf-8")
        paths.append(path)
    return paths


def take(*paths: Path, profile: str = "standard", **options: Any) -> Outcome:
    """Import files as the system on the business date ``TODAY``."""
    BusinessDay.objects.get_or_create(date=TODAY, defaults={"state": "open"})
    return import_files(user=SYSTEM, profile=find(profile), files=[(path.name, path) for path in paths], **options)


def take_rows(folder: Path, **tables: list[dict[str, str]]) -> Outcome:
    """Write the tables as CSV files and import them."""
    return take(*write(folder, **tables))


def base(folder: Path) -> Outcome:
    """One borrower with one loan."""
    return take_rows(folder, borrower=[BORROWER], loan=[LOAN])


def reasons(outcome: Outcome) -> list[tuple[str, int, str, str, str]]:
    """What was rejected: (table, row, column, value, code)."""
    return outcome.rejects.select("table", "row_number", "column", "value", "code").rows()
