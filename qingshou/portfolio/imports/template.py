"""An empty workbook to fill in: one sheet a table, with its headers, and above them what each column takes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qingshou.portfolio.imports.canonical import TABLES, Field, Table
from qingshou.web import xlsx

# A row that would be taken as it stands, shown as a note, never as a row. Fictional.
EXAMPLES: dict[str, dict[str, str]] = {
    "borrower": {"borrower_no": "B000001", "kind": "person", "name": "周满仓", "id_number": "990101198001010011",
                 "phone": "19900001234", "address": "青石县柳沟村 3 组", "village": "柳沟村", "industry": "养殖",
                 "public_servant": "否", "monthly_income": "5000.00"},
    "loan": {"loan_no": "L000001", "borrower_no": "B000001", "product": "小额农户贷款", "branch": "城关支行",
             "principal": "100000.00", "annual_rate": "7.2", "penalty_surcharge": "50", "basis": "actual/360",
             "method": "equal_instalment", "start": "2025-01-10", "maturity": "2026-01-10", "due_day": "20",
             "compound": "none", "guarantee_kind": "guarantee", "purpose": "购买仔猪"},
    "instalment": {"loan_no": "L000001", "number": "1", "due": "2025-02-20", "principal": "8100.00", "interest": "600.00"},
    "transaction": {"transaction_no": "T000001", "loan_no": "L000001", "date": "2025-02-20", "kind": "repayment",
                    "amount": "8700.00", "channel": "柜面"},
    "guarantor": {"loan_no": "L000001", "name": "何桂兰", "phone": "19900005678", "kind": "joint"},
    "collateral": {"collateral_no": "C000001", "loan_no": "L000001", "kind": "房产", "description": "柳沟村住宅",
                   "owner": "周满仓", "appraised": "300000.00", "appraised_on": "2025-01-05", "rank": "1"},
    "balance": {"loan_no": "L000001", "date": "2025-06-30", "principal": "60000.00", "interest": "120.00",
                "penalty": "0.00", "compound": "0.00", "fees": "0.00"},
}


def standard_workbook() -> bytes:
    """The workbook, its headers in the reader's language. All columns are text, so that no digits are lost."""
    return xlsx.workbook([_sheet(table) for table in TABLES.values()])


def _sheet(table: Table) -> xlsx.Sheet:
    english = (get_language() or "").startswith("en")
    columns = [xlsx.Column(item.name if english else str(item.title), "text", 18) for item in table.fields]
    notes = [
        _("带 * 的列必填：%(names)s") % {"names": "，".join(_described(item) for item in table.fields)},
        _("示例：%(example)s") % {"example": "｜".join(f"{table.field(name).title}={value}"
                                                    for name, value in EXAMPLES[table.name].items())},
    ]
    rows: list[list[Any]] = []
    return xlsx.Sheet(table.name if english else str(table.title), columns, rows, notes)


def _described(item: Field) -> str:
    said = f"*{item.title}" if item.required else str(item.title)
    if item.choices:
        return said + f"（{'、'.join(item.choices)}）"
    units = {"amount": _("元"), "rate": "%", "date": "YYYY-MM-DD"}
    return said + (f"（{units[item.kind]}）" if item.kind in units else "")
