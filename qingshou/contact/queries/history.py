"""The contacts of a household as they stand, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from qingshou.contact.models import ContactAttempt, Outcome, PartyRole
from qingshou.contact.outcomes import TONES, label
from qingshou.contact.queries.guard import standing
from qingshou.portfolio.models import Household


@dataclass(frozen=True)
class Line:
    """A contact in words: to whom, what came of it."""

    contact: ContactAttempt
    who: str
    outcome: str
    tone: str


def contacts(household: Household) -> QuerySet[ContactAttempt]:
    """Contacts of a household, corrected ones replaced by their corrections."""
    return (standing().filter(household=household)
            .select_related("party", "guard", "made_by", "companion", "corrects__guard").prefetch_related("promises"))


def line(contact: ContactAttempt) -> Line:
    guard = contact.guard or (contact.corrects.guard if contact.corrects else None)
    name = guard.person if guard is not None and guard.person else contact.party.name if contact.party else ""
    role = str(PartyRole(contact.party_role).label)
    who = role if contact.party_role == PartyRole.BORROWER or not name else f"{role} {name}"
    return Line(contact, who, label(contact.channel, contact.outcome), TONES.get(Outcome(contact.outcome), "mut"))
