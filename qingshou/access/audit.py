"""The audit chain (X2): every change writes one entry; each carries the hash of the one before.

The hash covers sequence, time, actor, action, subject, before, after, reason and the previous hash, each with its length,
so that no two different entries read the same. ``verify`` walks the chain and finds a changed, removed or reordered one.

Entries cut off at the end leave a chain that is whole in itself. For that the newest sequence and hash, the *head*, are
kept in a setting of the store as well, and ``verify`` compares. Who can cut the table can also mend the setting, so
``qingshou audit verify`` prints the head: noted down elsewhere (``--expect``), it shows what was cut since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from qingshou.access.models import AuditEntry
from qingshou.store import bulk
from qingshou.store.models import Setting

GENESIS = "0" * 64
LOCK = 7_051_002  # PostgreSQL advisory lock that orders writers of the chain (SQLite has one writer anyway)
HEAD = "audit_head"  # the setting that holds "sequence:hash" of the newest entry


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
    entry = AuditEntry.objects.create(**row(last, actor=actor, action=action, subject=subject, before=before, after=after,
                                            reason=reason, at=timezone.now()))
    Setting.objects.bulk_create([Setting(key=HEAD, value=f"{entry.sequence}:{entry.hash}")], update_conflicts=True,
                                unique_fields=["key"], update_fields=["value"])
    return entry


def record_in(session: bulk.Session, *, actor: Any, action: str, subject: str = "", before: Any = None, after: Any = None,
              reason: str = "") -> None:
    """:func:`record` for a bulk session: the entry belongs to the session's transaction.

    To be called last, just before the session ends: on PostgreSQL it holds up every other writer of the chain from here on.
    """
    if session.vendor == "postgresql":
        session.value(f"SELECT pg_advisory_xact_lock({LOCK})::text")
    last = (0, GENESIS)
    newest = session.read_model(AuditEntry, "sequence = (SELECT MAX(sequence) FROM access_auditentry)",
                                columns=["sequence", "hash"])
    if newest.height:
        last = (int(newest["sequence"][0]), str(newest["hash"][0]))
    fields = row(last, actor=actor, action=action, subject=subject, before=before, after=after, reason=reason,
                 at=timezone.now())
    frame = pl.DataFrame({"id": [session.next_id(AuditEntry)], **{name: [value] for name, value in fields.items()}})
    session.append(AuditEntry, frame)
    session.settle_ids(AuditEntry)
    head = f"{fields['sequence']}:{fields['hash']}"
    session.execute("INSERT INTO store_setting (key, value) VALUES (?, ?) "
                    "ON CONFLICT (key) DO UPDATE SET value = excluded.value", [HEAD, head])


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


@dataclass(frozen=True)
class Verdict:
    """What walking the chain found. ``bad`` is the sequence of the first bad entry, None for a whole chain."""

    checked: int
    bad: int | None
    problem: str  # "", missing, broken_link, changed, cut_off, head_differs
    head: tuple[int, str]  # the last entry that was found good


def verify(entries: Iterable[AuditEntry] | None = None, *, expected_head: tuple[int, str] | None = None) -> Verdict:
    """Walk the chain from its first entry; then see that the kept head, and *expected_head* when given, lie on it."""
    heads = [head for head in (kept_head(), expected_head) if head]
    last, checked = (0, GENESIS), 0
    if entries is None:
        entries = AuditEntry.objects.order_by("sequence").iterator(chunk_size=5000)
    for entry in entries:
        problem = _problem(entry, last)
        if not problem and any(sequence == entry.sequence and hashed != entry.hash for sequence, hashed in heads):
            problem = "head_differs"
        if problem:
            return Verdict(checked, last[0] + 1, problem, last)
        last, checked = (entry.sequence, entry.hash), checked + 1
    if any(sequence > last[0] for sequence, _ in heads):
        return Verdict(checked, last[0] + 1, "cut_off", last)
    return Verdict(checked, None, "", last)


def kept_head() -> tuple[int, str] | None:
    """The newest entry's sequence and hash as the store's settings say, None before the first entry."""
    value = Setting.objects.filter(key=HEAD).values_list("value", flat=True).first()
    return read_head(value) if value else None


def read_head(text: str) -> tuple[int, str]:
    """``sequence:hash`` as written by ``verify``. Raises ValueError for anything else."""
    number, _, hashed = text.strip().partition(":")
    if not number.isdecimal() or len(hashed) != len(GENESIS):
        raise ValueError(text)
    return int(number), hashed


def _problem(entry: AuditEntry, last: tuple[int, str]) -> str:
    if entry.sequence != last[0] + 1:
        return "missing"
    if entry.previous_hash != last[1]:
        return "broken_link"
    if entry.hash != digest(sequence=entry.sequence, at=entry.at, actor=entry.actor, action=entry.action,
                            subject=entry.subject, before=entry.before, after=entry.after, reason=entry.reason,
                            previous_hash=entry.previous_hash):
        return "changed"
    return ""
