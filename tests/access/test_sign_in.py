"""Signing in: the demo accounts in demo mode only, the lock-out, idle time, and passwords that others know."""

import json
import time

import pytest
from axes.models import AccessAttempt
from django.urls import reverse

from qingshou.access import middleware, services
from qingshou.access.models import AuditEntry, User
from qingshou.access.permissions import SYSTEM
from qingshou.store.models import Setting

pytestmark = pytest.mark.django_db
PASSWORD = "pass-word-1234"
DOOR = "/sign-in/"


@pytest.fixture
def accounts():
    Setting.objects.create(key="demo_accounts", value=json.dumps([
        {"username": "collector", "password": PASSWORD, "role": "collector", "name": "林小满", "unit": "一部"}]))


@pytest.fixture
def lockout(settings):
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 3
    return settings


def sign_in(client, username="collector", password=PASSWORD, **more):
    return client.post(DOOR, {"username": username, "password": password, **more})


def test_the_page_speaks_chinese_and_shows_no_account_outside_the_demo(client, accounts):
    page = client.get(DOOR).content.decode()
    assert "登录" in page and "演示账号" not in page and PASSWORD not in page


def test_in_the_demo_a_card_for_each_role_signs_in_with_one_click(client, bank, accounts, settings):
    settings.DEMO = True
    page = client.get(DOOR).content.decode()
    assert "清收员" in page and "林小满" in page and f'name="password" value="{PASSWORD}"' in page
    assert sign_in(client).status_code == 302
    assert client.get(reverse("access:account")).status_code == 200


def test_signing_in_and_out_is_in_the_audit_trail_and_needs_no_get(client, bank):
    sign_in(client)
    assert client.get(reverse("access:sign_out")).status_code == 405
    assert client.post(reverse("access:sign_out")).status_code == 302
    assert client.get("/account/").status_code == 302
    assert list(AuditEntry.objects.order_by("sequence").values_list("action", "actor")) == [
        ("access.sign_in", "collector"), ("access.sign_out", "collector")]


@pytest.mark.parametrize(("username", "password"), [("collector", "wrong"), ("nobody", "wrong"), ("gone", PASSWORD)])
def test_an_unknown_name_a_wrong_password_and_a_deactivated_account_are_told_alike(client, bank, username, password):
    User.objects.create_user("gone", password=PASSWORD, is_active=False)
    page = sign_in(client, username, password)
    assert page.status_code == 200 and "用户名或密码不正确。" in page.content.decode()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(("asked", "led"), [("/policy/", "/policy/"), ("https://evil.example/", "/"), ("//evil.example", "/")])
def test_after_signing_in_one_is_led_on_inside_the_house_only(client, bank, asked, led):
    assert sign_in(client, next=asked)["Location"] == led


def test_too_many_wrong_passwords_lock_the_account_with_a_clear_message_until_an_administrator_unlocks(client, bank, lockout):
    for _ in range(lockout.AXES_FAILURE_LIMIT):
        page = sign_in(client, password="wrong")
    assert page.status_code == 429 and "已锁定 15 分钟" in page.content.decode()
    assert sign_in(client).status_code == 429  # the right password does not help now
    assert sign_in(client, "manager").status_code == 302  # nor does it lock others
    client.force_login(bank.users["admin"])
    address = reverse("access:user", args=[bank.users["collector"].pk])
    assert client.get(address).context["locked"] and "解除锁定" in client.get(address).content.decode()
    client.post(reverse("access:user_unlock", args=[bank.users["collector"].pk]))
    assert not client.get(address).context["locked"] and not AccessAttempt.objects.exists()
    client.logout()
    assert sign_in(client).status_code == 302


def test_who_is_idle_too_long_is_asked_to_sign_in_again(client, bank, settings, monkeypatch):
    sign_in(client)
    now = time.time()
    for later, status in ((20, 200), (45, 200), (74, 200), (105, 302)):  # minutes; the limit is 30 since the last page
        monkeypatch.setattr(middleware.time, "time", lambda later=later: now + later * 60)
        response = client.get("/account/")
        assert response.status_code == status, later
    assert response["Location"] == "/sign-in/?next=/account/"
    assert "较长时间没有操作" in client.get(DOOR).content.decode()


def test_the_cookie_of_the_last_page_is_worth_nothing_without_its_session(client, bank, monkeypatch):
    sign_in(client)
    now = time.time()
    monkeypatch.setattr(middleware.time, "time", lambda: now + 1200)
    client.get("/account/")
    borrowed = client.cookies[middleware.SEEN].value
    client.logout()
    monkeypatch.setattr(middleware.time, "time", lambda: now - 3600)
    sign_in(client)
    monkeypatch.setattr(middleware.time, "time", lambda: now + 1201)
    client.cookies[middleware.SEEN] = borrowed
    assert client.get("/account/").status_code == 302


def test_a_password_that_somebody_else_set_leads_to_the_page_that_changes_it(client, bank):
    services.set_password(by=bank.users["admin"], user=bank.users["risk"], password="Given-by-1")
    sign_in(client, "risk", "Given-by-1")
    assert client.get("/policy/")["Location"] == "/account/"
    assert "请先修改密码" in client.get("/account/").content.decode()
    refused = client.post("/account/", {"old": "Given-by-1", "new": "x", "again": "y"})
    assert "两次输入的新密码不一致" in refused.content.decode()
    done = client.post("/account/", {"old": "Given-by-1", "new": "My-own-word-7", "again": "My-own-word-7"})
    assert done.status_code == 302
    assert client.get("/policy/").status_code == 200  # still signed in, and free


def test_a_new_password_ends_the_sessions_that_the_old_one_opened(client, bank):
    sign_in(client, "risk")
    services.set_password(by=SYSTEM, user=bank.users["risk"], password="Another-word-7")
    assert client.get("/account/").status_code == 302


def test_a_panel_that_loads_after_the_session_ended_moves_the_window_to_the_door(client, db):
    response = client.get("/policy/", headers={"HX-Request": "true"})
    assert response.status_code == 200 and response["HX-Redirect"] == DOOR and response.content == b""


def test_pages_may_not_be_framed_and_run_only_our_scripts(client, db):
    response = client.get(DOOR)
    assert response["X-Frame-Options"] == "DENY" and "script-src 'self'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff" and "same-origin" in response["Referrer-Policy"]
