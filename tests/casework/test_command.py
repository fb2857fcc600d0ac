"""qingshou queue."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qingshou.cli.main import main
from tests.factories import Bank, make_state, make_task

pytestmark = pytest.mark.django_db


def test_the_queue_of_a_collector_is_ranked_and_explained(bank: Bank, capsys: Any) -> None:
    why = '[{"code":"promise_today","rule":"priority.promise_within_days","promise_fen":300000}]'
    make_state(bank.households[0], score=10, reasons=why)
    make_state(bank.households[1], score=20)
    make_state(bank.households[3], score=30)
    make_task(bank.households[0])
    assert main(["queue", "--collector", "collector", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in answer["rows"]] == ["周满仓", "何桂兰"], "what is due comes first, others' never"
    first = answer["rows"][0]
    assert (first["rank"], first["total_owed"], first["stage"], first["tasks"][0]["title"]) == (
        1, "48620.35", "middle", "电话提醒")
    assert "3,000.00" in first["reasons"][0]["text"] and first["reasons"][0]["source"]
    assert (answer["left"], answer["done"]) == (1, 0)
    assert main(["queue", "--collector", "collector", "--due"]) == 0
    told = capsys.readouterr().out
    assert "周满仓" in told and "何桂兰" not in told and "3,000.00" in told


@pytest.mark.parametrize("arguments", [
    ["--collector", "nobody"], ["--collector", "admin"],
])
def test_a_user_who_is_unknown_or_sees_no_households_is_refused(bank: Bank, capsys: Any, arguments: list[str]) -> None:
    assert main(["queue", *arguments]) == 1
    captured = capsys.readouterr()
    assert arguments[1] in captured.err and not captured.out and "Traceback" not in captured.err


@pytest.mark.parametrize("arguments", [[], ["--collector", "collector", "--date", "2026-13-01"]])
def test_wrong_usage_is_told(bank: Bank, capsys: Any, arguments: list[str]) -> None:
    assert main(["queue", *arguments]) == 2
    assert arguments[-1:] == [] or arguments[-1] in capsys.readouterr().err
