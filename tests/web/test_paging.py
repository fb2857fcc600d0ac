"""Pages of lists stay within bounds whatever the address says."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from qingshou.access.models import User
from qingshou.web.paging import LARGEST_PAGE, Counted, paginate, sort_by


@pytest.mark.parametrize(("asked", "number"), [
    ("", 1), ("3", 3), ("0", 1), ("-2", 1), ("999999", 3), ("abc", 1), ("9" * 200, 1), ("٣", 1), ("1.5", 1),
])
def test_any_page_number_gives_a_page(asked: str, number: int):
    assert paginate(range(101), RequestFactory().get("/", {"page": asked}), per_page=50).number == number


def test_an_empty_list_has_one_empty_page():
    page = paginate([], RequestFactory().get("/"))
    assert page.number == 1 and list(page) == []


def test_a_page_is_never_too_long_to_read():
    assert len(paginate(range(5000), RequestFactory().get("/"), per_page=5000)) == LARGEST_PAGE


@pytest.mark.parametrize(("asked", "order"), [
    (None, ["-state__owed", "pk"]), ("owed", ["state__owed", "pk"]), ("-owed", ["-state__owed", "pk"]),
    ("place", ["village", "-name", "pk"]), ("-place", ["-village", "name", "pk"]), ("password", ["-state__owed", "pk"]),
    ("--owed", ["-state__owed", "pk"]), ("", ["-state__owed", "pk"]),
])
def test_only_named_columns_are_sorted_by(asked: str | None, order: list[str]):
    request = RequestFactory().get("/", {} if asked is None else {"sort": asked})
    assert sort_by(request, {"owed": "state__owed", "place": ("village", "-name")}, "-owed") == order


def test_what_is_counted_already_is_not_counted_again(db: None, django_assert_num_queries: Any):
    users = User.objects.order_by("pk")
    with django_assert_num_queries(0):
        assert paginate(Counted(users, 120), RequestFactory().get("/", {"page": "3"}), per_page=50).number == 3
    with django_assert_num_queries(1):
        assert paginate(Counted(users, None), RequestFactory().get("/", {"page": "3"}), per_page=50).number == 1
