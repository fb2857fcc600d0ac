"""Places where a lower room lets upper rooms show their things without importing them.

A room registers in its ``panels.py``: ``slots.provide("household.side", plan_card, order=20)``; the page that owns the
place asks for what was provided, in order. The places and what a provided function takes and gives:

==========================  =============================================================================
``shell.business_date``     ``function() -> date``: the day the bank stands on
``shell.may``               ``function(user, permission) -> bool``: decides which navigation entries show
``shell.may_find``          ``function(user) -> bool``: whether the search box shows
``shell.who``               ``function(user) -> str``: the line at the right of the top bar, unit and name
``home``                    ``function(user) -> str | None``: the address where this user begins
``search``                  ``function(user, text) -> list[dict]``: results for the search page
``household.timeline``      ``function(user, household) -> list[web.timeline.Item]``
``household.side`` etc.     ``function(request, **kwargs) -> str | None``: HTML for ``{% slot %}``
==========================  =============================================================================
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

_provided: defaultdict[str, list[tuple[int, int, Callable[..., Any]]]] = defaultdict(list)


def provide(point: str, function: Callable[..., Any], order: int = 50) -> None:
    """Register *function* at a place; smaller *order* comes first, equal order keeps the order of registration.

    Registering the same function at the same place again changes nothing.
    """
    here = _provided[point]
    if all(function is not known for _, _, known in here):
        here.append((order, len(here), function))
        here.sort(key=lambda item: item[:2])


def provided(point: str) -> list[Callable[..., Any]]:
    """What was registered at a place, in order; empty when nothing was."""
    return [function for _, _, function in _provided.get(point, ())]


def first(point: str) -> Callable[..., Any] | None:
    """The first function registered at a place, for places that want one answer."""
    functions = provided(point)
    return functions[0] if functions else None
