"""Day end's pages: who sees them, what they show, what the button does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from qingshou.access.permissions import SYSTEM
from qingshou.dayend.services import run_day_end
from qingshou.portfolio.models import BusinessDay, LoanState
from qingshou.store.models import Job
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = factories.TODAY


@pytest.fixture
def closed(client):
    bank = factories.make_bank()
    run_day_end(user=SYSTEM)
    client.force_login(bank.users["operations"])
    return bank


@pytest.mark.parametrize(("role", "status"), [
    ("operations", 200), ("compliance", 200), ("collector", 403), ("manager", 403), ("admin", 403)])
def test_who_may_open_the_page(client, role, status):
    client.force_login(factories.make_bank().users[role])
    assert client.get(reverse("dayend:index")).status_code == status


def test_the_button_runs_day_end_as_a_job_with_a_page_of_its_own(client):
    client.force_login(factories.make_bank().users["operations"])
    answer = client.post(reverse("dayend:index"), {"through": TODAY.isoformat()})
    job = Job.objects.get(kind="dayend.run")
    assert answer.status_code == 302 and answer.url == reverse("jobs:show", args=[job.pk])
    assert job.state == "done", job.note
    assert job.result["closed"] == [TODAY.isoformat()] and job.result["url"] == reverse("dayend:index")
    assert LoanState.objects.count() == 4


def test_the_button_is_not_there_for_who_only_audits(client):
    client.force_login(factories.make_bank().users["compliance"])
    assert "csrfmiddlewaretoken" not in client.get(reverse("dayend:index")).content.decode().split("<main")[1]
    assert client.post(reverse("dayend:index"), {"through": TODAY.isoformat()}).status_code == 403
    assert not Job.objects.exists()


@pytest.mark.parametrize("given", ["", "2026-02-30", "明天", "9999-12-31", "1900-01-01"])
def test_a_date_that_cannot_be_run_is_refused_on_the_form(client, given):
    client.force_login(factories.make_bank().users["operations"])
    answer = client.post(reverse("dayend:index"), {"through": given})
    assert answer.status_code == 422 and '<p class="error"' in answer.content.decode()
    assert BusinessDay.objects.get().date == TODAY


def test_the_day_shows_each_step_and_the_rows_behind_it(client, closed):
    index = client.get(reverse("dayend:index")).content.decode()
    address = reverse("dayend:day", args=[TODAY])
    assert address in index and str(TODAY + timedelta(days=1)) in index
    steps = client.get(address).content.decode()
    assert "4 笔贷款" in steps and "首次认定为关注及以下 4 笔" in steps
    levels = client.get(address, {"show": "levels"}).content.decode()
    assert all(loan.loan_no in levels for loan in closed.loans) and "可疑" in levels and "逾期 327 天" in levels
    made = client.get(address, {"show": "made"}).content.decode()
    assert "周满仓" in made and "永顺粮油经营部" in made
    assert "没有取消任务" in client.get(address, {"show": "ended"}).content.decode()
    assert "没有到期的承诺" in client.get(address, {"show": "promises"}).content.decode()


@pytest.mark.parametrize("address", ["/dayend/2026-11-25/", "/dayend/2026-13-01/", "/dayend/1999-01-01/",
                                     "/dayend/2026-11-24/?show=nothing"])
def test_a_day_that_was_not_closed_is_not_found(client, closed, address):
    assert client.get(address).status_code == 404


def test_asking_again_while_a_day_end_waits_leads_to_the_same_job(client, closed):
    waiting = Job.objects.create(kind="dayend.run", title="日终", arguments={"through": "2026-11-25"})
    answer = client.post(reverse("dayend:index"), {"through": "2026-11-25"})
    assert answer.url == reverse("jobs:show", args=[waiting.pk])
    assert "查看进度" in client.get(reverse("dayend:index")).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_rows(client, closed, django_assert_max_num_queries):
    for number in range(12):
        factories.make_loan(factories.make_household(name=f"户{number}"))
    run_day_end(user=SYSTEM, through=date(2026, 11, 25))
    for show in ("", "levels", "made", "ended", "promises"):
        with django_assert_max_num_queries(14):
            client.get(reverse("dayend:day", args=[date(2026, 11, 25)]), {"show": show})
