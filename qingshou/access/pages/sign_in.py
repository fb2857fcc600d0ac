"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from qingshou.access import audit
from qingshou.access.forms import SignInForm
from qingshou.access.queries.demo import demo_accounts
from qingshou.access.roles import Role

TOO_MANY_REQUESTS = 429


@method_decorator([login_not_required, never_cache], name="dispatch")
class SignIn(views.LoginView):
    """The sign-in page; in demo mode with the demo bank's accounts on it."""

    form_class = SignInForm
    template_name = "access/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "accounts": _cards()}

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        audit.record(actor=form.get_user(), action="access.sign_in", subject=f"user:{form.get_user().pk}")
        return response


class SignOut(views.LogoutView):
    """Ends the session (POST only)."""

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            audit.record(actor=request.user, action="access.sign_out", subject=f"user:{request.user.pk}")
        return super().post(request, *args, **kwargs)


def locked_out(request: HttpRequest, original_response: Any = None, credentials: Any = None,
               *args: Any, **kwargs: Any) -> HttpResponse:
    """What django-axes shows after too many wrong passwords."""
    message = _("密码连续输错 %(times)d 次，该账号已锁定 %(minutes)d 分钟。如忘记密码，请联系系统管理员重置。") % {
        "times": settings.AXES_FAILURE_LIMIT, "minutes": round(settings.AXES_COOLOFF_TIME * 60)}
    context = {"form": SignInForm(request), "locked": message, "accounts": _cards()}
    return render(request, "access/sign_in.html", context, status=TOO_MANY_REQUESTS)


def _cards() -> list[dict[str, Any]]:
    labels = dict(Role.choices)
    return [{**account, "role_label": labels.get(account["role"], account["role"])} for account in demo_accounts()]
