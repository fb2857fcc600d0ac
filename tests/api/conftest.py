"""A client that speaks JSON, and tokens."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from qingshou.access.services.tokens import SCOPES, make_token


class Api:
    """Calls with a bearer token (or none); answers (status, JSON)."""

    def __init__(self, token: str = "") -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        answer = self.client.get(path, query, headers=self.headers)
        return answer.status_code, answer.json()

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        text = body if isinstance(body, bytes | str) else json.dumps(body)
        answer = self.client.post(path, text, content_type="application/json", headers=self.headers | headers)
        return answer.status_code, answer.json()


@pytest.fixture
def api_as(bank: Any) -> Callable[..., Api]:
    """``api_as("collector", "households.read")``: a client with a token that acts as a user (all scopes if none named)."""

    def make(username: str, *scopes: str) -> Api:
        user = bank.users.get(username) or bank.other_collector
        _token, text = make_token(by=bank.users["admin"], name="测试", acts_as=user, scopes=scopes or list(SCOPES), days=30)
        return Api(text)

    return make


@pytest.fixture
def anyone(db: None) -> Api:
    return Api()
