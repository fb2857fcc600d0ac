"""Saved views: a person's own named filters of a list page."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.access.models import SavedView, User

MOST_VIEWS = 50  # of one user on one page
NOT_KEPT = ("page", "csrfmiddlewaretoken")


@transaction.atomic
def save_view(*, user: User, page: str, name: str, query: str) -> SavedView:
    """Keep the filters *query* of list *page* under *name*; the same name again replaces it."""
    name = name.strip()
    if not name:
        raise ValidationError({"name": _("请填写视图名称。")})
    kept = QueryDict(query, mutable=True)
    for key in NOT_KEPT:
        kept.pop(key, None)
    view = SavedView.objects.filter(user=user, page=page, name=name).first()
    before = {"query": view.query} if view else None
    if view is None:
        if SavedView.objects.filter(user=user, page=page).count() >= MOST_VIEWS:
            raise ValidationError({"name": _("每个页面最多保存 %(most)d 个视图。") % {"most": MOST_VIEWS}})
        view = SavedView(user=user, page=page, name=name)
    view.query = kept.urlencode()
    view.full_clean()
    view.save()
    audit.record(actor=user, action="access.view.save", subject=f"saved_view:{view.pk}", before=before,
                 after={"page": page, "name": name, "query": view.query})
    return view


@transaction.atomic
def delete_view(*, user: User, pk: int) -> None:
    """Remove one of the user's own views. SavedView.DoesNotExist for another's."""
    view = SavedView.objects.get(pk=pk, user=user)
    before = {"page": view.page, "name": view.name, "query": view.query}
    view.delete()
    audit.record(actor=user, action="access.view.delete", subject=f"saved_view:{pk}", before=before)
