"""Addresses of the shell itself."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from qingshou.web import gallery, pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("components/", gallery.components, name="components"),
    path("components/preview/<int:number>/", gallery.preview, name="components_preview"),
    path("components/progress/", gallery.advance, name="components_progress"),
]
