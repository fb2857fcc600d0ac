"""Every page × every role: who lacks the permission is refused, who holds it is not, nobody is led to the sign-in."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from qingshou.access.roles import PERMISSIONS, Role
from tests.access.pages import PAGES, PUBLIC, Page

REFUSED = (403, 404)  # 404 where even the existence of a record would tell something


def addresses(patterns: list[Any], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and pattern.name:  # one without a name is another spelling of its neighbour
            yield f"{space}{pattern.name}"


def test_every_page_stands_in_the_table_of_permissions():
    known = {page.name for page in PAGES}
    found = {name for name in addresses(get_resolver().url_patterns) if not name.startswith("api:")}  # tokens: tests/api
    assert found - known == set(), "pages in no line of tests/access/pages.py"
    assert known - found == set(), "lines of pages that are gone"


def test_a_page_asks_for_a_permission_that_exists():
    assert {name for page in PAGES for name in page.permissions} <= set(PERMISSIONS)


def ask(client: Any, page: Page, bank: Any) -> Any:
    headers = {"HX-Request": "true"} if page.htmx else {}
    return getattr(client, page.method)(reverse(page.name, kwargs=page.arguments(bank)), page.data, headers=headers)


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_opens_for_exactly_those_who_may(page, bank, client):
    response = ask(client, page, bank)
    at_the_door = reverse("access:sign_in") in (response.get("HX-Redirect", "") + response.get("Location", ""))
    assert at_the_door is (page.needs != PUBLIC)
    for role in Role:
        client.force_login(bank.users[role])
        response = ask(client, page, bank)
        if not page.permissions or any(role in PERMISSIONS[name] for name in page.permissions):
            assert response.status_code != 403 and response.status_code < 500, (role, response.status_code)
        else:
            assert response.status_code in REFUSED, (role, response.status_code)
