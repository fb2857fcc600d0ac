"""Who may ask what over the API: no token, wrong scope, wrong role, somebody else's household."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.portfolio.states import make_states

pytestmark = pytest.mark.django_db

READS = ["/api/households", "/api/households/search?q=zmc", "/api/households/1", "/api/loans/L1", "/api/loans/L1/events",
         "/api/loans/L1/quote", "/api/loans/L1/statement", "/api/queue", "/api/jobs/1"]


@pytest.mark.parametrize("path", READS)
def test_without_a_token_nothing_is_told(anyone, path):
    assert anyone.get(path)[0] == 401


@pytest.mark.parametrize("path", ["/api/households/1/findings", "/api/loans/L1/events", "/api/tasks/1/end"])
def test_without_a_token_nothing_is_changed(anyone, path):
    assert anyone.post(path, {})[0] == 401


@pytest.mark.parametrize("path", READS[:-1])
def test_a_token_of_another_scope_is_refused(api_as, path):
    assert api_as("operations", "jobs.read").get(path)[0] == 403


@pytest.mark.parametrize("path", READS[:-1])
def test_a_role_without_a_view_of_households_sees_none(api_as, path):
    assert api_as("admin").get(path)[0] == 403


def test_guessing_the_household_of_another_finds_nothing(api_as, bank):
    mine, colleagues, other_divisions = bank.households[0], bank.households[2], bank.households[3]
    collector = api_as("collector")
    assert collector.get(f"/api/households/{mine.pk}")[0] == 200
    for foreign in (colleagues.pk, other_divisions.pk, 10**9):
        assert collector.get(f"/api/households/{foreign}") == (404, {"errors": ["没有找到。"]})
        assert collector.post(f"/api/households/{foreign}/findings", {"ability": "none"})[0] == 404
    for loan in (bank.loans[2], bank.loans[3]):
        for part in ("", "/events", "/quote", "/statement"):
            assert collector.get(f"/api/loans/{loan.loan_no}{part}")[0] == 404


def test_a_list_holds_the_field_and_no_more(api_as, bank):
    make_states(*bank.households)
    for username, count in (("collector", 2), ("manager", 3), ("operations", 4), ("other", 1)):
        status, page = api_as(username).get("/api/households")
        assert (status, page["count"], len(page["rows"])) == (200, count, count)


def test_searching_does_not_reach_beyond_the_field(api_as, bank):
    assert [row["name"] for row in api_as("other").get("/api/households/search", q="永顺")[1]["rows"]] == ["永顺粮油经营部"]
    assert api_as("collector").get("/api/households/search", q="永顺")[1]["rows"] == []


def test_personal_data_is_masked(api_as, bank):
    party = bank.households[0].borrower
    detail = api_as("collector").get(f"/api/households/{bank.households[0].pk}")[1]
    assert detail["phone"] == f"{party.phone[:3]}****{party.phone[-4:]}"
    assert party.id_number not in str(detail) and party.phone not in str(detail)


def test_a_signed_in_person_needs_no_token_to_read_but_a_csrf_token_to_change(bank):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bank.users["collector"])
    assert client.get(f"/api/households/{bank.households[0].pk}").status_code == 200
    answer = client.post(f"/api/households/{bank.households[0].pk}/findings", "{}", content_type="application/json")
    assert answer.status_code == 403 and answer.json()["errors"]


def test_addresses_that_are_not_there_are_told_in_json(anyone):
    assert anyone.get("/api/nothing/here") == (404, {"errors": ["没有找到。"]})


def test_the_description_lists_every_operation(anyone):
    status, description = anyone.get("/api/openapi.json")
    assert status == 200
    assert {"/api/calc/{name}", "/api/households/{pk}", "/api/loans/{loan_no}/events", "/api/queue", "/api/tasks/{pk}/end",
            "/api/jobs/{pk}"} <= set(description["paths"])
