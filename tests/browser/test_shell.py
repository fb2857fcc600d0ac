"""The shell and the components in a browser, at a desk and on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

PRESSED = "a.btn, button, input:not([type=hidden], [type=checkbox], [type=radio]), label:has([type=radio]), select, .thumb a"
SMALL = f"""[...document.querySelectorAll('{PRESSED}')]
    .filter(item => item.offsetParent && item.getBoundingClientRect().height < 44).map(item => item.outerHTML)"""


def test_every_component_is_drawn_at_a_desk(page_as, picture, bank):
    page = page_as(bank.users["collector"])
    page.goto("/components/")
    for figure in page.locator("[data-chart]").all():
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_class(re.compile("drawn"))
    expect(page.locator("#progress").get_by_text("完成")).to_be_visible()
    picture(page, "components")


def test_every_component_is_drawn_on_a_phone(page_as, picture, bank):
    page = page_as(bank.users["collector"], phone=True)
    page.goto("/components/")
    for figure in page.locator("[data-chart]").all():
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_class(re.compile("drawn"))
    picture(page, "components-phone")
    small = page.evaluate(SMALL)
    assert small == [], "what a thumb presses is at least 44 px high"


def test_the_navigation_opens_on_a_phone(page_as, picture, bank):
    page = page_as(bank.users["collector"], phone=True)
    page.goto("/components/")
    assert page.locator("#nav").is_hidden()
    page.locator(".thumb").get_by_role("button", name="菜单").click()
    expect(page.locator("#nav")).to_be_visible()
    picture(page, "navigation-phone")
    page.locator("#nav .close").click()
    expect(page.locator("#nav")).to_be_hidden()


def test_keys_move_open_and_explain(page_as, bank):
    page = page_as(bank.users["collector"])
    page.goto("/components/")
    page.keyboard.press("j")
    expect(page.locator("#preview")).to_contain_text("周满仓")
    page.keyboard.press("j")
    expect(page.locator("#preview")).to_contain_text("何桂兰")
    page.keyboard.press("k")
    expect(page.locator("tr.on")).to_contain_text("周满仓")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("拨打")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("[data-find]")).to_be_focused()


def test_a_confirmed_form_is_sent_once_and_a_refused_one_not(page_as, bank):
    page = page_as(bank.users["collector"])
    page.goto("/components/")
    page.get_by_role("button", name="先问一句").click()
    page.locator("#confirm").get_by_role("button", name="取消").click()
    expect(page.locator(".toast")).to_have_count(0)
    page.get_by_role("button", name="先问一句").click()
    page.locator("#confirm").get_by_role("button", name="确定").click()
    expect(page.locator(".toast.success")).to_have_text(re.compile("已记录"))


def test_pages_work_without_scripts(page_as, bank):
    page = page_as(bank.users["collector"], phone=True, scripts=False)
    page.goto("/components/")
    page.get_by_role("button", name="先问一句").click()
    expect(page.locator(".toast.success")).to_be_visible()
    page.locator(".thumb").get_by_role("button", name="菜单").click()
    expect(page.locator("#nav")).to_be_visible()


def test_the_language_is_switched_in_place(page_as, picture, bank):
    page = page_as(bank.users["collector"])
    page.goto("/components/?page=2")
    page.locator(".top").get_by_role("button", name="English").click()
    expect(page).to_have_url(re.compile(r"/components/\?page=2$"))
    expect(page.locator("h1")).to_have_text("Components")
    picture(page, "components-english")
    page.locator(".top").get_by_role("button", name="简体中文").click()
    expect(page.locator("h1")).to_have_text("组件")


def test_an_unknown_address_says_what_to_do(page_as, picture, bank):
    page = page_as(bank.users["collector"])
    page.goto("/no-such-page/")
    expect(page.locator("h1")).to_have_text("没有这个页面")
    picture(page, "not-found")


def test_a_page_prints_without_its_frame(page_as, picture, bank):
    page = page_as(bank.users["collector"])
    page.goto("/components/")
    page.emulate_media(media="print")
    for frame in ("#nav", ".top", ".filters", ".hints"):
        expect(page.locator(frame).first).to_be_hidden()
    expect(page.locator(".print-only")).to_contain_text("一部")
    expect(page.locator("table").first).to_be_visible()


def test_a_lost_connection_is_said(page_as, bank):
    page = page_as(bank.users["collector"], refusals=True)
    page.goto("/components/#table")
    page.route("**/components/preview/**", lambda route: route.abort())
    page.keyboard.press("j")
    expect(page.locator(".toast.error")).to_contain_text("连不上服务器")


def test_a_refused_part_of_a_page_says_why(page_as, bank):
    page = page_as(bank.users["collector"], refusals=True)
    page.goto("/components/#table")
    refusal = '<div class="notice"><b>没有权限</b></div>'
    page.route("**/components/preview/**", lambda route: route.fulfill(status=403, body=refusal))
    page.keyboard.press("j")
    expect(page.locator(".toast.error")).to_contain_text("没有权限")
