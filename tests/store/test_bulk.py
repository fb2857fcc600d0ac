"""Columns in and out of the store."""

from datetime import date

import polars as pl
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from qingshou.portfolio.models import Instalment, LedgerEvent, Loan, Party
from qingshou.store import bulk, crypto
from tests import factories


@pytest.mark.django_db(transaction=True)
def test_a_frame_written_in_bulk_reads_back_the_same_through_the_orm_and_in_bulk():
    loan = factories.make_loan(factories.make_household())
    frame = pl.DataFrame({"loan_id": [loan.id] * 2, "version": [2, 2], "number": [1, 2],
                          "due": [date(2026, 1, 31), date(2026, 2, 28)], "principal_fen": [10**15, 0],
                          "interest_fen": [None, 5]})
    with bulk.session() as session:
        first = session.next_id(Instalment)
        session.append(Instalment, frame.with_columns(id=pl.int_range(first, first + 2)))
        session.settle_ids(Instalment)
    rows = list(Instalment.objects.filter(version=2).values_list("number", "due", "principal_fen", "interest_fen"))
    assert rows == [(1, date(2026, 1, 31), 10**15, None), (2, date(2026, 2, 28), 0, 5)]
    with bulk.session(write=False) as session:
        back = session.read_model(Instalment, "version = ? ORDER BY number", [2], columns=frame.columns)
    assert back.equals(frame.cast({n: bulk.schema(Instalment)[n] for n in frame.columns}))
    Instalment.objects.create(loan=loan, version=3, number=1, due=date(2026, 3, 1), principal_fen=1)


@pytest.mark.django_db(transaction=True)
def test_a_bulk_session_that_fails_leaves_nothing():
    loan = factories.make_loan(factories.make_household())
    frame = pl.DataFrame({"id": [9001], "loan_id": [loan.id], "version": [5], "number": [1], "due": [date(2026, 1, 1)],
                          "principal_fen": [1], "interest_fen": [None]})
    with pytest.raises(RuntimeError), bulk.session() as session:
        session.append(Instalment, frame)
        raise RuntimeError("killed")
    assert not Instalment.objects.filter(version=5).exists()


@pytest.mark.django_db(transaction=True)
def test_a_staged_frame_joins_to_the_tables_and_an_update_changes_only_its_rows_and_columns():
    loans = [factories.make_loan(factories.make_household()) for _ in range(3)]
    with bulk.session() as session:
        session.stage("wanted", pl.DataFrame({"key": [loans[2].loan_no, "none"], "position": [7, 8]}))
        session.stage("wanted", pl.DataFrame({"key": [loans[1].loan_no, "none"], "position": [7, 8]}))
        found = session.read("SELECT w.position, l.id FROM wanted w JOIN portfolio_loan l ON l.loan_no = w.key",
                             {"position": pl.Int64, "id": pl.Int64})
        assert found.rows() == [(7, loans[1].id)]
        session.update(Loan, pl.DataFrame({"id": [loans[1].id], "matures_on": [date(2027, 1, 1)], "misused": [True],
                                           "due_day": [None]}))
    assert list(Loan.objects.order_by("id").values_list("matures_on", "misused")) == [
        (date(2026, 1, 1), False), (date(2027, 1, 1), True), (date(2026, 1, 1), False)]


@pytest.mark.django_db(transaction=True)
def test_facts_cannot_be_changed_or_deleted_in_the_database():
    event = factories.make_event(factories.make_loan(factories.make_household()), "repayment", date(2026, 1, 2), 100)
    for change in (lambda: LedgerEvent.objects.filter(pk=event.pk).update(amount_fen=1),
                   lambda: LedgerEvent.objects.filter(pk=event.pk).delete()):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            change()
    assert LedgerEvent.objects.get(pk=event.pk).amount_fen == 100


@pytest.mark.django_db
def test_personal_data_is_sealed_in_the_table_and_found_by_keyed_hash():
    household = factories.make_household(id_number="990101198001010011")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM portfolio_party WHERE id = %s", [household.borrower_id])
        stored = cursor.fetchone()[0]
    assert "9901" not in stored and stored.startswith("s1:")
    found = Party.objects.get(id_hash=crypto.keyed_hash("9901 0119 8001 0100 11"))
    assert found.id_number == "990101198001010011"
    assert Loan.objects.count() == 0
