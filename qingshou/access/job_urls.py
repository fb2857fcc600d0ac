"""Addresses of long work."""

from django.urls import path

from qingshou.access.pages import jobs

app_name = "jobs"
urlpatterns = [
    path("jobs/", jobs.index, name="index"),
    path("jobs/<int:pk>/", jobs.show, name="show"),
]
