"""Day end from its button to the rows behind its report, at a desk and on a phone."""

from __future__ import annotations

from django.db import connections
from playwright.sync_api import expect

from tests import factories


def test_the_button_closes_the_day_and_the_report_opens_what_changed(page_as, picture, bank):
    page = page_as(bank.users["operations"])
    page.goto("/dayend/")
    expect(page.locator("h1")).to_contain_text("2026-11-24")
    connections.close_all()  # the run wants the store for itself
    page.get_by_role("button", name="运行日终").click()
    expect(page.locator("#job")).to_contain_text("已完成")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("2026-11-25")
    picture(page, "dayend")
    page.get_by_role("link", name="2026-11-24").click()
    expect(page.locator("table")).to_contain_text("4 笔贷款")
    picture(page, "dayend-steps")
    page.get_by_role("link", name="首次认定为关注及以下 4 笔").click()
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.locator("table")).to_contain_text("逾期 327 天")
    picture(page, "dayend-levels")


def test_the_days_fit_a_phone(page_as, picture, bank):
    from qingshou.access.permissions import SYSTEM
    from qingshou.dayend.services import run_day_end

    run_day_end(user=SYSTEM, through=factories.TODAY)
    page = page_as(bank.users["operations"], phone=True)
    page.goto("/dayend/")
    expect(page.locator("tbody tr")).to_have_count(1)
    picture(page, "dayend-phone")
    page.goto("/dayend/2026-11-24/?show=made")
    expect(page.locator("tbody")).to_contain_text("周满仓")
    picture(page, "dayend-tasks-phone")
