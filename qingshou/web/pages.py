"""Pages of the shell: what is shown when something is refused, missing or broken."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template import loader
from django.utils.translation import gettext as _

from qingshou.web import slots


def home(request: HttpRequest) -> HttpResponse:
    """Where a user begins: the first room that names a page for them (``home``), else the calculators."""
    for begin in slots.provided("home"):
        url = begin(request.user)
        if url:
            return redirect(url)
    return redirect("calculators:index")


def _error(request: HttpRequest, status: int, title: str, hint: str) -> HttpResponse:
    """An error inside the shell; for an htmx request only the panel."""
    template = "web/components/notice.html" if request.headers.get("HX-Request") else "web/error.html"
    return render(request, template, {"title": title, "hint": hint, "tone": "alarm", "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 400, _("请求无法理解"), _("请返回上一页，检查填写的内容后重试。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    hint = str(exception) if exception and str(exception) else _("您的岗位没有此项权限。")
    return _error(request, 403, _("没有权限"), hint)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if request.user.is_authenticated:
        hint = _("地址可能有误，或者该户不在您的责任田内。可从导航进入，或用上方的查找。")
    else:
        hint = _("地址可能有误。请登录后从导航进入。")
    return _error(request, 404, _("没有这个页面"), hint)


def wrong_method(request: HttpRequest) -> HttpResponse:
    """An address that only a form sends to was opened by itself: by a reload, or after signing in again."""
    hint = _("它只接受页面上的按钮提交，这次没有改变任何数据。请返回上一页，再按一次按钮。")
    return _error(request, 405, _("这个地址不能直接打开"), hint)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error(request, 403, _("页面已过期"), _("为了安全，请返回上一页刷新后再提交；内容没有保存。"))


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    """Stands alone: whatever broke may be what the shell needs."""
    return HttpResponseServerError(loader.render_to_string("web/error_plain.html"))
