"""A real Chromium on a live server. Tests here are marked ``browser`` and get a store that the server's threads can see.

``page_as(user)`` opens a signed-in page, ``page_as(user, phone=True)`` one on a phone; ``picture(page, "name")`` writes
``screenshots/name.png``. A page that logs an error, breaks the content security policy or scrolls sideways fails its test.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

# Playwright's sync API keeps an event loop in this thread; the ORM would refuse to work beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

expect.set_options(timeout=20_000)  # a busy machine is slow; what never comes fails all the same

HERE = Path(__file__).parent
PICTURES = HERE.parent.parent / "screenshots"
DESK = {"width": 1360, "height": 820}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is missing: apt-get install chromium (see .ci/run)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page_as(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """``page_as(user, phone=False, language="zh-hans", scripts=True)``: a page whose addresses are relative to the server.

    *user* None is a visitor who has not signed in; *refusals* says that the test provokes errors, which the page may log.
    """
    contexts, complaints = [], []

    def open_page(user: Any = None, phone: bool = False, language: str = "zh-hans", scripts: bool = True,
                  refusals: bool = False) -> Page:
        context = chromium.new_context(
            base_url=live_server.url, viewport=PHONE if phone else DESK, has_touch=phone, is_mobile=phone,
            locale="zh-CN", timezone_id=settings.TIME_ZONE, java_script_enabled=scripts)
        contexts.append(context)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if user is not None:
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        # "Failed to load resource" repeats an answer's status, which a test of refusals looks at itself.
        page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}")
                if message.type == "error" and not refusals and "Failed to load resource" not in message.text else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """``picture(page, "name")``: look at the page and check that it fits its width."""

    def take(page: Page, name: str) -> None:
        PICTURES.mkdir(exist_ok=True)
        page.evaluate("window.scrollTo(0, 0)")  # else what sticks to the window stands in the middle of the picture
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name}: the page scrolls sideways by {wide} px"

    return take
