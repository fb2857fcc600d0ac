"""Backup, restore and export: everything comes back, in either kind of store, or nothing does."""

import hashlib
import io
import json
import tarfile
from datetime import date, datetime, timedelta, timezone

import polars as pl
import pytest
from django.core.management import call_command
from django.db import connection

from qingshou.access import audit
from qingshou.access.models import AuditEntry
from qingshou.portfolio.models import LedgerEvent, Loan, Party
from qingshou.store import archive, backup, contents, crypto, export
from qingshou.store.models import Job, Setting
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def quiet(permille: int, note: str) -> None:
    pass


@pytest.fixture
def folders(settings, tmp_path):
    settings.HISTORY, settings.MEDIA_ROOT = tmp_path / "home" / "history", tmp_path / "home" / "files"
    settings.BANK_POLICY = tmp_path / "home" / "policy"
    (settings.HISTORY / "loans").mkdir(parents=True)
    pl.DataFrame({"loan_id": [1], "dpd": [30]}).write_parquet(settings.HISTORY / "loans" / "date=2026-11-23.parquet")
    (settings.HISTORY / "loans" / "date=2026-11-24.parquet.tmp").write_bytes(b"half")
    return tmp_path


@pytest.fixture
def filled(bank, folders):
    """The small bank with a ledger, a job (JSON columns), odd values, and an audit chain."""
    factories.make_event(bank.loans[0], "repayment", date(2026, 1, 2), 12_345, channel="=1+1")
    Job.objects.create(kind="x", title="“引号”，逗号\n换行", arguments={"深": [1, None, {"a": "b"}]},
                       asked_by=bank.users["operations"],
                       started_at=datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone(timedelta(hours=8))))
    Setting.objects.create(key="demo", value="1")
    from qingshou.access import services
    services.save_view(user=bank.users["collector"], page="households", name="我的", query="a=b")
    return bank


def everything() -> dict[str, list[tuple]]:
    """All rows of all of the bank's tables, as Python sees them."""
    return {model._meta.db_table: sorted(model._default_manager.values_list(), key=repr) for model in contents.tables()}


def empty_store() -> None:
    call_command("flush", interactive=False, verbosity=0)


def edit(path, change) -> None:
    """Rewrite a backup with its members changed by ``change(name, bytes) -> bytes | None``."""
    with tarfile.open(path) as tar:
        members = [(member.name, tar.extractfile(member).read()) for member in tar.getmembers()]
    with tarfile.open(path, "w") as tar:
        for name, content in members:
            content = change(name, content)
            if content is not None:
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))


def test_what_was_backed_up_comes_back_row_for_row(filled, folders, settings, monkeypatch):
    monkeypatch.setattr(archive, "ROWS_A_PIECE", 3)  # several pieces a table
    before = everything()
    target = folders / "b.tar"
    summary = backup.write(target, quiet)
    assert summary.rows["portfolio_loan"] == 4 and summary.files == 1 and target.stat().st_size == summary.bytes
    empty_store()
    assert not contents.holds_data()
    restored = backup.restore(target, quiet)
    assert restored.rows == summary.rows
    after = everything()
    assert after == before
    assert audit.verify().bad is None and audit.kept_head() is not None
    assert Party.objects.filter(id_hash=crypto.keyed_hash(Party.objects.first().id_number)).exists()
    history = settings.HISTORY / "loans"
    assert [path.name for path in history.iterdir()] == ["date=2026-11-23.parquet"]
    assert list(settings.HISTORY.parent.glob("history.before-restore-*"))  # what lay there was moved aside
    factories.make_event(Loan.objects.first(), "repayment", date(2026, 2, 2), 1)  # numbers go on after the restored ones
    assert LedgerEvent.objects.count() == 2


def test_the_tables_of_a_backup_are_plain_parquet(filled, folders):
    backup.write(folders / "b.tar", quiet)
    with tarfile.open(folders / "b.tar") as tar:
        frame = pl.read_parquet(tar.extractfile("tables/portfolio_loan/portfolio_loan.0000.parquet").read())
    assert frame.schema["principal_fen"] == pl.Int64 and frame.schema["starts_on"] == pl.Date and frame.height == 4


def test_a_backup_holds_no_key_and_no_plain_personal_number(filled, folders, settings):
    backup.write(folders / "b.tar", quiet)
    content = (folders / "b.tar").read_bytes()
    assert settings.DATA_KEY.encode() not in content
    with tarfile.open(folders / "b.tar") as tar:
        party = pl.read_parquet(tar.extractfile("tables/portfolio_party/portfolio_party.0000.parquet").read())
    assert all(text.startswith("s1:") for text in party["id_number"])


def test_a_backup_overwrites_nothing_and_leaves_no_half(filled, folders):
    target = folders / "b.tar"
    target.write_text("dear")
    with pytest.raises(backup.BackupError, match="已存在"):
        backup.write(target, quiet)
    assert target.read_text() == "dear"
    target.unlink()

    def stop(permille: int, note: str) -> None:
        if permille > 300:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup.write(target, stop)
    assert sorted(path.name for path in folders.iterdir()) == ["home"]


def test_only_an_empty_store_is_restored_into(filled, folders):
    backup.write(folders / "b.tar", quiet)
    before = everything()
    with pytest.raises(backup.BackupError, match="已有数据"):
        backup.restore(folders / "b.tar", quiet)
    assert everything() == before


def test_another_data_key_is_told_before_anything_is_written(filled, folders, settings):
    backup.write(folders / "b.tar", quiet)
    empty_store()
    settings.DATA_KEY = "another-" + "x" * 40
    with pytest.raises(backup.BackupError, match="密钥"):
        backup.restore(folders / "b.tar", quiet)
    assert not contents.holds_data()


