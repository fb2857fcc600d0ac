"""A person's saved views of a list page."""

from __future__ import annotations

from django.db.models import QuerySet

from qingshou.access.models import SavedView, User


def saved_views(user: User, page: str) -> QuerySet[SavedView]:
    """The user's own views of *page*, by name."""
    return SavedView.objects.filter(user=user, page=page).order_by("name")
