"""Today and the small forms, by page, by guessed address, by POST."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from qingshou.access.models import AuditEntry, User
from qingshou.casework.models import Assignment, Finding, Hold, Task
from qingshou.portfolio.models import Household
from tests.contact.conftest import set_clock  # noqa: F401
from tests.factories import TODAY, Bank, make_state, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("set_clock")]


@pytest.fixture
def worked(bank: Bank) -> Bank:
    for household, score in zip(bank.households, (100, 300, 200, 400), strict=True):
        make_state(household, score=score)
        make_task(household)
    return bank


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_collector_sees_the_own_queue_with_counts_and_the_first_in_the_panel(worked: Bank) -> None:
    page = signed_in(worked.users["collector"]).get(reverse("casework:today"))
    text = page.content.decode()
    assert [row.household.borrower.name for row in page.context["rows"]] == ["何桂兰", "周满仓"]
    assert "今日应办 2 户，已办 0，剩 2，约 0.3 小时" in text
    assert page.context["chosen"].household == worked.households[1] and 'id="preview"' in text
    assert "赵有田" not in text and "永顺粮油经营部" not in text
    assert worked.households[1].borrower.id_number not in text, "personal data is masked"


@pytest.mark.parametrize(("role", "names"), [
    ("manager", ["何桂兰", "赵有田", "周满仓"]), ("operations", ["永顺粮油经营部", "何桂兰", "赵有田", "周满仓"]),
])
def test_a_manager_sees_the_division_and_head_office_all(worked: Bank, role: str, names: list[str]) -> None:
    page = signed_in(worked.users[role]).get(reverse("casework:today"))
    assert [row.household.borrower.name for row in page.context["rows"]] == names


@pytest.mark.parametrize("role", ["admin", "reviewer"])
def test_who_sees_no_households_has_no_queue(worked: Bank, role: str) -> None:
    assert signed_in(worked.users[role]).get(reverse("casework:today")).status_code == 403


def test_those_who_only_look_get_no_buttons_that_change(worked: Bank) -> None:
    text = signed_in(worked.users["operations"]).get(reverse("casework:today")).content.decode()
    assert reverse("casework:next") not in text and "/finding/" not in text


def test_the_panel_comes_alone_for_the_script_and_as_a_page_otherwise(worked: Bank) -> None:
    client, household = signed_in(worked.users["collector"]), worked.households[0]
    url = reverse("casework:preview", args=[household.pk])
    panel = client.get(url, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/today/?stage=middle"})
    text = panel.content.decode()
    assert "周满仓" in text and "<html" not in text and "stage%253Dmiddle" in text.replace("%3D", "%253D")
    assert client.get(url).headers["Location"] == reverse("portfolio:household", args=[household.pk])


def test_filters_narrow_and_are_kept_for_the_export(worked: Bank) -> None:
    client = signed_in(worked.users["manager"])
    page = client.get(reverse("casework:today"), {"village": "柳沟村"})
    assert [row.household.borrower.name for row in page.context["rows"]] == ["何桂兰"]
    assert "village=%E6%9F%B3" in page.context["query"]


def test_the_export_holds_the_own_field_and_is_written_down(worked: Bank) -> None:
    client = signed_in(worked.users["collector"])
    url = reverse("casework:export")
    assert client.get(url).status_code == 405
    answer = client.post(f"{url}?scope=due")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[2:]] == ["何桂兰", "周满仓"] and rows[2][7] == 48620.35
    entry = AuditEntry.objects.get(action="casework.export")
    assert entry.actor == "collector" and '"rows":2' in entry.after
    assert signed_in(worked.users["admin"]).post(url).status_code == 403


def test_the_next_item_is_the_best_that_may_be_done_now(worked: Bank) -> None:
    client = signed_in(worked.users["collector"])
    Hold.objects.create(household=worked.households[1], kind="complaint", starts_on=TODAY, reason="投诉",
                        made_by=worked.users["collector"], recorded_at="2026-11-24T09:00:00+08:00")
    place = client.get(reverse("casework:next")).headers["Location"]
    assert place.startswith(reverse("contact:record", args=[worked.households[0].pk])) and "channel=call" in place
    Task.objects.update(state="done", outcome="reached", ended_on=TODAY)
    assert client.get(reverse("casework:next"), {"scope": "due"}).headers["Location"].startswith(reverse("casework:today"))


def test_a_finding_is_recorded_from_the_sheet_and_leads_back(worked: Bank) -> None:
    client, household = signed_in(worked.users["collector"]), worked.households[0]
    url = reverse("casework:finding", args=[household.pk])
    assert "逾期原因" in client.get(url, headers={"X-Sheet": "1"}).content.decode()
    sent = {"cause": "turnover", "ability": "partial", "found_on": TODAY, "next": "/today/?on=1"}
    answer = client.post(url, sent, headers={"X-Sheet": "1"})
    assert answer.headers["HX-Redirect"] == "/today/?on=1"
    assert client.post(url, sent).headers["Location"] == "/today/?on=1", "without scripts, by the browser"
    assert Finding.objects.count() == 1, "sent twice, taken once"


def test_a_refused_finding_says_where_and_keeps_what_was_typed(worked: Bank) -> None:
    client, household = signed_in(worked.users["collector"]), worked.households[0]
    answer = client.post(reverse("casework:finding", args=[household.pk]), {"cause": "fraud", "found_on": TODAY})
    text = answer.content.decode()
    assert answer.status_code == 422 and "须写明依据" in text and 'value="fraud" checked' in text


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_nobody_is_led_away_from_the_site(worked: Bank, target: str) -> None:
    client, household = signed_in(worked.users["collector"]), worked.households[0]
    answer = client.post(reverse("casework:finding", args=[household.pk]),
                         {"cause": "family", "found_on": TODAY, "next": target})
    assert answer.headers["Location"] == reverse("portfolio:household", args=[household.pk])


def test_a_task_is_ended_by_its_form_once(worked: Bank) -> None:
    client = signed_in(worked.users["collector"])
    task = make_task(worked.households[0], channel="office", title="核对凭证")
    url = reverse("casework:task", args=[task.pk])
    assert client.post(url, {"state": "done", "outcome": ""}).status_code == 422
    assert client.post(url, {"state": "done", "outcome": "齐全"}).status_code == 302
    again = client.post(url, {"state": "done", "outcome": "齐全"})
    assert again.status_code == 422 and "已经结束" in again.content.decode()
    assert Task.objects.get(pk=task.pk).outcome == "齐全"


def test_a_call_is_postponed_but_not_done_by_the_form(worked: Bank) -> None:
    client, task = signed_in(worked.users["collector"]), Task.objects.get(household=worked.households[0])
    url = reverse("casework:task", args=[task.pk])
    assert client.post(url, {"state": "done", "outcome": "接通"}).status_code == 422
    tomorrow = TODAY + timedelta(days=1)
    assert client.post(url, {"state": "postponed", "postponed_to": tomorrow, "reason": "赶集"}).status_code == 302
    assert Task.objects.get(household=worked.households[0], state="open").due == tomorrow


def test_tasks_holds_and_handovers_go_by_their_forms(worked: Bank) -> None:
    household, manager = worked.households[0], signed_in(worked.users["manager"])
    pk = household.pk
    answers = [
        manager.post(reverse("casework:new_task", args=[pk]), {
            "channel": "visit", "target": "borrower", "title": "看果园", "due": TODAY}),
        manager.post(reverse("casework:hold", args=[pk]), {"kind": "hardship", "reason": "住院", "starts_on": TODAY}),
        manager.post(reverse("casework:lift", args=[Hold.objects.get().pk]), {"reason": "出院"}),
        manager.post(reverse("casework:hand_over", args=[pk]), {
            "collector": User.objects.get(username="colleague").pk, "starts_on": TODAY, "why": "leave", "reason": "病假"}),
    ]
    assert [answer.status_code for answer in answers] == [302] * 4
    assert Household.objects.get(pk=pk).custodian == User.objects.get(username="colleague")
    assert Task.objects.filter(household=household, owner__username="colleague").count() == 2


def test_responsibility_is_handed_over_for_some_or_for_all_that_is_shown(worked: Bank) -> None:
    client = signed_in(worked.users["operations"])
    url, other = reverse("casework:assignments"), worked.other_collector
    assert "没有责任人" in client.get(url).content.decode()
    sent: dict[str, Any] = {"collector": other.pk, "starts_on": TODAY, "why": "rotation", "reason": "轮换"}
    client.post(url, sent | {"household": [worked.households[0].pk]})
    assert Household.objects.filter(custodian=other).count() == 2
    client.post(f"{url}?village=柳沟村", sent | {"all": "1"})
    assert Household.objects.get(pk=worked.households[1].pk).custodian == other
    assert client.post(url, sent).status_code == 422, "nobody was chosen"
    assert Assignment.objects.filter(collector=other, ends_on=None).count() == 3


PLACES = ["finding", "new_task", "hold", "hand_over"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_households_of_others_are_not_there_by_guessed_address(worked: Bank, place: str, method: str) -> None:
    url = reverse(f"casework:{place}", args=[worked.households[3].pk])
    role = "manager" if place == "hand_over" else "collector"
    assert getattr(signed_in(worked.users[role]), method)(url, {"cause": "family"}).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_tasks_and_holds_of_others_are_not_there_by_guessed_address(worked: Bank, method: str) -> None:
    client, theirs = signed_in(worked.users["collector"]), worked.households[3]
    hold = Hold.objects.create(household=theirs, kind="dispute", starts_on=TODAY, reason="金额", made_by=worked.other_collector,
                               recorded_at="2026-11-24T09:00:00+08:00")
    for url in (reverse("casework:task", args=[Task.objects.get(household=theirs).pk]),
                reverse("casework:lift", args=[hold.pk]), reverse("casework:task", args=[999_999])):
        assert getattr(client, method)(url, {"state": "impossible", "reason": "x"}).status_code == 404
    panel = client.get(reverse("casework:preview", args=[theirs.pk]), headers={"HX-Request": "true"})
    assert panel.status_code == 404


@pytest.mark.parametrize("place", PLACES[:3])
@pytest.mark.parametrize("role", ["operations", "legal", "compliance", "admin"])
def test_those_who_do_not_work_households_are_refused(worked: Bank, place: str, role: str) -> None:
    url = reverse(f"casework:{place}", args=[worked.households[0].pk])
    assert signed_in(worked.users[role]).post(url, {"cause": "family", "found_on": TODAY}).status_code == 403
    assert not Finding.objects.exists()


def test_a_collector_hands_nothing_over(worked: Bank) -> None:
    client = signed_in(worked.users["collector"])
    assert client.get(reverse("casework:assignments")).status_code == 403
    assert client.post(reverse("casework:hand_over", args=[worked.households[0].pk])).status_code == 403


def test_the_page_asks_a_bounded_number_of_queries(worked: Bank, django_assert_max_num_queries: Any) -> None:
    client = signed_in(worked.users["manager"])
    client.get(reverse("casework:today"))
    with django_assert_max_num_queries(45):
        client.get(reverse("casework:today"))


@pytest.mark.parametrize(("role", "place"), [("collector", "casework:today"), ("manager", "casework:today")])
def test_work_begins_at_today(worked: Bank, role: str, place: str) -> None:
    assert signed_in(worked.users[role]).get("/").headers["Location"] == reverse(place)
