"""Addresses of the shell itself."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from qingshou.web import pages

urlpatterns = [
    path("language/", login_not_required(set_language), name="set_language"),
    path("components/", pages.components, name="components"),
]
