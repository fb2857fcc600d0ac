"""The HTTP API (X4): one router a room under ``/api/``, described at ``/api/openapi.json`` and ``/api/docs``."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI, Router

from qingshou.api import errors
from qingshou.api.routers import calc, casework, households, jobs, loans


class Api(NinjaAPI):
    """Operations look after who calls them themselves; the page that shows them is for people who are signed in."""

    def _get_urls(self) -> list[URLPattern | URLResolver]:
        patterns = super()._get_urls()
        for pattern in patterns:
            if isinstance(pattern, URLPattern) and pattern.name != "openapi-view":
                pattern.callback = login_not_required(pattern.callback)
        return patterns


api = Api(title="清收 Qingshou", version="1", urls_namespace="api", docs_url="/docs",
          description="Money is a string of yuan, a rate a string of percent a year, a date ISO 8601.")
errors.install(api)
api.add_router("/calc", calc.router, tags=["calculators"])
api.add_router("/households", households.router, tags=["households"])
api.add_router("/loans", loans.router, tags=["loans"])
api.add_router("", casework.router, tags=["casework"])
api.add_router("/jobs", jobs.router, tags=["jobs"])

elsewhere = Router(auth=None)


@elsewhere.api_operation(["GET", "POST", "PUT", "PATCH", "DELETE"], "/{path:rest}", include_in_schema=False)
def nothing_here(request: HttpRequest, rest: str) -> None:
    """Any other address: what is not there is told in JSON, too."""
    raise Http404


api.add_router("", elsewhere)  # last: it takes every address
