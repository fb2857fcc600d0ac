"""Addresses of dayend."""

from datetime import date

from django.urls import path, register_converter

from qingshou.dayend import pages


class IsoDate:
    """A date in an address, such as 2026-11-24."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)  # a ValueError is a page not found

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(IsoDate, "iso_date")

app_name = "dayend"
urlpatterns = [
    path("dayend/", pages.index, name="index"),
    path("dayend/<iso_date:on>/", pages.day, name="day"),
]
