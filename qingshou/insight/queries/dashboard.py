"""Everything on the dashboard, for the head office, a division or a collector alike: only the field of view differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from qingshou.access.models import Unit, User
from qingshou.access.permissions import viewer
from qingshou.insight.queries import figures, money, standing, trend


@dataclass(frozen=True)
class Line:
    """A line of a breakdown: what it is of, the filter that lists it, and its totals."""

    name: str
    filter: dict[str, Any]
    totals: figures.Totals


@dataclass(frozen=True)
class Dashboard:
    """*since*: the last day before this month that has a history; without one there is no flow and no migration."""

    day: date
    reach: str
    totals: figures.Totals
    since: date | None
    flow: figures.Flow | None
    received: money.Received
    stages: list[dict[str, Any]]
    levels: list[dict[str, Any]]
    migration: list[figures.Moved]
    by_unit: list[Line]
    by_product: list[Line]
    by_collector: list[Line]
    daily: list[trend.Mark]
    monthly: list[trend.Mark]


def dashboard(user: Any) -> Dashboard:
    """The dashboard of *user*. Permission: insight.view."""
    now = standing.now(user)
    since = standing.before_month(now.day)
    before = standing.on(user, since) if since else None
    reach = viewer(user).reach
    return Dashboard(
        day=now.day, reach=reach, totals=figures.totals(now), since=since,
        flow=figures.flow(before, now) if before else None,
        received=money.received(user, now.day.replace(day=1), now.day, before), stages=figures.stages(now),
        levels=figures.levels(now), migration=figures.migration(before, now) if before else [],
        by_unit=by_unit(now) if reach == "bank" else [], by_product=by_product(now),
        by_collector=by_collector(now) if reach == "unit" else [], daily=trend.daily(user), monthly=trend.monthly(user))


def by_unit(shown: standing.Standing) -> list[Line]:
    """The book by unit."""
    names = dict(Unit.objects.values_list("id", "name"))
    return [Line(names.get(unit, ""), {"unit": unit}, sums) for unit, sums in figures.totals_by(shown, "unit_id")]


def by_product(shown: standing.Standing) -> list[Line]:
    """The book by product."""
    return [Line(product, {"product": product}, sums) for product, sums in figures.totals_by(shown, "product")]


def by_collector(shown: standing.Standing) -> list[Line]:
    """The book by who works it."""
    split = figures.totals_by(shown, "collector_id")
    users = User.objects.in_bulk([collector for collector, _ in split if collector])
    return [Line(str(users.get(collector, "")), {"custodian": collector or ""}, sums) for collector, sums in split]
