"""The household's page and the list in a browser: read, filter, unmask, search."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from qingshou.portfolio.models import Guarantee, LevelChange, Party, Relation
from tests import factories
from tests.portfolio.states import make_states


@pytest.fixture
def home(bank):
    home, loan = bank.households[0], bank.loans[0]
    guarantor = Party.objects.create(kind="person", name="周满福", initials="zmf", phone="19933334444", phone_tail="4444")
    Guarantee.objects.create(loan=loan, guarantor=guarantor, kind="joint")
    Relation.objects.create(party=home.borrower, name="周满囤", kind="kin", phone="19955556666", phone_tail="6666",
                            source="走访")
    factories.make_event(loan, "disbursement", date(2025, 1, 1), 10_000_000)
    for month in range(2, 9):
        factories.make_event(loan, "repayment", date(2026, month, 3), 200_000 * month, channel="柜面")
    LevelChange.objects.create(loan=loan, date=date(2026, 1, 9), before="normal", after="special_mention", reasons="[]")
    make_states(*bank.households, segment="unclassified", segment_missing="ability", path="small_default",
                next_step="second_visit", next_due=date(2026, 11, 25))
    return home


def test_a_collector_finds_reads_and_unmasks_a_household(page_as, picture, bank, home):
    page = page_as(bank.users["collector"])
    page.goto("/households/")
    picture(page, "households")
    page.locator("[data-find]").press_sequentially("zmc", delay=30)
    page.locator("#suggestions a", has_text="周满仓").click()
    expect(page.locator("h1")).to_have_text("周满仓")
    picture(page, "household")
    page.locator("#timeline .kinds a", has_text="分类").click()
    expect(page.locator("#timeline .timeline li")).to_have_count(1)
    expect(page.locator("#timeline")).to_contain_text("正常 → 关注")
    person = page.locator("#person")
    expect(person).not_to_contain_text(home.borrower.phone)
    person.locator("dd", has_text="199****").get_by_text("显示").click()
    page.locator("[name=reason]:visible").fill("电话催收")
    page.locator("[name=reason]:visible").press("Enter")
    expect(page.locator("body")).to_contain_text(home.borrower.phone)


def test_a_household_fits_a_phone(page_as, picture, bank, home):
    page = page_as(bank.users["collector"], phone=True)
    page.goto(f"/households/{home.pk}/")
    expect(page.locator("#loans")).to_contain_text("结清")
    picture(page, "household-phone")
    page.goto("/households/?level=special_mention")
    picture(page, "households-phone")
