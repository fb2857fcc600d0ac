"""The audit chain: whole under two writers at once, and broken visibly by whoever changes the table behind our back."""

import re
import threading
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections, transaction

from qingshou.access import audit, audit_names
from qingshou.access.models import AuditEntry
from qingshou.store import bulk
from qingshou.store.models import Setting


def write(count: int, actor: str = "someone") -> None:
    for number in range(count):
        with transaction.atomic():
            audit.record(actor=actor, action="test.write", subject=f"thing:{number}", before={"n": number},
                         after={"n": number + 1}, reason="试")


@pytest.mark.django_db
def test_an_entry_belongs_to_a_transaction_and_goes_with_it():
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.record(actor=None, action="test.write")
        raise RuntimeError("the change failed")
    assert not AuditEntry.objects.exists() and audit.kept_head() is None


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded():
    with pytest.raises(transaction.TransactionManagementError):
        audit.record(actor=None, action="test.write")


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_keep_one_chain():
    failures: list[BaseException] = []

    def run(name: str) -> None:
        try:
            write(15, actor=name)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(f"writer{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    verdict = audit.verify()
    assert (verdict.checked, verdict.bad) == (45, None)
    assert audit.kept_head() == verdict.head


@pytest.mark.django_db(transaction=True)
def test_a_bulk_run_writes_its_entry_in_the_same_chain():
    write(2)
    with bulk.session() as session:
        audit.record_in(session, actor=None, action="test.bulk", subject="day:2026-11-24", after={"rows": 3})
    write(1)
    verdict = audit.verify()
    assert (verdict.checked, verdict.bad) == (4, None) and audit.kept_head() == verdict.head
    assert AuditEntry.objects.get(sequence=3).actor == "system"


@pytest.mark.django_db(transaction=True)
def test_the_first_entry_of_all_may_be_a_bulk_runs():
    with bulk.session() as session:
        audit.record_in(session, actor="importer", action="test.bulk")
    assert audit.verify().checked == 1


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_to_change_or_remove_an_entry():
    write(2)
    for change in (lambda: AuditEntry.objects.filter(sequence=1).update(actor="nobody"),
                   lambda: AuditEntry.objects.filter(sequence=1).delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert audit.verify().bad is None


def tamper(*statements: str) -> None:
    """What an administrator of the database could do: switch the triggers off, change the table, switch them on."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            for statement in statements:
                cursor.execute(statement)
            cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'access_auditentry'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            cursor.execute(statement)
        for _name, sql in triggers:
            cursor.execute(sql)


def swap(first: int, second: int) -> tuple[str, ...]:
    """Two entries change places, each with its own hash."""
    table = "UPDATE access_auditentry SET sequence = {} WHERE sequence = {}"
    return (table.format(-1, first), table.format(first, second), table.format(second, -1))


TAMPERINGS: list[tuple[str, tuple[str, ...], int, str]] = [
    ("actor changed", ("UPDATE access_auditentry SET actor = 'nobody' WHERE sequence = 4",), 4, "changed"),
    ("reason changed", ("UPDATE access_auditentry SET reason = '' WHERE sequence = 6",), 6, "changed"),
    ("a digit of the past changed", ("UPDATE access_auditentry SET before = '{\"n\":9}' WHERE sequence = 2",), 2, "changed"),
    ("an entry removed", ("DELETE FROM access_auditentry WHERE sequence = 5",), 5, "missing"),
    ("the first entry removed", ("DELETE FROM access_auditentry WHERE sequence = 1",), 1, "missing"),
    ("two entries swapped", swap(3, 4), 3, "broken_link"),
    ("the tail cut off", ("DELETE FROM access_auditentry WHERE sequence > 7",), 8, "cut_off"),
    ("everything cut off", ("DELETE FROM access_auditentry",), 1, "cut_off"),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("case", "statements", "bad", "problem"), TAMPERINGS, ids=[row[0] for row in TAMPERINGS])
def test_tampering_is_found_at_the_first_bad_entry(case, statements, bad, problem):
    write(8)
    assert audit.verify().bad is None
    tamper(*statements)
    verdict = audit.verify()
    assert (verdict.bad, verdict.problem, verdict.checked) == (bad, problem, bad - 1)


def rewrite_from(sequence: int) -> None:
    """The thorough forger: changes an entry and rebuilds every hash after it, and the kept head."""
    rows = list(AuditEntry.objects.order_by("sequence").values())
    last = (0, audit.GENESIS)
    statements = []
    for row in rows:
        fields = {name: row[name] for name in ("sequence", "at", "actor", "action", "subject", "before", "after", "reason")}
        if row["sequence"] == sequence:
            fields["actor"] = "nobody"
        hashed = audit.digest(**fields, previous_hash=last[1])
        statements.append(f"UPDATE access_auditentry SET actor = '{fields['actor']}', previous_hash = '{last[1]}', "
                          f"hash = '{hashed}' WHERE sequence = {row['sequence']}")
        last = (row["sequence"], hashed)
    tamper(*statements)
    Setting.objects.filter(key=audit.HEAD).update(value=f"{last[0]}:{last[1]}")


@pytest.mark.django_db(transaction=True)
def test_a_rebuilt_chain_is_found_only_with_a_head_noted_down_elsewhere():
    write(5)
    noted = audit.kept_head()
    rewrite_from(2)
    assert audit.verify().bad is None
    verdict = audit.verify(expected_head=noted)
    assert (verdict.bad, verdict.problem) == (5, "head_differs")


def test_every_action_that_the_code_records_has_a_name_on_the_page():
    source = "".join(path.read_text(encoding="utf-8") for folder in ("qingshou", "demo")
                     for path in (Path(__file__).parents[2] / folder).rglob("*.py"))
    recorded = set(re.findall(r"""\baction=f?"([a-z_.{}]+)\"""", source)) - {"append", "store_true"}
    assert len(recorded) > 30
    for action in recorded:
        pattern = re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(action)))
        assert any(pattern.fullmatch(name) for name in audit_names._names), action


@pytest.mark.parametrize("text", ["", "5", "5:abc", "x:" + "0" * 64])
def test_a_head_is_written_as_sequence_and_hash(text):
    with pytest.raises(ValueError):
        audit.read_head(text)


