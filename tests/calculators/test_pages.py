"""Pages of calculators: a form from the schema, the result as tables, errors beside their fields."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from qingshou.access.models import User
from qingshou.calculators import forms
from qingshou.calculators.registry import calculators

pytestmark = pytest.mark.django_db

INTEREST = {
    "principal": "100000.00",
    "annual_rate": "10.8",
    "start": "2026-01-01",
    "end": "2026-03-02",
    "basis": "actual/360",
}
STATEMENT = {
    "loan.principal": "100000.00",
    "loan.annual_rate": "7.2",
    "loan.penalty_surcharge": "50",
    "loan.basis": "actual/360",
    "loan.start": "2025-01-01",
    "loan.maturity": "2026-01-01",
    "loan.compound": "none",
    "as_of": "2026-03-02",
    "events.0.date": "2026-02-01",
    "events.0.kind": "repayment",
    "events.0.amount": "5000.00",
    "events.0.rate": "",
    "order": ["", "", "", "", ""],
}


@pytest.fixture
def visitor(make_user) -> Client:
    client = Client()
    client.force_login(make_user())
    return client


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_leads_to_each_calculator(visitor):
    page = text(visitor.get("/calculators/"))
    assert all(f'href="/calculators/{name}"' in page for name in calculators())


@pytest.mark.parametrize("name", list(calculators()))
def test_each_page_shows_an_example_with_its_result(visitor, name):
    page = text(visitor.get(f"/calculators/{name}"))
    assert f"| qingshou calc {name}" in page and "未能计算" not in page


def test_a_filled_form_is_computed(visitor):
    page = text(visitor.post("/calculators/interest", INTEREST))
    assert "<dd>1,800.00" in page and 'value="100000.00"' in page


def test_a_form_with_lists_is_computed_and_empty_rows_do_not_count(visitor):
    page = text(visitor.post("/calculators/statement", STATEMENT | {"events.1.date": "", "events.1.amount": ""}))
    assert "1,800.00" in page and "4,070.00" in page and 'name="events.1.date"' not in page


def test_errors_stand_beside_their_fields(visitor):
    page = text(visitor.post("/calculators/statement", STATEMENT | {"loan.principal": "-5", "events.0.amount": "abc"}))
    for control in ("loan-principal", "events-0-amount"):
        assert f'aria-describedby="f-{control}-error"' in page and f'id="f-{control}-error"' in page
    assert "金额不能为负" in page and "qingshou calc" not in page


def test_rows_are_added_and_removed_without_computing(visitor):
    page = text(visitor.post("/calculators/statement", STATEMENT | {"add": "events"}))
    assert 'name="events.1.date"' in page and "qingshou calc" not in page
    page = text(visitor.post("/calculators/statement", STATEMENT | {"drop": "events.0"}))
    assert 'name="events.0.date"' not in page


def test_json_is_computed_and_bad_json_is_refused(visitor):
    assert "1,800.00" in text(visitor.post("/calculators/interest", {"as_json": "1", "json": json.dumps(INTEREST)}))
    page = text(visitor.post("/calculators/interest", {"as_json": "1", "json": "{'"}))
    assert "不是有效的 JSON" in page and "{&#x27;" in page


def test_an_empty_form_asks_for_everything(visitor):
    assert 'value="100000.00"' not in text(visitor.get("/calculators/interest?blank"))
    assert text(visitor.post("/calculators/interest", {})).count("缺少此项") == 5


def test_what_a_user_types_is_shown_as_text(visitor):
    page = text(
        visitor.post(
            "/calculators/allocation",
            {
                "amount": "1.00",
                "dues.0.id": "<script>x</script>",
                "dues.0.kind": "fee",
                "dues.0.due": "2026-01-01",
                "dues.0.amount": "1.00",
            },
        )
    )
    assert "<script>x" not in page and "&lt;script&gt;x" in page


def test_an_htmx_request_gets_the_panel_alone(visitor):
    page = text(visitor.post("/calculators/interest", INTEREST, headers={"HX-Request": "true"}))
    assert page.lstrip().startswith('<div id="calculator"')


def test_an_unknown_calculator_is_not_found_and_a_slash_does_not_matter(visitor):
    assert visitor.get("/calculators/nonsense").status_code == 404
    assert visitor.get("/calculators/interest/").headers["Location"] == "/calculators/interest"


def test_one_must_sign_in_and_hold_a_posting(db):
    assert Client().get("/calculators/").status_code == 302
    stranger = Client()
    stranger.force_login(User.objects.create_user("stranger", password="pass-word-1234"))
    assert stranger.get("/calculators/interest").status_code == 403


@pytest.mark.parametrize("name", list(calculators()))
def test_a_form_filled_with_the_example_reads_back_as_the_example(name):
    from django.http import QueryDict

    schema, example = calculators()[name].schema(), calculators()[name].example
    made, loose = forms.controls(schema, example)
    post = QueryDict(mutable=True)
    for control in forms._all(made):
        if control.kind == "picks":
            post.setlist(control.path, control.picked)
        elif control.kind not in ("group", "rows"):
            post[control.path] = control.value
    defaults = {key: part["default"] for key, part in schema["properties"].items() if part.get("default") is not None}
    assert not loose and forms.read(schema, post) == {**defaults, **example}
