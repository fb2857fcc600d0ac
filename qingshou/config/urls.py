"""The address map: each room brings its own ``urls``."""

from django.urls import include, path

from qingshou.api.http import api

urlpatterns = [
    path("", include("qingshou.web.urls")),
    path("", include("qingshou.access.urls")),
    path("", include("qingshou.portfolio.urls")),
    path("", include("qingshou.casework.urls")),
    path("", include("qingshou.contact.urls")),
    path("", include("qingshou.dayend.urls")),
    path("", include("qingshou.insight.urls")),
    path("", include("qingshou.calculators.urls")),
    path("api/", api.urls),
]
