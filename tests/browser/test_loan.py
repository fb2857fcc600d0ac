"""A backdated repayment and its reversal on the loan's page: preview, confirm, what was derived again."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from qingshou.portfolio.models import LedgerEvent
from tests import factories
from tests.portfolio.states import make_states


@pytest.fixture
def loan(bank):
    loan = bank.loans[0]
    factories.make_event(loan, "disbursement", date(2025, 1, 1), 10_000_000)
    factories.make_event(loan, "repayment", date(2026, 6, 1), 2_000_000, channel="柜面")
    make_states(bank.households[0])
    return loan


def test_a_backdated_repayment_is_previewed_confirmed_and_reversed(page_as, picture, bank, loan):
    page = page_as(bank.users["operations"])
    page.goto(f"/loans/{loan.loan_no}/")
    picture(page, "loan")
    page.keyboard.press("n")
    page.get_by_label("业务日期").fill("2026-03-01")
    page.get_by_label("金额（元）").fill("２０，０００．00")
    page.get_by_role("button", name="预览").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("罚息 1,770.00 · 利息 7,300.00 · 本金 10,930.00")
    expect(preview).to_contain_text("其后 1 笔重新冲抵")
    picture(page, "loan-preview")
    assert LedgerEvent.objects.filter(source="hand").count() == 0
    preview.get_by_label("原因").fill("柜面凭证 0031 补录")
    page.get_by_role("button", name="确认入账").click()
    expect(page.locator("#toasts")).to_contain_text("已登记：还款")
    event = LedgerEvent.objects.get(source="hand")
    row = page.locator(f"#event-{event.pk}")
    expect(row).to_contain_text("本金 10,930.00")
    row.get_by_text("冲正").click()
    page.get_by_role("button", name="预览").click()
    expect(page.locator("#preview")).to_contain_text("不再起作用")
    page.locator("#preview").get_by_label("原因").fill("重复补录")
    page.get_by_role("button", name="确认入账").click()
    expect(page.locator(f"#event-{event.pk}")).to_contain_text("冲正")
    expect(page.locator(f"#event-{event.pk}")).to_have_class("gone")


def test_what_cannot_stand_is_said_at_its_field(page_as, bank, loan):
    page = page_as(bank.users["operations"], refusals=True)
    page.goto(f"/loans/{loan.loan_no}/enter/")
    page.get_by_label("业务日期").fill("2026-11-25")
    page.get_by_label("金额（元）").fill("12.345")
    page.get_by_role("button", name="预览").click()
    expect(page.locator(".field", has=page.get_by_label("金额（元）")).locator(".error")).to_have_text("最多两位小数。")
    page.get_by_label("金额（元）").fill("12.34")
    page.get_by_role("button", name="预览").click()
    expect(page.locator(".field", has=page.get_by_label("业务日期")).locator(".error")).to_contain_text("不能晚于业务日")


def test_a_loan_and_its_statement_fit_a_phone(page_as, picture, bank, loan):
    page = page_as(bank.users["collector"], phone=True)
    page.goto(f"/loans/{loan.loan_no}/")
    picture(page, "loan-phone")
    page.goto(f"/loans/{loan.loan_no}/statement/?date=2026-05-01")
    expect(page.locator("#lines")).to_contain_text("罚息")
    picture(page, "statement-phone")
