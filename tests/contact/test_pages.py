"""Contacting by page: the guard first, then what came of it; promises; what stands on the household's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from qingshou.access.models import User
from qingshou.casework.models import Task
from qingshou.casework.services import place_hold
from qingshou.contact.models import ContactAttempt, GuardDecision, Promise, PromiseJudgement
from qingshou.portfolio.models import AllocationLine, Relation
from tests.contact.conftest import on
from tests.factories import TODAY, Bank, make_contact, make_event, make_promise, make_state, make_task

pytestmark = pytest.mark.django_db
Clock = Callable[[datetime], None]
FRIDAY = TODAY + timedelta(days=3)


@pytest.fixture
def client(bank: Bank, set_clock: Clock) -> Client:
    make_state(bank.households[0])
    return signed_in(bank.users["collector"])


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(client: Client, bank: Bank, **sent: Any) -> Any:
    url = reverse("contact:record", args=[bank.households[0].pk])
    return client.post(url, {"channel": "call", "person": "borrower"} | sent)


def test_a_call_is_asked_for_then_written_down_with_its_promise_and_ends_its_task(client: Client, bank: Bank) -> None:
    task = make_task(bank.households[0])
    shown = client.get(reverse("contact:record", args=[bank.households[0].pk]), {"task": task.pk, "next": "/today/"})
    assert "可联系" in shown.content.decode() and not GuardDecision.objects.exists(), "looking asks nothing in earnest"
    place = ask(client, bank, task=task.pk, next="/today/").headers["Location"]
    assert "承诺金额" in client.get(place).content.decode()
    sent = {"outcome": "promised", "identity_verified": "on", "amount": "3,000.00", "due": FRIDAY, "source_of_money": "果款",
            "note": "周四结账", "minutes": "3", "at": "10:00", "next": "/today/"}
    assert client.post(place, sent).headers["Location"] == "/today/"
    contact, promise = ContactAttempt.objects.get(), Promise.objects.get()
    assert (contact.duration_seconds, contact.task, promise.amount_fen, promise.due) == (180, task, 300_000, FRIDAY)
    assert Task.objects.get(pk=task.pk).state == "done"
    client.post(place, sent)
    assert ContactAttempt.objects.count() == 1, "sent twice, recorded once"
    assert "已经登记" in client.get(place).content.decode()


def test_after_one_contact_the_next_item_can_follow_at_once(client: Client, bank: Bank) -> None:
    place = ask(client, bank).headers["Location"]
    assert client.post(place, {"outcome": "no_answer", "then": "next"}).headers["Location"] == reverse("casework:next")


def test_a_refusal_of_the_guard_is_shown_with_its_rule_and_kept(client: Client, bank: Bank, set_clock: Clock) -> None:
    set_clock(on(22, 30))
    answer = ask(client, bank)
    text = answer.content.decode()
    assert answer.status_code == 422 and "08:00" in text and "GB/T 45251" in text
    decision = GuardDecision.objects.get()
    assert not decision.allowed
    refused = client.get(reverse("contact:outcome", args=[decision.pk])).content.decode()
    assert "合规闸未放行" in refused and 'name="outcome"' not in refused
    assert client.post(reverse("contact:outcome", args=[decision.pk]), {"outcome": "reached"}).status_code == 422
    assert not ContactAttempt.objects.exists()


def test_a_stranger_cannot_be_chosen_and_a_relative_says_why_not(client: Client, bank: Bank) -> None:
    Relation.objects.create(party=bank.households[0].borrower, name="周满福", kind="kin", source="申请表")
    text = client.get(reverse("contact:record", args=[bank.households[0].pk])).content.decode()
    assert "周满福" in text and "不得联系第三人" in text and "stranger" not in text
    assert ask(client, bank, person="stranger").status_code == 422 and not GuardDecision.objects.exists()


def test_a_visit_needs_a_companion(client: Client, bank: Bank) -> None:
    assert ask(client, bank, channel="visit").status_code == 422
    colleague = User.objects.get(username="colleague")
    place = ask(client, bank, channel="visit", companion=colleague.pk).headers["Location"]
    assert client.post(place, {"outcome": "met", "note": "在家"}).status_code == 302
    assert ContactAttempt.objects.get().companion == colleague


@pytest.mark.parametrize(("sent", "told"), [
    ({"outcome": "promised", "identity_verified": "on"}, 'id="id_amount_error"'),
    ({"outcome": "promised", "amount": "3000", "due": FRIDAY, "source_of_money": "果款"}, "未核实对方身份"),
    ({"outcome": "promised", "identity_verified": "on", "amount": "3.001", "due": FRIDAY}, "两位小数"),
    ({"outcome": "met"}, "error"), ({}, "error"),
])
def test_a_form_with_something_wrong_says_where(client: Client, bank: Bank, sent: dict[str, Any], told: str) -> None:
    answer = client.post(ask(client, bank).headers["Location"], sent)
    assert answer.status_code == 422 and told in answer.content.decode()
    assert not ContactAttempt.objects.exists()


def test_a_correction_stands_in_place_of_the_old_entry(client: Client, bank: Bank) -> None:
    old = make_contact(bank.households[0], on(9), answered=False, outcome="no_answer")
    url = reverse("contact:correct", args=[old.contact_no])
    assert client.post(url, {"outcome": "wrong_number", "note": "停机"}).status_code == 302
    page = client.get(reverse("portfolio:household", args=[bank.households[0].pk])).content.decode()
    assert "号码错误" in page and "停机" in page and ContactAttempt.objects.filter(pk=old.pk, outcome="no_answer").exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_others_households_decisions_and_contacts_are_not_there(client: Client, bank: Bank, method: str) -> None:
    theirs = make_contact(bank.households[3], on(9))
    place = ask(client, bank).headers["Location"].split("?")[0]
    manager = signed_in(bank.users["manager"])
    wrong = [client.get if method == "get" else client.post, manager.get if method == "get" else manager.post]
    assert wrong[0](reverse("contact:record", args=[bank.households[3].pk])).status_code == 404
    assert wrong[0](reverse("contact:correct", args=[theirs.contact_no])).status_code == 404
    assert wrong[1](place).status_code == 404, "a decision belongs to who asked"
    for role in ("operations", "compliance", "admin"):
        assert signed_in(bank.users[role]).post(reverse("contact:record", args=[bank.households[0].pk])).status_code == 403


def test_promises_are_listed_by_what_became_of_them(client: Client, bank: Bank) -> None:
    today = make_promise(bank.households[0], TODAY)
    later = make_promise(bank.households[1], FRIDAY)
    kept = make_promise(bank.households[1], TODAY - timedelta(days=4), made_on=TODAY - timedelta(days=9))
    PromiseJudgement.objects.create(promise=kept, judged_on=TODAY - timedelta(days=4), state="kept", paid_fen=300_000)
    make_promise(bank.households[3], TODAY)
    paid = make_event(bank.loans[0], "repayment", TODAY, 100_000)
    AllocationLine.objects.create(event=paid, loan=bank.loans[0], date=TODAY, principal_fen=0, interest_fen=100_000,
                                  penalty_fen=0, compound_fen=0, fee_fen=0, unapplied_fen=0)
    found = {scope: client.get(reverse("contact:promises"), {"scope": scope}) for scope in ("today", "running", "judged")}
    assert {scope: [row.promise for row in page.context["rows"]] for scope, page in found.items()} == {
        "today": [today], "running": [later], "judged": [kept]}
    assert found["today"].context["rows"][0].paid_fen == 100_000
    assert (found["today"].context["due"].households, found["today"].context["due"].amount_fen) == (1, 300_000)
    kept_rate = found["today"].context["kept"]
    assert [(line.kept, line.judged, line.rate) for line in kept_rate] == [(1, 1, 100)]


def test_the_newest_judgement_of_a_promise_counts(client: Client, bank: Bank) -> None:
    promise = make_promise(bank.households[0], TODAY - timedelta(days=4), made_on=TODAY - timedelta(days=9))
    for state, fen in (("kept", 300_000), ("broken", 0)):
        PromiseJudgement.objects.create(promise=promise, judged_on=TODAY - timedelta(days=4), state=state, paid_fen=fen)
    page = client.get(reverse("contact:promises"), {"scope": "judged"})
    assert [(line.kept, line.broken) for line in page.context["kept"]] == [(0, 1)]
    assert page.context["rows"][0].judgement.state == "broken"


def test_who_sees_no_households_sees_no_promises(client: Client, bank: Bank) -> None:
    make_promise(bank.households[0], TODAY)
    assert signed_in(bank.users["admin"]).get(reverse("contact:promises")).status_code == 403
    assert not signed_in(bank.other_collector).get(reverse("contact:promises")).context["rows"]


def test_promises_ask_a_bounded_number_of_queries(client: Client, bank: Bank, django_assert_max_num_queries: Any) -> None:
    for _ in range(40):
        make_promise(bank.households[0], TODAY)
    client.get(reverse("contact:promises"))
    with django_assert_max_num_queries(35):
        client.get(reverse("contact:promises"))


def test_the_households_page_shows_holds_tasks_contacts_promises_and_their_history(client: Client, bank: Bank) -> None:
    household, collector = bank.households[0], bank.users["collector"]
    make_contact(household, on(9), note="说周四还")
    promise = make_promise(household, TODAY - timedelta(days=1), made_on=TODAY - timedelta(days=5))
    PromiseJudgement.objects.create(promise=promise, judged_on=TODAY - timedelta(days=1), state="broken", paid_fen=0)
    place_hold(user=collector, household_id=household.pk, kind="dispute", reason="金额不符")
    make_task(household, title="核对账目", channel="office")
    text = client.get(reverse("portfolio:household", args=[household.pk])).content.decode()
    for word in ("暂停：异议", "金额不符", "核对账目", "说周四还", "破约", "0/1", "归类", "一部 用户"):
        assert word in text, word
