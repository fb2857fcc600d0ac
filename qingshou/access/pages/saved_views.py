"""Keeping and dropping one's own named filters of a list page."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingshou.access import services
from qingshou.access.models import SavedView


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """POST ``page, name, query, next``: keep and go back to ``next``."""
    try:
        view = services.save_view(user=request.user, page=request.POST.get("page", ""),  # type: ignore[arg-type]
                                  name=request.POST.get("name", ""), query=request.POST.get("query", ""))
    except ValidationError as error:
        messages.error(request, _("；").join(error.messages))
    else:
        messages.success(request, _("已保存视图“%(name)s”。") % {"name": view.name})
    return _back(request)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """POST ``next``: drop one's own view and go back."""
    try:
        services.delete_view(user=request.user, pk=pk)  # type: ignore[arg-type]
    except SavedView.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("视图已删除。"))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(url if safe else resolve_url("/"))
