"""Which holds stop a household on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q

from qingshou.casework.models import Hold


def in_force(household_ids: Iterable[int], on: date) -> dict[int, list[Hold]]:
    """Holds in force on a day by household: begun, not run out, not lifted (the end day itself is free). One query.

    A row that lifts another carries the other's start and its own end; it is never in force itself. The caller has
    chosen the households within its user's field of view.
    """
    lifted = Hold.objects.filter(lifts=OuterRef("pk"), ends_on__lte=on)
    rows = (Hold.objects.filter(household_id__in=list(household_ids), lifts=None, starts_on__lte=on)
            .filter(Q(ends_on=None) | Q(ends_on__gt=on)).exclude(Exists(lifted)).select_related("made_by"))
    found: dict[int, list[Hold]] = {}
    for hold in rows.order_by("starts_on", "id"):
        found.setdefault(hold.household_id, []).append(hold)
    return found
