"""Who calls the API: a machine with a bearer token, or the person who is signed in (then with a CSRF token for changes)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer, SessionAuth

from qingshou.access.models import User
from qingshou.access.services.tokens import token_of


class Bearer(HttpBearer):
    """``Authorization: Bearer qs_...`` with *scope*. The request then is that of the user whom the token acts as."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        found = token_of(token)
        if found is None:
            return None
        if self.scope not in found.scopes:
            raise PermissionDenied(_("此密钥没有 %(scope)s 的范围。") % {"scope": self.scope})
        request.user = found.acts_as
        return found.acts_as


def guarded(scope: str) -> list[Any]:
    """The ways in to an operation: a token with *scope*, or a session."""
    return [Bearer(scope), SessionAuth(csrf=True)]


def caller(request: HttpRequest) -> User:
    """Who asks, after :func:`guarded` has let them in."""
    return request.auth  # type: ignore[attr-defined,no-any-return]
