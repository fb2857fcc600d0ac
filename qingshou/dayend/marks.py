"""How far the last run's knowledge went: the newest ids of the facts that it had read.

Facts recorded later, of whatever date, are news to the next run. Kept in ``Setting`` and written in the run's own
transaction; where it is missing everything is news.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from qingshou.contact import frames as contact
from qingshou.portfolio import frames as portfolio
from qingshou.store.bulk import Session

KEY = "dayend.marks"


@dataclass(frozen=True)
class Marks:
    """Newest ids known: loan, ledger event, schedule row, contact, promise."""

    loan_id: int = 0
    event_id: int = 0
    instalment_id: int = 0
    contact_id: int = 0
    promise_id: int = 0


def read(session: Session) -> Marks:
    """What the last run knew."""
    kept = session.value("SELECT value FROM store_setting WHERE key = ?", [KEY])
    return Marks(**json.loads(kept)) if kept else Marks()


def newest(session: Session) -> Marks:
    """What a run that reads now knows."""
    return Marks(**portfolio.last_ids(session), **contact.last_ids(session))


def write(session: Session, marks: Marks) -> None:
    """Keep *marks* for the next run."""
    session.execute("DELETE FROM store_setting WHERE key = ?", [KEY])
    session.execute("INSERT INTO store_setting (key, value) VALUES (?, ?)", [KEY, json.dumps(asdict(marks))])
