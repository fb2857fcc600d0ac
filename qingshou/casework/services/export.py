"""The queue as XLSX; who took it along is written down."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.access.permissions import require
from qingshou.casework.queries.filters import Filters
from qingshou.casework.queries.queue import entries, queue
from qingshou.portfolio.models import Stage
from qingshou.web.xlsx import Column, Sheet, workbook

MOST_ROWS = 5_000
CHUNK = 500


@transaction.atomic
def export_queue(*, user: Any, day: date, filters: Filters) -> bytes:
    """The queue as the page shows it, best first, at most ``MOST_ROWS`` rows; without identity numbers and telephones.
    Raises PermissionDenied."""
    require(user, "list.export")
    households = list(queue(user, day, filters)[:MOST_ROWS])
    columns = [
        Column(_("序"), "number", 6), Column(_("户"), width=20), Column(_("村组")), Column(_("责任人")), Column(_("阶段")),
        Column(_("逾期天数"), "number"), Column(_("逾期金额"), "fen", 16), Column(_("欠款合计"), "fen", 16),
        Column(_("原因"), width=20), Column(_("下一步"), width=40), Column(_("应办日"), "date"), Column(_("理由"), width=60),
        Column(_("上次联系"), "date"), Column(_("合规"), width=12)]
    rows = []
    for start in range(0, len(households), CHUNK):
        for row in entries(user, households[start:start + CHUNK], day, start + 1):
            state = row.state
            rows.append([row.rank, row.household.borrower.name, row.household.village, str(row.household.custodian or ""),
                         str(Stage(state.stage).label), state.dpd, state.overdue_fen, state.total_owed_fen, row.cause,
                         row.next_step, row.due, row.why, state.last_contact_on, row.verdict.label if row.verdict else ""])
    content = workbook([Sheet(_("今日工作台"), columns, rows, [_("业务日 %(day)s") % {"day": day}])])
    audit.record(actor=user, action="casework.export", subject="today",
                 after={"day": day, "rows": len(rows), "filters": {
                     name: value for name, value in filters.__dict__.items() if value}})
    return content
