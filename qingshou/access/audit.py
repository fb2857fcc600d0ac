"""The audit chain (X2): every change writes one entry; each carries the hash of the one before.

The hash covers sequence, time, actor, action, subject, before, after, reason and the previous hash, each with its length,
so that no two different entries read the same. ``verify`` walks the chain and finds a changed, removed or reordered one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from qingshou.access.models import AuditEntry

GENESIS = "0" * 64
LOCK = 7_051_002  # PostgreSQL advisory lock that orders writers of the chain


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces; '' for None."""
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def digest(*, sequence: int, at: datetime, actor: str, action: str, subject: str, before: str, after: str, reason: str,
           previous_hash: str) -> str:
    """The hash of one entry."""
    moment = at.astimezone(timezone.get_default_timezone()).isoformat(timespec="microseconds")
    parts = (str(sequence), moment, actor, action, subject, before, after, reason, previous_hash)
    return hashlib.sha256("".join(f"{len(part.encode())}:{part}" for part in parts).encode()).hexdigest()


def record(*, actor: Any, action: str, subject: str = "", before: Any = None, after: Any = None,
           reason: str = "") -> AuditEntry:
    """Append one entry inside the caller's transaction. *actor* is a User, a name, or None for the system."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an audit entry belongs to the transaction of its change")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = AuditEntry.objects.order_by("-sequence").values_list("sequence", "hash").first() or (0, GENESIS)
    return AuditEntry.objects.create(**row(last, actor=actor, action=action, subject=subject, before=before, after=after,
                                           reason=reason, at=timezone.now()))


def row(last: tuple[int, str], *, actor: Any, action: str, subject: str, before: Any, after: Any, reason: str,
        at: datetime) -> dict[str, Any]:
    """The columns of the entry that follows *last* (sequence, hash); used by ``record`` and by bulk writers."""
    fields: dict[str, Any] = {
        "sequence": last[0] + 1,
        "at": at,
        "actor": getattr(actor, "username", actor) or "system",
        "action": action,
        "subject": subject,
        "before": canonical(before),
        "after": canonical(after),
        "reason": reason,
        "previous_hash": last[1],
    }
    fields["hash"] = digest(**fields)
    return fields


def verify(entries: Iterable[AuditEntry] | None = None) -> tuple[int, int | None, str]:
    """Walk the chain. Returns (entries checked, sequence of the first bad entry or None, what is wrong with it)."""
    expected, previous, checked = 1, GENESIS, 0
    if entries is None:
        entries = AuditEntry.objects.order_by("sequence").iterator(chunk_size=5000)
    for entry in entries:
        if entry.sequence != expected:
            return checked, expected, "missing or out of order"
        if entry.previous_hash != previous:
            return checked, entry.sequence, "does not follow the entry before it"
        if entry.hash != digest(sequence=entry.sequence, at=entry.at, actor=entry.actor, action=entry.action,
                                subject=entry.subject, before=entry.before, after=entry.after, reason=entry.reason,
                                previous_hash=entry.previous_hash):
            return checked, entry.sequence, "content was changed"
        expected, previous, checked = expected + 1, entry.hash, checked + 1
    return checked, None, ""
