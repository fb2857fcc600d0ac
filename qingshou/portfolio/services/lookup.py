"""Looking somebody up by a whole identity number or telephone: a read of personal data, so it is written down."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from qingshou.access import audit
from qingshou.access.permissions import require
from qingshou.portfolio.queries.search import Answer, search


@transaction.atomic
def look_up(*, user: Any, text: str) -> Answer:
    """Search the households in the user's field of view. A look-up by a whole personal number leaves an audit entry that
    says which kind of number and which households it found, never the number. Raises PermissionDenied."""
    require(user, "household.view")
    answer = search(user, text)
    if answer.exact:
        audit.record(actor=user, action="portfolio.look_up", subject="party",
                     after={"kind": answer.exact, "households": [found.household.pk for found in answer.found]})
    return answer
