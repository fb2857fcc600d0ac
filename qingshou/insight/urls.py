"""Addresses of insight."""

from django.urls import path

from qingshou.insight import pages

app_name = "insight"
urlpatterns = [
    path("dashboard/", pages.dashboard, name="dashboard"),
]
