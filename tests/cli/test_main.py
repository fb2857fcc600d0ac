"""The command's manners: help, usage, refusals, machine-readable answers, and no tracebacks."""

import argparse
import json
from pathlib import Path

import pytest

from qingshou.cli import commands, main, wording
from qingshou.cli.commands import unit


@pytest.fixture(autouse=True)
def _argparse_speaks_by_itself_again():
    yield
    wording.speak("en")


def test_without_a_command_the_help_is_shown_as_wrong_usage(qingshou):
    answer = qingshou()
    assert answer.status == 2 and "init" in answer.err and answer.out == ""


USAGES = [("nosuch",), ("init", "--nosuch"), ("backup",), ("unit",), ("unit", "add"), ("serve", "--port", "x"),
          ("policy", "show", "--date", "2026-02-30"), ("work", "x")]


@pytest.mark.parametrize("arguments", USAGES, ids=" ".join)
def test_wrong_usage_ends_with_two(qingshou, arguments):
    answer = qingshou(*arguments)
    assert answer.status == 2 and answer.err and "Traceback" not in answer.err


def test_help_speaks_the_language_of_the_locale(qingshou, monkeypatch):
    chinese = qingshou("init", "--help")
    assert chinese.status == 0 and "建立或升级数据库" in chinese.out and "用法：" in chinese.out and "显示帮助" in chinese.out
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    english = qingshou("init", "--help")
    assert english.status == 0 and "usage:" in english.out and "creates or migrates" in english.out.lower()


def test_every_text_of_argparse_that_is_reworded_is_one_it_has():
    source = Path(argparse.__file__).read_text(encoding="utf-8")
    for text in wording.TEXTS:
        assert json.dumps(text).replace('"', "'") in source or json.dumps(text) in source, text


def test_every_command_has_name_help_arguments_and_run():
    import importlib
    import pkgutil

    names = {found.name for found in pkgutil.iter_modules(commands.__path__)}
    assert {"init", "serve", "work", "audit", "policy", "backup", "restore", "export", "user", "unit"} <= names
    for name in names:
        module = importlib.import_module(f"{commands.__name__}.{name}")
        assert isinstance(module.NAME, str) and str(module.HELP) and callable(module.add_arguments) and callable(module.run)


@pytest.mark.django_db
def test_a_refusal_has_its_reasons_on_standard_error_and_for_machines_as_json(qingshou):
    answer = qingshou("unit", "add", "--code", "D1", "--name", "一部", "--kind", "division", "--parent", "HO")
    assert answer.status == 1 and "没有代码为 HO 的机构" in answer.err and answer.out == ""
    answer = qingshou("unit", "add", "--code", "D1", "--name", "一部", "--kind", "division", "--parent", "HO", "--json")
    assert answer.status == 1 and "没有代码为 HO 的机构" in answer.json["errors"][0] and answer.err.count("\n") == 1


@pytest.mark.django_db
def test_json_may_stand_before_or_after_the_action(qingshou):
    assert qingshou("unit", "--json", "list").json == {"rows": []}
    assert qingshou("unit", "list", "--json").json == {"rows": []}
    assert qingshou("unit", "list").out == ""


@pytest.mark.django_db
def test_a_mistake_of_the_program_is_told_in_a_line_with_the_details_in_a_log(qingshou, monkeypatch, settings, tmp_path):
    settings.HOME = tmp_path

    def broken(arguments):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(unit, "run", broken)
    answer = qingshou("unit", "list")
    assert answer.status == 1 and answer.err.startswith("内部错误：ZeroDivisionError: oh") and answer.err.count("\n") == 1
    assert "Traceback" in (tmp_path / "errors.log").read_text()


def test_a_store_that_was_never_made_says_what_to_do(installation):
    for command in (("unit", "list"), ("audit", "verify"), ("backup", str(installation.home / "x.tar")), ("serve",), ("work",)):
        answer = installation(*command)
        assert answer.status == 1 and "qingshou init" in answer.err, command


@pytest.mark.parametrize(("variables", "words"), [
    ({"QINGSHOU_MODE": "party"}, "QINGSHOU_MODE"),
    ({"QINGSHOU_DATABASE_URL": "oracle://x/y"}, "QINGSHOU_DATABASE_URL"),
    ({"QINGSHOU_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "数据库无法使用"),
    ({"QINGSHOU_SECRET_KEY": "short"}, "QINGSHOU_SECRET_KEY"),
    ({"QINGSHOU_SECRET_KEY": "a" * 60}, "QINGSHOU_SECRET_KEY"),
    ({"QINGSHOU_DATA_KEY": "test-only-data_key-" + "0" * 40}, "QINGSHOU_DATA_KEY"),
    ({"QINGSHOU_SECRET_KEY": "changeme-changeme-1234567890-qwertyuiop-x"}, "QINGSHOU_SECRET_KEY"),
    ({"QINGSHOU_IDLE_MINUTES": "never"}, "QINGSHOU_IDLE_MINUTES"),
    ({"QINGSHOU_HOME": "/proc/none/such"}, "/proc/none"),
], ids=lambda value: str(value)[:50])
def test_an_environment_that_cannot_be_used_is_refused_by_name(installation, variables, words):
    answer = installation("unit", "list", "--json", **variables)
    assert answer.status == 1 and words in answer.err and words in answer.json["errors"][0]


def test_the_exit_status_of_help_is_zero_for_every_command(qingshou):
    assert qingshou("--help").status == 0
    assert main.main(["policy", "show", "--help"]) == 0
