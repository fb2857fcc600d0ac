"""The frame around every page."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_it_shows_every_component_in_the_gallery(client: Client, make_user):
    client.force_login(make_user())
    response = client.get("/components/")
    assert response.status_code == 200
    assert "组件" in response.content.decode()


def test_it_answers_an_unknown_address_in_the_shell(client: Client, make_user):
    client.force_login(make_user())
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "没有这个页面" in response.content.decode()
