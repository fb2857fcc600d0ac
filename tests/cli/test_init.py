"""Setting a store up: twice, over data, killed half-way, and with what a bank does next."""

import shutil
import sqlite3
import textwrap
from pathlib import Path

import pytest

from tests.cli.conftest import PASSWORD, Installation

ACCOUNTS = '[{"username": "lin", "password": "demo-demo-2026", "role": "collector", "name": "林小满", "unit": "一部"}]'
STAND_IN = """
import os, signal
from datetime import date
from pathlib import Path
from django.conf import settings
from qingshou.access.models import Unit
from qingshou.store.models import Setting

def build(*, progress, **asked):
    progress(10, "机构")
    Unit.objects.create(code="HO", name="演示行", kind="head_office", valid_from=date(2020, 1, 1))
    Path(settings.HISTORY).mkdir(parents=True, exist_ok=True)
    (Path(settings.HISTORY) / "{tag}").write_text("x")
    if {killed}:
        os.kill(os.getpid(), signal.SIGKILL)
    Setting.objects.create(key="demo_accounts", value={accounts!r})
    Setting.objects.create(key="demo", value="1")
"""


def stand_in(folder: Path, *, killed: bool = False, tag: str = "whole") -> str:
    """A package ``demo`` that builds a bank of one unit, found before the real one; returns its PYTHONPATH."""
    package = folder / f"stand-in-{tag}" / "demo"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(textwrap.dedent(STAND_IN).format(killed=killed, tag=tag, accounts=ACCOUNTS), "utf-8")
    return str(package.parent)


@pytest.fixture
def runs_demo(installation, tmp_path):
    """``qingshou init --demo`` with a stand-in for the demo bank; -P keeps the checkout's own ``demo`` out of the way."""
    def run(**stand: object):
        return installation("init", "--demo", "--json", QINGSHOU_MODE="demo", PYTHONPATH=stand_in(tmp_path, **stand),
                            PYTHONSAFEPATH="1")
    return run


def units(installation):
    return [row["name"] for row in installation("unit", "list", "--json").json["rows"]]


def test_a_new_store_is_made_and_the_next_steps_are_told(installation):
    first = installation("init")
    assert first.status == 0 and "qingshou user add" in first.out and "qingshou unit add" in first.out
    again = installation("init", "--json")
    assert again.status == 0 and again.json == {"migrated": False, "demo": False}
    if not installation.environment:
        with sqlite3.connect(installation.home / "qingshou.sqlite3") as store:
            assert store.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    for name in ("secret_key", "data_key"):
        secret = installation.home / "secrets" / name
        assert secret.stat().st_mode & 0o777 == 0o600 and len(secret.read_text()) >= 40


def test_the_demo_is_filled_once_and_asked_for_again_it_stays_as_it_is(installation, runs_demo):
    assert runs_demo().json == {"migrated": True, "demo": True}
    assert units(installation) == ["演示行"]
    again = runs_demo(killed=True, tag="unused")
    assert again.status == 0 and again.json == {"migrated": False, "demo": True}


def test_a_store_that_holds_data_is_not_filled_with_the_demo(bank, tmp_path):
    answer = bank("init", "--demo", PYTHONPATH=stand_in(tmp_path), PYTHONSAFEPATH="1")
    assert answer.status == 1 and "已有数据" in answer.err
    assert units(bank) == ["真银行"]


def test_a_demo_that_was_killed_half_way_is_known_as_such_and_built_anew(installation, runs_demo):
    assert runs_demo(killed=True, tag="half").status < 0
    for command in (("init",), ("serve",)):
        answer = installation(*command)
        assert answer.status == 1 and "init --demo" in answer.err, command
    assert runs_demo(killed=True, tag="half-again").status < 0
    answer = runs_demo()
    assert answer.status == 0 and units(installation) == ["演示行"]
    assert [path.name for path in (installation.home / "history").iterdir()] == ["whole"]


def test_an_installation_without_the_demo_says_so(installation, tmp_path):
    (tmp_path / "empty" / "demo").mkdir(parents=True)
    (tmp_path / "empty" / "demo" / "__init__.py").write_text("raise ImportError('left out')\n")
    answer = installation("init", "--demo", PYTHONPATH=str(tmp_path / "empty"), PYTHONSAFEPATH="1")
    assert answer.status == 1 and "不含演示行" in answer.err
    assert installation("init").status == 0  # nothing was begun


def test_two_set_ups_at_once_do_not_meet(installation):
    processes = [installation.start("init") for _ in range(3)]
    statuses = [(process.communicate(timeout=120), process.returncode) for process in processes]
    assert all("Traceback" not in out + err for (out, err), _status in statuses)
    assert 0 in [status for _said, status in statuses] and installation("init", "--json").json["migrated"] is False


def test_a_backup_of_one_home_fills_another(bank, tmp_path):
    file = tmp_path / "b.tar"
    answer = bank("backup", str(file), "--json")
    assert answer.status == 0 and answer.json["rows"]["access_unit"] == 1
    assert bank("backup", str(file)).status == 1
    refused = bank("restore", str(file))
    assert refused.status == 1 and "已有数据" in refused.err

    other = Installation(tmp_path / "other")  # always SQLite: a backup goes from either store into either
    refused = other("restore", str(file))
    assert refused.status == 1 and "密钥" in refused.err  # its own, new data key
    shutil.copy(bank.home / "secrets" / "data_key", other.home / "secrets" / "data_key")
    restored = other("restore", str(file), "--json")
    assert restored.status == 0 and restored.json["audit_whole"]
    assert units(other) == ["真银行"]
    # Unit, three users and their postings, the restore; the backup's own entry came after it.
    assert other("audit", "verify", "--json").json["checked"] == 8


def test_an_export_seals_and_opens_only_for_who_may_with_password_and_reason(bank, tmp_path):
    sealed = bank("export", str(tmp_path / "sealed"), "--json")
    assert sealed.status == 0 and sealed.json["personal"] == "sealed" and (tmp_path / "sealed" / "access_unit.csv").exists()
    refusals = [
        (("auditor",), PASSWORD, "--reason"), (("auditor", "--reason", "监管"), "wrong", "密码"),
        (("risk", "--reason", "监管"), PASSWORD, "权限"), (("nobody", "--reason", "监管"), PASSWORD, "密码")]
    plain = str(tmp_path / "plain")
    for arguments, password, words in refusals:
        answer = bank("export", plain, "--personal", *arguments, QINGSHOU_PASSWORD=password)
        assert answer.status == 1 and words in answer.err and not Path(plain).exists(), arguments
    done = bank("export", plain, "--personal", "auditor", "--reason", "监管报送", "--json", QINGSHOU_PASSWORD=PASSWORD)
    assert done.status == 0 and done.json["personal"] == "plain"
    assert bank("export", plain).status == 1  # overwrites nothing
