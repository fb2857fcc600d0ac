"""POST /api/calc/NAME: open to anyone, the same answers as the command, refusals in JSON."""

from __future__ import annotations

import pytest

from qingshou.calculators.registry import calculate, calculators
from qingshou.store.policy import current_policy

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", list(calculators()))
def test_anyone_gets_the_answer_that_the_command_gives(anyone, name):
    example = calculators()[name].example
    assert anyone.post(f"/api/calc/{name}", example) == (200, calculate(name, example, current_policy()))


def test_bad_input_is_refused_by_name(anyone):
    status, answer = anyone.post("/api/calc/interest", {"principal": "-1.00", "annual_rate": "7.2", "start": "2023-02-30",
                                                        "end": "2023-03-01", "basis": "actual/360", "extra": 1})
    assert status == 422
    assert [reason.partition(":")[0] for reason in answer["errors"]] == ["principal", "start", "extra"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b"[]", b'"text"', b"NaN"])
def test_what_is_not_an_input_is_refused_without_a_traceback(anyone, body):
    status, answer = anyone.post("/api/calc/interest", body)
    assert status == 422 and len(answer["errors"]) == 1


def test_an_unknown_calculator_is_not_found(anyone):
    assert anyone.post("/api/calc/nonsense", {}) == (404, {"errors": ["没有找到。"]})


def test_schemas_are_there_to_read(anyone):
    status, schema = anyone.get("/api/calc/statement")
    assert status == 200 and schema["required"] == ["loan", "events", "as_of"]
    assert {item["name"] for item in anyone.get("/api/calc")[1]} == set(calculators())
