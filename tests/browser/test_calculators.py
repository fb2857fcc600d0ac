"""Calculators in a browser: on the desk with scripts, on a phone, and without scripts."""

from __future__ import annotations

from playwright.sync_api import expect


def test_a_statement_is_computed_and_corrected_in_place(page_as, bank, picture):
    page = page_as(bank.users["collector"])
    page.goto("/calculators/statement")
    page.get_by_role("button", name="添加一行").click()
    expect(page.locator("[name='events.1.date']")).to_be_visible()
    page.fill("[name='events.1.date']", "2026-02-15")
    page.select_option("[name='events.1.kind']", "repayment")
    page.get_by_role("button", name="计算", exact=True).first.click()
    expect(page.locator("#f-events-1-amount-error")).to_have_text("缺少此项")
    page.fill("[name='events.1.amount']", "1000.00")
    page.locator("form.card").get_by_role("button", name="计算", exact=True).last.click()
    expect(page.get_by_role("heading", name="计息分段")).to_be_visible()
    expect(page.locator("[name='loan.principal']")).to_have_value("100000.00")
    picture(page, "calculator-statement")


def test_a_phone_shows_each_row_of_a_list_as_a_block(page_as, bank, picture):
    page = page_as(bank.users["collector"], phone=True)
    page.goto("/calculators/allocation")
    expect(page.locator("[name='dues.2.amount']")).to_be_visible()
    picture(page, "phone-calculator-allocation")


def test_without_scripts_everything_works(page_as, bank):
    page = page_as(bank.users["collector"], scripts=False)
    page.goto("/calculators/interest")
    page.fill("[name='principal']", "7300.00")
    page.locator("form.card").get_by_role("button", name="计算", exact=True).last.click()
    expect(page.locator("dl.figures")).to_contain_text("131.40")
