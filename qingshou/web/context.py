"""What every page's frame needs, computed only when a template asks for it."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from qingshou.web import nav, slots


class Shell:
    """The frame around a page, as one viewer sees it."""

    def __init__(self, request: HttpRequest) -> None:
        self._user = getattr(request, "user", None)
        self.demo = settings.DEMO

    @property
    def signed_in(self) -> bool:
        return bool(self._user is not None and self._user.is_authenticated)

    @cached_property
    def navigation(self) -> list[tuple[Any, list[nav.Line]]]:
        return nav.visible(self._user) if self.signed_in else []

    @cached_property
    def thumb_bar(self) -> list[nav.Line]:
        """The few entries that a phone keeps under the thumb."""
        return [line for _, lines in self.navigation for line in lines][:4]

    @cached_property
    def business_date(self) -> date | None:
        function = slots.first("shell.business_date")
        return function() if function else None

    @cached_property
    def may_find(self) -> bool:
        """Whether the box at the top has anything to find for this viewer."""
        function = slots.first("shell.may_find")
        return bool(function and self.signed_in and function(self._user))

    @cached_property
    def who(self) -> str:
        function = slots.first("shell.who")
        return function(self._user) if function else str(self._user)


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: ``shell`` in every template."""
    return {"shell": Shell(request)}
