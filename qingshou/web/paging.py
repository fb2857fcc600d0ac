"""Pages of long lists and the order that a reader asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

LARGEST_PAGE = 200


class Counted:
    """A queryset whose number of rows is known already (None: it is not), so that it is not counted again."""

    def __init__(self, rows: QuerySet[Any], number: int | None) -> None:
        self.rows, self.number, self.ordered = rows, number, rows.ordered

    def count(self) -> int:
        return self.rows.count() if self.number is None else self.number

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, wanted: slice) -> QuerySet[Any]:
        return self.rows[wanted]


def paginate(items: Any, request: HttpRequest, per_page: int = 50) -> Page[Any]:
    """The page that ``?page=`` asks for. Nonsense gives the first page, a number too large the last.

    A queryset must have an explicit order, or pages would overlap.
    """
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    return Paginator(items, min(per_page, LARGEST_PAGE)).get_page(max(1, number))


def sort_by(request: HttpRequest, columns: Mapping[str, str | Sequence[str]], default: str) -> list[str]:
    """``order_by`` names for ``?sort=name`` or ``?sort=-name``; *columns* maps names to one or more fields.

    An unknown name gives the *default* (also a name, with or without the minus). A last field, ``pk``, makes the order total.
    """
    asked = request.GET.get("sort", default)
    if asked.removeprefix("-") not in columns:
        asked = default
    fields = columns[asked.removeprefix("-")]
    names = [fields] if isinstance(fields, str) else list(fields)
    if asked.startswith("-"):
        names = [name[1:] if name.startswith("-") else f"-{name}" for name in names]
    return [*names, "pk"]
