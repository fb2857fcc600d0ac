"""The address map: each room brings its own ``urls``."""

from django.urls import include, path

from qingshou.api.http import api

urlpatterns = [
    path("", include("qingshou.web.urls")),
    path("", include("qingshou.access.urls")),
    path("", include("qingshou.access.job_urls")),
    path("", include("qingshou.portfolio.urls")),
    path("", include("qingshou.casework.urls")),
    path("", include("qingshou.contact.urls")),
    path("", include("qingshou.dayend.urls")),
    path("", include("qingshou.insight.urls")),
    path("", include("qingshou.calculators.urls")),
    path("api/", api.urls),
]

handler400 = "qingshou.web.pages.bad_request"
handler403 = "qingshou.web.pages.forbidden"
handler404 = "qingshou.web.pages.not_found"
handler500 = "qingshou.web.pages.server_error"
