"""The frame around every page: navigation, language, refusals, and what the browser is told."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse

from qingshou.web import nav, slots

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, make_user) -> Client:
    client.force_login(make_user())
    return client


def test_the_gallery_shows_every_component_with_its_source(signed_in: Client):
    html = signed_in.get("/components/?sort=owed").content.decode()
    for word in ('class="tile"', "chip c-good", "aria-sort", 'class="pager"', "field wrong", 'class="steps"', 'class="empty"',
                 'class="timeline"', 'class="stack"', "notice n-alarm", 'class="masked"', 'role="progressbar"', "<dialog",
                 "data-chart", "{% tile "):
        assert word in html, word


def test_the_gallery_is_for_people_who_are_signed_in(client: Client):
    assert client.get("/components/").status_code == 302


def test_scripts_come_from_us_alone(signed_in: Client):
    answer = signed_in.get("/components/")
    assert "script-src 'self';" in answer["Content-Security-Policy"]
    assert "unsafe-eval" not in answer["Content-Security-Policy"]
    html = answer.content.decode()
    assert not re.search(r"<script(?![^>]*(src=|application/json))", html), "no script in the page itself"
    assert not re.search(r"\son\w+=", html), "no handler in the markup"
    assert all(source.startswith("/static/") for source in re.findall(r'<script[^>]* src="([^"]+)"', html))


def test_pages_with_personal_data_are_kept_nowhere(signed_in: Client, client: Client):
    assert signed_in.get("/components/")["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("browser", ["en-US,en;q=0.9", "fr", ""])
def test_the_bank_s_language_comes_first_whatever_the_browser_prefers(signed_in: Client, browser: str):
    answer = signed_in.get("/components/", HTTP_ACCEPT_LANGUAGE=browser)
    assert answer["Content-Language"] == "zh-hans" and "<h1>组件</h1>" in answer.content.decode()


def test_the_reader_switches_the_language_and_stays_on_the_page(signed_in: Client):
    answer = signed_in.post(reverse("set_language"), {"language": "en", "next": "/components/?page=2"})
    assert answer.status_code == 302 and answer["Location"] == "/components/?page=2"
    english = signed_in.get("/components/")
    assert '<html lang="en">' in english.content.decode() and "<h1>Components</h1>" in english.content.decode()
    signed_in.post(reverse("set_language"), {"language": "zh-hans"})
    assert "<h1>组件</h1>" in signed_in.get("/components/").content.decode()


def test_an_unknown_language_changes_nothing(signed_in: Client):
    signed_in.cookies["django_language"] = "../../etc"
    assert signed_in.get("/components/")["Content-Language"] == "zh-hans"


def test_switching_never_leads_to_another_site(signed_in: Client):
    answer = signed_in.post(reverse("set_language"), {"language": "en", "next": "https://evil.example/"})
    assert answer["Location"].startswith("/")


def test_a_visitor_may_switch_the_language(client: Client):
    assert client.post(reverse("set_language"), {"language": "en"}).status_code == 302
    assert client.cookies["django_language"].value == "en"


def test_every_entry_of_the_navigation_has_a_page():
    assert nav.entries()
    for entry in nav.entries():
        assert reverse(entry.url_name).startswith("/"), entry.key


def test_an_entry_shows_to_those_who_may_open_it(monkeypatch: pytest.MonkeyPatch, make_user):
    monkeypatch.setattr(nav, "_entries", {})
    nav.register(nav.Entry("b", "system", "乙", "components", "audit.view", 10))
    nav.register(nav.Entry("a", "work", "甲", "components", None, 20, badge=lambda user: 21))
    nav.register(nav.Entry("z", "work", "丙", "components", None, 10, badge=lambda user: 0))
    shown = nav.visible(make_user("collector"))
    assert [(str(group), [(line.key, line.count) for line in lines]) for group, lines in shown] == [
        ("作业", [("z", None), ("a", 21)])]
    assert [str(group) for group, _ in nav.visible(make_user("compliance"))] == ["作业", "系统"]


def test_a_group_that_does_not_exist_is_refused():
    with pytest.raises(KeyError, match="navigation groups"):
        nav.register(nav.Entry("a", "garden", "甲", "components", None, 10))


def test_without_anybody_to_ask_nothing_that_needs_a_permission_shows(monkeypatch: pytest.MonkeyPatch, make_user):
    monkeypatch.setattr(nav, "_entries", {})
    monkeypatch.setattr(slots, "_provided", type(slots._provided)(list))
    nav.register(nav.Entry("a", "work", "甲", "components", "household.view", 10))
    assert nav.visible(make_user("collector")) == []


def _raise(error: Exception):
    @login_not_required
    def page(request):
        raise error
    return page


@login_not_required
def _plain(request):
    return HttpResponse("plain")


urlpatterns = [
    path("", include("qingshou.config.urls")),
    path("broken/", _raise(RuntimeError("secret detail"))),
    path("forbidden/", _raise(PermissionDenied("您的岗位没有此项权限：x"))),
    path("odd/", _raise(SuspiciousOperation("secret detail"))),
    path("missing/", _raise(Http404("secret detail"))),
    path("post/", _plain),
]
handler400, handler403, handler404, handler500 = (
    f"qingshou.web.pages.{name}" for name in ("bad_request", "forbidden", "not_found", "server_error"))


@override_settings(ROOT_URLCONF="tests.web.test_shell")
@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize(("address", "status", "words"), [
    ("/broken/", 500, "系统出错"), ("/forbidden/", 403, "您的岗位没有此项权限：x"), ("/odd/", 400, "请求无法理解"),
    ("/missing/", 404, "没有这个页面"),
])
def test_a_refusal_says_what_to_do_and_nothing_of_the_inside(make_user, address: str, status: int, words: str, signed: bool):
    client = Client(raise_request_exception=False)
    if signed:
        client.force_login(make_user())
    answer = client.get(address)
    html = answer.content.decode()
    assert answer.status_code == status and words in html and "回到首页" in html
    assert "secret detail" not in html and "Traceback" not in html


@override_settings(ROOT_URLCONF="tests.web.test_shell")
def test_a_refusal_speaks_the_reader_s_language():
    client = Client(raise_request_exception=False)
    client.cookies["django_language"] = "en"
    assert "Something went wrong" in client.get("/broken/").content.decode()
    assert "No such page" in client.get("/missing/").content.decode()


@override_settings(ROOT_URLCONF="tests.web.test_shell")
def test_a_part_of_a_page_gets_only_the_panel(make_user):
    client = Client()
    client.force_login(make_user())
    html = client.get("/missing/", HTTP_HX_REQUEST="true").content.decode()
    assert "没有这个页面" in html and "<html" not in html


@override_settings(ROOT_URLCONF="tests.web.test_shell")
def test_a_stale_form_is_told_to_reload():
    answer = Client(enforce_csrf_checks=True).post("/post/", {})
    assert answer.status_code == 403 and "页面已过期" in answer.content.decode()
