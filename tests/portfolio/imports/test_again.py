"""The same file again changes nothing; a changed one changes what may change and refuses to rewrite what happened."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from qingshou.access.roles import Role
from qingshou.portfolio.imports.profiles import find
from qingshou.portfolio.models import Guarantee, Household, Instalment, LedgerEvent, Loan, LoanState, Party
from qingshou.portfolio.services.imports import import_files
from qingshou.portfolio.signals import ledger_changed
from qingshou.store import bulk
from tests import factories
from tests.portfolio.imports import book
from tests.portfolio.imports.book import row

pytestmark = pytest.mark.django_db(transaction=True)

NOT_DATA = {"importbatch", "reject"}  # the record that an import was asked for


def contents() -> dict[str, list[tuple]]:
    """All rows of the portfolio's tables, but for the record of imports."""
    return {model._meta.model_name: list(model.objects.order_by("pk").values_list())
            for model in apps.get_app_config("portfolio").get_models() if model._meta.model_name not in NOT_DATA}


def whole(folder: Path, **tables: list[dict[str, str]]) -> list[Path]:
    return book.write(folder, **{**{table: [one] for table, one in book.ROWS.items() if table != "instalment"}, **tables})


def test_the_same_files_a_second_time_change_nothing_at_all(tmp_path):
    paths = whole(tmp_path, instalment=[book.INSTALMENT])
    first = book.take(*paths)
    assert (first.total("taken"), first.total("rejected")) == (7, 0)
    before = contents()
    second = book.take(*paths)
    assert (second.total("taken"), second.total("unchanged"), second.total("rejected")) == (0, 7, 0)
    assert contents() == before


def test_the_same_rows_written_otherwise_are_the_same_rows(tmp_path):
    book.take(*whole(tmp_path))
    outcome = book.take_rows(
        tmp_path, borrower=[row("borrower", monthly_income="￥5,000", public_servant="0")],
        loan=[row("loan", principal="120,000", annual_rate="7.20", start="2026年1月10日", method="等额本金")],
        transaction=[row("transaction", date="20260210", kind="还款")])
    assert (outcome.total("unchanged"), outcome.total("taken")) == (3, 0)


def test_master_data_that_changed_is_updated_in_place(tmp_path):
    book.take(*whole(tmp_path))
    party, loan, guarantee = Party.objects.get(borrower_no="B1").pk, Loan.objects.get().pk, Guarantee.objects.get().pk
    outcome = book.take_rows(
        tmp_path, borrower=[row("borrower", name="周满囤", phone="19911112222", village="青石村")],
        loan=[row("loan", product="小微贷款")], guarantor=[row("guarantor", kind="general", phone="19922223333")],
        collateral=[row("collateral", description="柳沟村住宅两间")])
    assert outcome.total("changed") == 4 == outcome.total("taken")
    known = Party.objects.get(pk=party)
    assert (known.name, known.initials, known.phone_tail, known.household.village) == ("周满囤", "zmd", "2222", "青石村")
    assert Loan.objects.get(pk=loan).product == "小微贷款"
    changed = Guarantee.objects.get(pk=guarantee)
    assert (changed.kind, changed.guarantor.phone) == ("general", "19922223333")


def test_a_loan_given_to_another_borrower_moves_to_that_household(tmp_path):
    book.take(*whole(tmp_path))
    other = row("borrower", borrower_no="B2", name="何桂兰", id_number="990101197502020022")
    book.take_rows(tmp_path, borrower=[other], loan=[row("loan", borrower_no="B2")])
    loan = Loan.objects.get()
    assert loan.borrower.borrower_no == "B2" and loan.household == Household.objects.get(borrower__borrower_no="B2")


@pytest.mark.parametrize(("table", "change", "column"), [
    ("transaction", {"amount": "10720.01"}, "transaction_no"), ("transaction", {"date": "2026-02-11"}, "transaction_no"),
    ("instalment", {"due": "2026-02-11"}, "number"), ("instalment", {"interest": ""}, "number"),
    ("collateral", {"appraised": "1.00"}, "appraised"),
])
def test_a_fact_that_comes_otherwise_under_its_number_is_a_conflict(tmp_path, table, change, column):
    book.take(*whole(tmp_path, instalment=[book.INSTALMENT]))
    before = contents()
    outcome = book.take_rows(tmp_path, **{table: [row(table, **change)]})
    assert [(found[2], found[4]) for found in book.reasons(outcome)] == [(column, "conflict")]
    assert contents() == before


def test_later_transactions_derive_only_their_own_households_again(tmp_path):
    two = [row("borrower"), row("borrower", borrower_no="B2", name="何桂兰", id_number="990101197502020022")]
    book.take_rows(tmp_path, borrower=two, loan=[row("loan"), row("loan", loan_no="L2", borrower_no="B2")])
    LoanState.objects.update(level_reasons="[]")
    told: list[dict] = []

    def hear(sender: object, **named: object) -> None:
        told.append({name: named[name] for name in ("household_ids", "loan_ids")})

    ledger_changed.connect(hear)
    try:
        book.take_rows(tmp_path, transaction=[book.TRANSACTION])
    finally:
        ledger_changed.disconnect(hear)
    first, second = Loan.objects.order_by("id")
    assert told == [{"household_ids": [first.household_id], "loan_ids": [first.pk]}]
    assert second.state.level_reasons == "[]" and first.state.principal_fen == 11_000_000


