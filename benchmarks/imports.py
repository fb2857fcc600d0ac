"""Import of a large export: a borrower, a loan and many transactions a loan, by the standard profile.

``python -m benchmarks.imports [TRANSACTIONS] [sqlite|postgresql]``. Each measured run is a process of its own, so that its
peak memory is its own.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks import children

TRANSACTIONS = 1_000_000
EACH = 20  # transactions a loan
START = date(2024, 1, 15)


def run(transactions: int = TRANSACTIONS, store: str = "sqlite") -> list[dict[str, Any]]:
    """The figures as rows ``name, figure, unit, note``."""
    with tempfile.TemporaryDirectory(prefix="qingshou-bench-") as home, children.Server(home, store) as url:
        def child(task: str) -> dict[str, Any]:
            return children.run("benchmarks.imports", home, url, task, home, transactions)

        child("files")
        book, first, again, more = child("book"), child("transactions"), child("transactions"), child("one")
    rows = [
        ("borrowers and loans", book["rows"] / book["seconds"], "rows/s", f"{book['rows']:,} rows in {book['seconds']:.0f} s: "
         f"sealing, hashes, pinyin, households, schedules; peak {book['peak_mb']:,} MB"),
        ("transactions", first["rows"] / first["seconds"], "rows/s",
         f"{first['rows']:,} rows in {first['seconds']:.0f} s, balances of all their loans included"),
        ("transactions, peak memory", first["peak_mb"], "MB", "of the process, Python and all"),
        ("the same file again", again["rows"] / again["seconds"], "rows/s", f"{again['seconds']:.0f} s: nothing changes"),
        ("a file of one row afterwards", more["seconds"], "s", "into the full store"),
    ]
    return [{"name": f"import, {store}: {name}", "figure": round(figure, 2), "unit": unit, "note": note}
            for name, figure, unit, note in rows]


def _files(home: Path, transactions: int) -> dict[str, Any]:
    """The export: ``EACH`` transactions a loan, a loan a borrower."""
    from tests.portfolio.imports.book import BORROWER, LOAN, TRANSACTION

    loans = transactions // EACH
    with open(home / "borrower.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(BORROWER)
        for n in range(loans):
            writer.writerow({**BORROWER, "borrower_no": f"B{n:08d}", "phone": f"199{n:08d}",
                             "id_number": f"99010119{60 + n % 40:02d}0101{n % 10_000:04d}"}.values())
    with open(home / "loan.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(LOAN)
        for n in range(loans):
            writer.writerow({**LOAN, "loan_no": f"L{n:08d}", "borrower_no": f"B{n:08d}", "start": START.isoformat(),
                             "maturity": "2027-01-15"}.values())
    with open(home / "transaction.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(TRANSACTION)
        for k in range(EACH):
            day = (START + timedelta(days=31 * (k + 1))).isoformat()
            for n in range(loans):
                amount = f"{3000 + n % 700}.{n % 100:02d}"
                writer.writerow([f"T{n:08d}{k:02d}", f"L{n:08d}", day, "repayment", amount, "", "", "柜面"])
    head, first = (home / "transaction.csv").open(encoding="utf-8").readlines(400)[:2]
    (home / "one").mkdir()
    (home / "one" / "transaction.csv").write_text(head + first.replace("T", "U", 1), encoding="utf-8")
    return {}


def _take(*paths: Path) -> dict[str, Any]:
    from qingshou.access.permissions import SYSTEM
    from qingshou.portfolio.imports.profiles import find
    from qingshou.portfolio.services.imports import import_files

    began = time.monotonic()
    outcome = import_files(user=SYSTEM, profile=find("standard"), files=[(path.name, path) for path in paths])
    return {"seconds": time.monotonic() - began, "rows": outcome.total("taken") + outcome.total("unchanged"),
            "rejected": outcome.total("rejected"), "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def _child(task: str, home: Path, transactions: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command

    if task == "files":
        call_command("migrate", verbosity=0)
        return _files(home, transactions)
    if task == "book":
        return _take(home / "borrower.csv", home / "loan.csv")
    return _take(home / "transaction.csv" if task == "transactions" else home / "one" / "transaction.csv")


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        print(json.dumps(_child(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))))
    else:
        for line in run(int((sys.argv[1:] or [TRANSACTIONS])[0]), (sys.argv[2:] or ["sqlite"])[0]):
            print(f"{line['name']:60} {line['figure']:>14,} {line['unit']:8} {line['note']}")
