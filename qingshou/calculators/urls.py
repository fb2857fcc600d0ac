"""Addresses of calculators: ``/calculators/`` and ``/calculators/NAME``."""

from django.urls import path
from django.views.generic import RedirectView

from qingshou.calculators import pages

app_name = "calculators"
urlpatterns = [
    path("calculators/", pages.index, name="index"),
    path("calculators/<slug:name>", pages.show, name="show"),
    path("calculators/<slug:name>/", RedirectView.as_view(pattern_name="calculators:show")),
]
