"""What insight adds to the shell: where those begin who look at the whole and have no day's work of their own."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from qingshou.access import permissions
from qingshou.web import slots


def home(user: Any) -> str | None:
    """The dashboard, for whoever may see it."""
    return reverse("insight:dashboard") if permissions.may(user, "insight.view") else None


slots.provide("home", home, order=20)
