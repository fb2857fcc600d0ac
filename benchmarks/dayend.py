"""Day end of a whole bank, all steps, read from and written back to the store.

``python -m benchmarks.dayend [LOANS] [sqlite|postgresql]``. Each measured run is a process of its own, so that its peak
memory is its own. Compared with merely reading and writing the same rows, and with the same rules run loan by loan
through the ORM (a sample, scaled up).
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from benchmarks import children

LOANS = 1_000_000
SAMPLE = 300  # loans taken one by one through the ORM


def run(loans: int = LOANS, store: str = "sqlite") -> list[dict[str, Any]]:
    """The figures as rows ``name, figure, unit, note``; *store* is ``sqlite`` or ``postgresql`` (a server of its own)."""
    with tempfile.TemporaryDirectory(prefix="qingshou-bench-") as home, children.Server(home, store) as url:
        def child(task: str) -> dict[str, Any]:
            return children.run("benchmarks.dayend", home, url, task, loans)

        filled, first = child("fill"), child("day")
        events = child("next")["events"]
        day, copied, one_by_one = child("day"), child("copy"), child("orm")
    return _rows(loans, store, filled, first, events, day, copied, one_by_one)


def _rows(loans: int, store: str, filled: dict[str, Any], first: dict[str, Any], events: int, day: dict[str, Any],
          copied: dict[str, Any], one_by_one: dict[str, Any]) -> list[dict[str, Any]]:
    name = f"day end, {store}"
    parts = ", ".join(f"{step} {spent:.1f} s" for step, spent in day["report"]["seconds"].items())
    whole = one_by_one["seconds"] / one_by_one["loans"] * loans
    figures = [
        ("filled", sum(filled["rows"].values()), "rows", f"{filled['rows']['household']:,} borrowers, "
         f"{filled['rows']['ledgerevent']:,} events, {filled['rows']['instalment']:,} instalments"),
        ("first run", first["seconds"], "s", f"every loan folded from its first event; {first['peak_mb']:,} MB at most"),
        ("an ordinary day", day["seconds"], "s", f"{events:,} new events; {parts}"),
        ("an ordinary day", loans / day["seconds"], "loans/s", f"{day['report']['folded']:,} folded anew, the rest taken on"),
        ("peak memory", day["peak_mb"], "MB", "of the process, Python and all"),
        ("read and write the same rows", copied["seconds"], "s", "contracts, states, households; states written back"),
        ("ratio to that", day["seconds"] / copied["seconds"], "times", "aim: at most 3"),
        ("loan by loan through the ORM", whole, "s", f"{one_by_one['loans']} loans measured, scaled to {loans:,}"),
        ("ratio to that", whole / day["seconds"], "times faster", "aim: at least 50"),
    ]
    return [{"name": f"{name}: {title}", "figure": round(figure, 2), "unit": unit, "note": note}
            for title, figure, unit, note in figures]


def _fill(loans: int) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.dayend_fill import fill

    call_command("migrate", verbosity=0)
    rows = fill(loans)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"rows": rows}


def _next(loans: int) -> dict[str, Any]:
    from benchmarks.dayend_fill import next_day

    return {"events": next_day()}


def _day(loans: int) -> dict[str, Any]:
    from qingshou.access.permissions import SYSTEM
    from qingshou.dayend.services import run_day_end

    started = time.perf_counter()
    outcome = run_day_end(user=SYSTEM)
    return {"seconds": time.perf_counter() - started, "report": outcome.closed[0].report,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def _copy(loans: int) -> dict[str, Any]:
    """Read what day end reads of every loan and household, write what it writes, and derive nothing."""
    from qingshou.portfolio import frames
    from qingshou.portfolio.models import HouseholdState, LoanState
    from qingshou.store import bulk

    started = time.perf_counter()
    with bulk.session() as session:
        scope = frames.Scope()
        frames.read_loans(session, scope)
        states = session.read_model(LoanState)
        frames.read_households(session, scope)
        households = session.read_model(HouseholdState)
        with session.without_indexes(LoanState, HouseholdState):
            frames.write_loan_states(session, scope, states)
            frames.write_household_states(session, scope, households)
    return {"seconds": time.perf_counter() - started}


def _orm(loans: int) -> dict[str, Any]:
    """The rules of a day for a loan at a time: its rows by the ORM, the same engine on one row, its state saved."""
    from datetime import timedelta

    import polars as pl
    from django.db import transaction

    from benchmarks.dayend_fill import FIRST_DAY
    from qingshou.engine import classification, provision
    from qingshou.portfolio.models import Loan, LoanState
    from qingshou.portfolio.queries.ledger import fold, read_book, standing
    from qingshou.store.policy import rules_on

    day = FIRST_DAY + timedelta(days=1)
    rules = rules_on(day)
    chosen = list(range(1, loans + 1, max(loans // SAMPLE, 1)))[:SAMPLE]
    started = time.perf_counter()
    for number in chosen:
        with transaction.atomic():
            loan = Loan.objects.select_related("borrower").get(pk=number)
            state = LoanState.objects.get(loan=loan)
            book = read_book([loan], rules).until(day)
            carry = fold(book, day).carry.to_dicts()[0]
            owed = standing(book, day, rules)
            frame = pl.DataFrame({"loan_id": [loan.pk], "borrower_id": [loan.borrower_id], "as_of": [day], "dpd": [owed.dpd],
                                  "balance_fen": [owed.principal_fen], "previous_level": [state.level],
                                  "retail": [loan.borrower.kind == "person"]})
            judged = classification.classify(frame, rules)
            frame = frame.with_columns(level=judged["level"])
            for name, value in carry.items():
                setattr(state, name, value)
            for name in ("interest_owed_fen", "penalty_owed_fen", "compound_owed_fen", "fee_owed_fen", "overdue_fen",
                         "total_owed_fen", "dpd", "stage"):
                setattr(state, name, getattr(owed, name))
            state.level, state.level_reasons = judged["level"][0], judged["reasons"][0]
            state.provision_fen = int(provision.provision(frame, rules)[0])
            state.save()
    return {"seconds": time.perf_counter() - started, "loans": len(chosen)}


TASKS: dict[str, Callable[[int], dict[str, Any]]] = {"fill": _fill, "next": _next, "day": _day, "copy": _copy, "orm": _orm}


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["child"]:
        import django

        django.setup()
        print(json.dumps(TASKS[arguments[1]](int(arguments[2]))))
        return
    loans = int(arguments[0]) if arguments else LOANS
    for row in run(loans, arguments[1] if len(arguments) > 1 else "sqlite"):
        print(f"{row['name']:<58}{row['figure']:>14,.2f} {row['unit']:<14}{row['note']}")


if __name__ == "__main__":
    main(sys.argv[1:])