def _changed_loan(name, content):
    return content[:-40] + b"\0" * 40 if name.startswith("tables/portfolio_loan/") else content


def _without_loan(name, content):
    return None if name.startswith("tables/portfolio_loan/") else content


def _without_metadata(name, content):
    return None if name == "metadata.json" else content


def _changed_metadata(**changes):
    def change(name, content):
        return json.dumps({**json.loads(content), **changes}).encode() if name == "metadata.json" else content
    return change


def _rows_short(name, content):
    if name != "metadata.json":
        return content
    metadata = json.loads(content)
    metadata["rows"]["portfolio_loan"] += 1
    return json.dumps(metadata).encode()


def _orphan(name, content):
    """A loan of a household that is not there, with checksums that agree."""
    buffer = io.BytesIO()
    frame = pl.read_parquet(io.BytesIO(content))
    frame.with_columns(household_id=pl.lit(987_654, pl.Int64)).write_parquet(buffer)
    return buffer.getvalue()


def _with_orphan(path):
    table = "tables/portfolio_loan/portfolio_loan.0000.parquet"
    edit(path, lambda name, content: _orphan(name, content) if name == table else content)
    with tarfile.open(path) as tar:
        sums = {member.name: hashlib.sha256(tar.extractfile(member).read()).hexdigest() for member in tar.getmembers()
                if member.name != "metadata.json"}
    edit(path, _changed_metadata(sha256=sums))


DAMAGES = [  # what was done to the file, and a word of the reason
    (lambda path: edit(path, _changed_loan), "校验和"),
    (lambda path: edit(path, _without_loan), "缺少"),
    (lambda path: edit(path, _without_metadata), r"metadata\.json"),
    (lambda path: edit(path, lambda name, content: b"{" if name == "metadata.json" else content), r"metadata\.json"),
    (lambda path: edit(path, _changed_metadata(format=99)), "99"),
    (lambda path: edit(path, _changed_metadata(migrations=["access.0001_initial"], version="9.9")), "9.9"),
    (lambda path: edit(path, _rows_short), "行数"),
    (lambda path: edit(path, _changed_metadata(sha256={"history/../../x": "0" * 64})), "缺少"),
    (lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]), "缺少|不完整|不是完整"),
    (lambda path: path.write_bytes(b""), "不是完整"),
    (lambda path: path.write_bytes(b"not a tar at all" * 100), "不是完整"),
    (lambda path: path.unlink(), "找不到"),
    (_with_orphan, "不存在的记录"),
]


def test_a_damaged_backup_is_refused_and_nothing_is_taken(filled, folders):
    whole, path = folders / "whole.tar", folders / "b.tar"
    backup.write(whole, quiet)
    empty_store()
    for damage, words in DAMAGES:
        path.write_bytes(whole.read_bytes())
        damage(path)
        with pytest.raises(backup.BackupError, match=words):
            backup.restore(path, quiet)
        assert not contents.holds_data(), words
    backup.restore(whole, quiet)  # the refusals left a store that the whole one still goes into
    assert contents.holds_data()


def test_an_export_has_each_table_as_parquet_and_csv_with_personal_data_sealed(filled, folders, monkeypatch):
    monkeypatch.setattr(archive, "ROWS_A_PIECE", 3)
    rows = export.write(folders / "out", personal=False, report=quiet)
    loans = pl.read_parquet(folders / "out" / "portfolio_loan.parquet")
    assert loans.height == rows["portfolio_loan"] == 4
    text = (folders / "out" / "portfolio_loan.csv").read_text(encoding="utf-8-sig")
    assert text.count("loan_no") == 1 and pl.read_csv(io.StringIO(text)).height == 4
    parties = pl.read_parquet(folders / "out" / "portfolio_party.parquet")
    assert all(value.startswith("s1:") for value in parties["id_number"])
    assert "password" not in pl.read_parquet(folders / "out" / "access_user.parquet").columns
    described = json.loads((folders / "out" / "tables.json").read_text(encoding="utf-8"))
    assert described["personal_data"] == "sealed"
    loan_table = next(table for table in described["tables"] if table["table"] == "portfolio_loan")
    column = next(column for column in loan_table["columns"] if column["name"] == "household_id")
    assert column == {"name": "household_id", "type": "ForeignKey", "references": "portfolio_household", "sealed": False}


def test_an_export_in_plain_opens_what_is_sealed(filled, folders):
    export.write(folders / "out", personal=True, report=quiet)
    parties = pl.read_parquet(folders / "out" / "portfolio_party.parquet")
    assert set(parties["id_number"]) == set(Party.objects.values_list("id_number", flat=True))


def test_an_export_overwrites_nothing(filled, folders):
    with pytest.raises(backup.BackupError, match="空文件夹"):
        export.write(folders / "home", personal=False, report=quiet)


def test_rows_of_signing_in_and_of_migrations_are_no_data(folders):
    assert not contents.holds_data() and not contents.is_half_filled() and contents.is_migrated()
    Setting.objects.create(key="writer", value="")
    assert not contents.holds_data()
    Setting.objects.create(key=contents.FILLING, value="demo")
    assert contents.is_half_filled() and not contents.holds_data()
    Setting.objects.filter(key=contents.FILLING).delete()
    factories.make_unit("HO", "总部", "head_office")
    assert contents.holds_data()
    with pytest.raises(RuntimeError):
        contents.drop_everything()


def test_the_table_of_entries_is_append_only_after_a_restore_as_well(filled, folders):
    backup.write(folders / "b.tar", quiet)
    empty_store()
    backup.restore(folders / "b.tar", quiet)
    with pytest.raises(Exception), connection.cursor() as cursor:  # noqa: B017 - the driver's refusal, not ours
        cursor.execute("DELETE FROM access_auditentry")
    assert AuditEntry.objects.exists()
