"""A collector's morning in a browser: the queue by keys, a finding, a call with its promise, the end of a task."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from qingshou.casework.models import Finding, Task
from qingshou.casework.services import place_hold
from qingshou.contact import clock
from qingshou.contact.models import ContactAttempt, Promise
from tests import factories
from tests.contact.conftest import on

WHY = ('[{"code":"promise_today","rule":"priority.promise_within_days","promise_fen":300000},'
       '{"code":"never_contacted","rule":"priority.freshness"}]')


@pytest.fixture
def morning(bank, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: on(9, 30))
    for number, household in enumerate(bank.households):
        factories.make_state(household, score=400 - number, path="small_default", reasons=WHY, cause="turnover",
                             segment_missing="business_state,ability")
    first, second = bank.households[:2]
    factories.make_task(first, title="每日电话催要", source="path", path="small_default", step="early_call",
                        episode_on=factories.TODAY)
    factories.make_task(second, title="核对还款账户", channel="office")
    return bank


def heading(page, text):
    """The page with this heading, its scripts running."""
    expect(page.locator("h1")).to_have_text(text)
    page.wait_for_load_state()


def test_a_morning_by_keys(page_as, picture, morning):
    collector, (first, second) = morning.users["collector"], morning.households[:2]
    page = page_as(collector)
    page.goto("/")
    heading(page, "今日工作台")
    expect(page.locator("#preview h2")).to_have_text("周满仓")
    picture(page, "today")

    page.keyboard.press("j")
    expect(page.locator("#preview h2")).to_have_text("何桂兰")
    page.keyboard.press("e")
    page.locator("dialog.sheet [name=outcome]").fill("账户无误")
    picture(page, "end-task")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("办")
    page.wait_for_load_state()
    assert Task.objects.get(household=second).outcome == "账户无误"
    expect(page.locator("table.queue tbody tr")).to_have_count(1)

    page.keyboard.press("n")
    dialog = page.locator("dialog.sheet")
    expect(dialog).to_contain_text("归类还缺")
    for key in ("1", "1", "2", "1"):  # turnover, normal, partial, willing: each group hands the focus on
        page.keyboard.press(key)
    picture(page, "finding")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("已记录调查发现")
    page.wait_for_load_state()
    finding = Finding.objects.get(household=first)
    assert (finding.cause, finding.business_state, finding.ability, finding.willingness, finding.guarantee) == (
        "turnover", "normal", "partial", "willing", "")

    page.keyboard.press("s")
    heading(page, "联系 · 周满仓")
    page.keyboard.press("c")
    expect(page.locator(".chip", has_text="合规闸已放行")).to_be_visible()
    page.wait_for_load_state()
    expect(page.locator("[name=amount]")).to_be_hidden()
    page.keyboard.press("v")
    page.locator("body").press("1")
    page.locator("[name=amount]").fill("3,000")
    page.locator("[name=due]").fill("2026-11-27")
    page.locator("[name=source_of_money]").fill("果款")
    picture(page, "contact")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast").first).to_contain_text("承诺还款")
    promise = Promise.objects.get()
    assert (promise.amount_fen, promise.due.isoformat(), promise.contact.task.state) == (300_000, "2026-11-27", "done")
    expect(page.locator("h1 + span")).to_contain_text("已办 2，剩 0")

    page.goto("/promises/?scope=running")
    expect(page.locator("tbody tr")).to_contain_text("果款")
    picture(page, "promises")
    page.goto(f"/households/{first.pk}/")
    expect(page.locator("#contacts")).to_contain_text("承诺还款")
    picture(page, "household-worked")


def test_enter_opens_the_household_and_a_refusal_says_why(page_as, picture, morning):
    collector, first = morning.users["collector"], morning.households[0]
    place_hold(user=collector, household_id=first.pk, kind="complaint", reason="投诉待答复")
    page = page_as(collector, refusals=True)
    page.goto("/today/")
    expect(page.locator("tr.on .q-guard")).to_have_text("暂停")
    expect(page.locator("#preview .notice")).to_contain_text("已暂停：投诉")
    page.keyboard.press("Enter")
    heading(page, "周满仓")
    page.keyboard.press("c")
    page.locator(".people button").first.click()
    expect(page.locator(".notice.n-alarm")).to_contain_text("合规闸未放行")
    picture(page, "guard-refuses")
    assert not ContactAttempt.objects.exists()


def test_the_queue_fits_a_phone_and_a_finger(page_as, picture, morning):
    page = page_as(morning.users["collector"], phone=True)
    page.goto("/today/")
    expect(page.locator("#preview")).to_be_hidden()
    picture(page, "today-phone")
    page.locator("table.queue tr", has_text="周满仓").click()
    heading(page, "周满仓")
    page.get_by_role("link", name="联系").first.click()
    page.locator(".people button").first.click()
    page.locator(".picks label", has_text="未接").click()
    picture(page, "contact-phone")
    page.get_by_role("button", name="完成", exact=True).click()
    heading(page, "周满仓")
    assert ContactAttempt.objects.get().outcome == "no_answer"


def test_everything_works_without_scripts(page_as, morning):
    first = morning.households[0]
    page = page_as(morning.users["collector"], scripts=False)
    page.goto(f"/households/{first.pk}/")
    page.get_by_role("link", name="记录发现").first.click()
    page.locator(".picks label", has_text="拒绝还款").click()
    page.get_by_role("button", name="记录").click()
    heading(page, "周满仓")
    assert Finding.objects.get().cause == "refusing"


def test_english_reads_as_english(page_as, picture, morning):
    page = page_as(morning.users["manager"], language="en")
    page.goto("/today/")
    heading(page, "Today")
    expect(page.locator("h1 + span")).to_contain_text("Due today 2 households")
    picture(page, "today-english")
