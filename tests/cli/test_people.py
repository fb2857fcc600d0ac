"""The bank's first steps by command: units and users, audited, with passwords that never stand on the command line."""

import pytest

from qingshou.access.models import AuditEntry, Unit, User
from qingshou.cli.commands import user as user_command

pytestmark = pytest.mark.django_db
GOOD = "qs-Tulip-81"


@pytest.fixture
def head_office(qingshou):
    made = qingshou("unit", "add", "--code", "HO", "--name", "总行", "--kind", "head_office", "--from", "2026-01-01")
    assert made.status == 0
    return Unit.objects.get(code="HO")


def add(qingshou, **changes):
    given = {"username": "admin", "name": "王管理", "role": "admin", "unit": "HO", "from": "2026-01-01", **changes}
    return qingshou("user", "add", *(part for name, value in given.items() for part in (f"--{name}", value)))


def test_the_first_administrator_is_made_without_a_prompt(qingshou, head_office, monkeypatch):
    monkeypatch.setenv("QINGSHOU_PASSWORD", GOOD)
    assert add(qingshou).status == 0
    admin = User.objects.get(username="admin")
    assert admin.check_password(GOOD) and not admin.must_change_password and admin.postings.get().role == "admin"
    assert [entry.actor for entry in AuditEntry.objects.all()] == ["system"] * 3
    listed = qingshou("user", "list", "--json").json["rows"]
    assert listed == [{"username": "admin", "name": "王管理", "active": True, "postings": ["HO:admin"]}]


def test_at_a_terminal_the_password_is_typed_twice_and_not_shown(qingshou, head_office, monkeypatch):
    typed = iter([GOOD, "other", GOOD, GOOD])
    monkeypatch.setattr(user_command.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(user_command.getpass, "getpass", lambda prompt: next(typed))
    refused = add(qingshou)
    assert refused.status == 1 and "不一致" in refused.err and not User.objects.exists()
    assert add(qingshou).status == 0


def test_without_terminal_and_variable_it_says_where_a_password_is_taken_from(qingshou, head_office, monkeypatch):
    monkeypatch.setattr(user_command.sys.stdin, "isatty", lambda: False, raising=False)
    answer = add(qingshou)
    assert answer.status == 1 and "QINGSHOU_PASSWORD" in answer.err and not User.objects.exists()


REFUSED = [({"unit": "D9"}, "没有代码为 D9 的机构；有：HO"), ({"username": "王 管理"}, "用户名"),
           ({"from": "2025-01-01"}, "存续期间")]


@pytest.mark.parametrize(("change", "words"), REFUSED, ids=lambda value: str(value))
def test_users_that_cannot_be_are_refused_whole(qingshou, head_office, monkeypatch, change, words):
    monkeypatch.setenv("QINGSHOU_PASSWORD", GOOD)
    answer = add(qingshou, **change)
    assert answer.status == 1 and words in answer.err and not User.objects.exists()


def test_a_weak_password_is_refused_with_every_reason_on_a_line(qingshou, head_office, monkeypatch):
    monkeypatch.setenv("QINGSHOU_PASSWORD", "1234")
    answer = add(qingshou)
    assert answer.status == 1 and len(answer.err.strip().splitlines()) == 3 and not User.objects.exists()


def test_a_forgotten_password_is_set_anew_as_a_temporary_one(qingshou, head_office, monkeypatch):
    monkeypatch.setenv("QINGSHOU_PASSWORD", GOOD)
    add(qingshou)
    monkeypatch.setenv("QINGSHOU_PASSWORD", GOOD + "x")
    assert qingshou("user", "password", "--username", "admin", "--temporary").status == 0
    admin = User.objects.get(username="admin")
    assert admin.check_password(GOOD + "x") and admin.must_change_password
    assert qingshou("user", "password", "--username", "nobody").status == 1


def test_a_user_is_deactivated_but_never_the_last_administrator(qingshou, head_office, monkeypatch):
    monkeypatch.setenv("QINGSHOU_PASSWORD", GOOD)
    add(qingshou)
    answer = qingshou("user", "deactivate", "--username", "admin")
    assert answer.status == 1 and "最后一名" in answer.err
    add(qingshou, username="other", role="risk")
    assert qingshou("user", "deactivate", "--username", "other", "--reason", "离职").status == 0
    assert not User.objects.get(username="other").is_active
    assert AuditEntry.objects.order_by("-sequence").first().reason == "离职"


def test_units_are_listed_as_a_tree(qingshou, head_office):
    assert qingshou("unit", "add", "--code", "D1", "--name", "一部", "--kind", "division", "--parent", "HO").status == 0
    assert qingshou("unit", "add", "--code", "D1", "--name", "又一部", "--kind", "division", "--parent", "HO").status == 1
    rows = qingshou("unit", "list", "--json").json["rows"]
    assert [(row["code"], row["depth"]) for row in rows] == [("HO", 0), ("D1", 1)]
    assert qingshou("unit", "list").out.splitlines()[1].startswith("  D1")
