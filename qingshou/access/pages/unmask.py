"""Seeing a masked datum: a reason is asked for, then the value is shown once, in place."""

from __future__ import annotations

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from qingshou.access import services
from qingshou.access.forms import UnmaskForm
from qingshou.access.permissions import require


@never_cache
def unmask(request: HttpRequest) -> HttpResponse:
    """GET asks for the reason, POST shows the value; a fragment for htmx, a page for a plain link."""
    require(request.user, "personal.unmask")
    form = UnmaskForm(request.POST) if request.method == "POST" else UnmaskForm(initial={
        "subject": request.GET.get("subject", ""), "field": request.GET.get("field", "")})
    value = None
    if request.method == "POST" and form.is_valid():
        try:
            value = services.unmask(user=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except ValidationError as error:
            form.add_error(None, error)
        except (LookupError, ObjectDoesNotExist):
            raise Http404 from None
    inline = bool(request.headers.get("HX-Request"))
    template = "access/unmask_inline.html" if inline else "access/unmask.html"
    return render(request, template, {"form": form, "value": value, "back": request.headers.get("Referer", "")})