def test_a_dry_run_tells_the_same_and_writes_nothing(tmp_path):
    book.base(tmp_path)
    before = contents()
    paths = whole(tmp_path, transaction=[book.TRANSACTION, row("transaction", transaction_no="T2", date="2023-02-30")])
    dry = book.take(*paths, dry_run=True)
    assert dry.batch_id is None and contents() == before
    real = book.take(*paths)
    assert (dry.counts(), dry.reconciliation) == (real.counts(), real.reconciliation)
    assert dry.rejects.equals(real.rejects)


def test_progress_rises_from_reading_to_done(tmp_path):
    heard: list[int] = []
    book.take(*whole(tmp_path), report=lambda permille, note: heard.append(permille))
    assert heard == sorted(heard) and heard[-1] == 1000 and len(set(heard)) > 3


def test_only_who_may_import_imports(tmp_path):
    (path,) = book.write(tmp_path, borrower=[book.BORROWER])
    collector = factories.make_user(Role.COLLECTOR)
    with pytest.raises(PermissionDenied):
        import_files(user=collector, profile=find("standard"), files=[(path.name, path)])
    assert not Party.objects.exists()
    operator = factories.make_user(Role.OPERATIONS)
    assert import_files(user=operator, profile=find("standard"), files=[(path.name, path)]).total("taken") == 1
    assert LedgerEvent.objects.count() == 0


def test_while_another_writer_holds_the_store_an_import_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "BUSY_TIMEOUT_MS", 200)
    if connection.vendor != "sqlite":
        pytest.skip("on PostgreSQL an import waits for its turn")
    factories.BusinessDay.objects.create(date=book.TODAY, state="open")
    connection.close()
    holder = ("import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE'); "
              "print('held', flush=True); sys.stdin.read()")
    other = subprocess.Popen([sys.executable, "-c", holder, str(connection.settings_dict["NAME"])], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    try:
        with pytest.raises(ValidationError, match="正占用数据库"):
            book.base(tmp_path)
    finally:
        other.kill()
        other.communicate()
    assert book.base(tmp_path).total("taken") == 2


KILLED = """
import sys
from pathlib import Path
import django
django.setup()
from qingshou.access.permissions import SYSTEM
from qingshou.portfolio.imports.profiles import find
from qingshou.portfolio.services.imports import import_files
paths = [Path(name) for name in sys.argv[2:]]
print("begins", flush=True)
import_files(user=SYSTEM, profile=find("standard"), files=[(path.name, path) for path in paths], dry_run=sys.argv[1] == "dry")
"""


def big(folder: Path, loans: int) -> list[Path]:
    numbers = [f"{n:05d}" for n in range(loans)]
    return book.write(
        folder, borrower=[row("borrower", borrower_no=f"B{n}", id_number=f"ID-{n}") for n in numbers],
        loan=[row("loan", loan_no=f"L{n}", borrower_no=f"B{n}") for n in numbers],
        transaction=[row("transaction", transaction_no=f"T{n}-{k}", loan_no=f"L{n}", amount=f"{k + 1}.00")
                     for n in numbers for k in range(5)])


def address() -> str:
    """The test's own store, for another process."""
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        if "memory" in str(config["NAME"]):
            pytest.skip("the test's store lives in memory")
        return f"sqlite:///{config['NAME']}"
    return f"postgresql://{config['USER']}@/{config['NAME']}?host={config['HOST']}&port={config['PORT'] or ''}"


@pytest.mark.slow
def test_an_import_killed_at_any_moment_leaves_the_store_as_before_or_fully_imported(tmp_path):
    factories.BusinessDay.objects.create(date=book.TODAY, state="open")
    loans = 1500
    paths = big(tmp_path, loans)
    environment = {**os.environ, "QINGSHOU_DATABASE_URL": address()}
    connection.close()

    def start(manner: str) -> subprocess.Popen[str]:
        process = subprocess.Popen([sys.executable, "-c", KILLED, manner, *map(str, paths)], stdout=subprocess.PIPE, text=True,
                                   env=environment)
        assert process.stdout is not None and process.stdout.readline() == "begins\n"
        return process

    dry = start("dry")
    began = time.monotonic()
    assert dry.wait() == 0
    whole_seconds = time.monotonic() - began
    chance = random.Random(20261124)
    killed_before_the_end = 0
    for part in (0.1, 0.3, 0.5, 0.7, 0.85, 1.0):
        process = start("real")
        time.sleep(whole_seconds * part * chance.uniform(0.7, 1.0))
        process.kill()
        process.communicate()
        counts = (Party.objects.count(), Loan.objects.count(), LedgerEvent.objects.count(), LoanState.objects.count())
        assert counts in ((0, 0, 0, 0), (loans, loans, 5 * loans, loans)), f"killed at {part}: {counts}"
        killed_before_the_end += counts[0] == 0
        connection.close()
    assert killed_before_the_end, "no process was killed before it was done"
    outcome = book.take(*paths)
    assert outcome.total("taken") + outcome.total("unchanged") == 7 * loans
    assert (LedgerEvent.objects.count(), Instalment.objects.count()) == (5 * loans, 12 * loans)
