"""The documentation of the API is readable without a network and within the content security policy."""

from __future__ import annotations

from playwright.sync_api import expect


def test_the_api_documentation_is_drawn(page_as, bank):
    page = page_as(bank.users["admin"])
    page.goto("/api/docs")
    expect(page.locator("#swagger-ui .info")).to_contain_text("Qingshou")
