"""Addresses of dayend."""

from django.urls import URLPattern

app_name = "dayend"
urlpatterns: list[URLPattern] = []
