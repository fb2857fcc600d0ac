"""qingshou calc NAME: JSON in, JSON out, reasons on standard error."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace

import pytest

from qingshou.calculators.registry import calculators
from qingshou.cli.main import main

pytestmark = pytest.mark.django_db
INTEREST = calculators()["interest"].example


@pytest.fixture
def calc(monkeypatch, capsys):
    """``calc(bytes, *arguments)``: exit status, standard output, standard error."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def run(given: bytes, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(given)))
        status = main(["calc", *arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_the_answer_is_json(calc):
    status, out, err = calc(json.dumps(INTEREST).encode(), "interest")
    assert (status, json.loads(out), err) == (0, {"days": 60, "interest": "1800.00"}, "")


def test_a_refusal_is_one_reason_a_line_and_status_1(calc):
    status, out, err = calc(json.dumps(INTEREST | {"principal": "-1.00", "end": "2026-02-30"}).encode(), "interest")
    assert (status, out) == (1, "")
    assert err.splitlines() == ["principal: 金额不能为负", "end: 没有这一天，日期须写成 YYYY-MM-DD"]


@pytest.mark.parametrize("given", [b"", b"{", b"\xff", b"[" * 50_000, "{’a’:1}".encode("gb18030")])
def test_what_is_not_json_is_refused_without_a_traceback(calc, given):
    status, out, err = calc(given, "interest")
    assert (status, out, len(err.splitlines())) == (1, "", 1)


def test_a_byte_order_mark_does_not_matter(calc):
    assert calc(b"\xef\xbb\xbf" + json.dumps(INTEREST).encode(), "interest")[0] == 0


def test_each_line_is_answered_in_its_place(calc):
    lines = [
        json.dumps(INTEREST),
        "",
        "{",
        json.dumps(INTEREST | {"principal": "x"}),
        json.dumps(INTEREST | {"principal": "7300.00"}),
    ]
    status, out, _err = calc("\n".join(lines).encode(), "interest", "--lines")
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 1 and [sorted(answer) for answer in answers] == [
        ["days", "interest"],
        ["errors"],
        ["errors"],
        ["days", "interest"],
    ]
    assert answers[3]["interest"] == "131.40"


def test_the_schema_and_the_list_are_there_to_read(calc):
    assert json.loads(calc(b"", "schedule", "--schema")[1])["properties"]["method"]["enum"][0] == "equal_instalment"
    assert {line.split("\t")[0] for line in calc(b"")[1].splitlines()} == set(calculators())


def test_an_unknown_name_is_refused_with_those_there_are(calc):
    status, _out, err = calc(b"{}", "nonsense")
    assert status == 1 and "interest" in err
