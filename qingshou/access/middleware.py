"""What stands between a signed-in person and the pages: idle time, a password that others know, and htmx at the door."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

Respond = Callable[[HttpRequest], HttpResponse]
SEEN = "seen"  # a signed cookie: the session itself would be a write to the store for every page
SEEN_EVERY_SECONDS = 60


@receiver(user_logged_in)
def _remember_when(request: HttpRequest, **kwargs: Any) -> None:
    request.session["signed_in_at"] = int(time.time())


class IdleSession:
    """Signs out who has not asked for a page for ``SESSION_IDLE_SECONDS``."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        now = int(time.time())
        seen = self._seen(request)
        if now - seen > settings.SESSION_IDLE_SECONDS:
            logout(request)
            messages.info(request, _("您已较长时间没有操作，请重新登录。"))
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        response = self.get_response(request)
        if now - seen >= SEEN_EVERY_SECONDS and request.user.is_authenticated:
            response.set_signed_cookie(SEEN, str(now), salt=self._salt(request), httponly=True, samesite="Lax",
                                       secure=settings.SESSION_COOKIE_SECURE)
        return response

    def _seen(self, request: HttpRequest) -> int:
        """The cookie's time; it is worth nothing without this session, and the session's start stands in for it."""
        value = request.get_signed_cookie(SEEN, default="", salt=self._salt(request))
        started = int(request.session.get("signed_in_at", 0))
        return max(int(value), started) if value else started

    def _salt(self, request: HttpRequest) -> str:
        return f"{SEEN}:{request.session.session_key}"


class PasswordChange:
    """Leads who signs in with a password that somebody else set to the page that changes it, and nowhere else."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if getattr(request.user, "must_change_password", False):
            open_paths = {reverse("access:account"), reverse("access:sign_out"), reverse("set_language")}
            if request.path not in open_paths:
                return redirect("access:account")
        return self.get_response(request)


class SignInAtTheTop:
    """An htmx request that is led to the sign-in page moves the whole window there, not a panel of the old page."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        door = reverse(settings.LOGIN_URL)
        if request.headers.get("HX-Request") and response.status_code == 302 and response["Location"].startswith(door):
            return HttpResponseClientRedirect(door)
        return response
