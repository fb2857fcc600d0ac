"""Whom a household's collection may turn to: the borrower, guarantors as obligors, contacts only to find the debtor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qingshou.access.masking import mask_phone
from qingshou.contact.models import PartyRole
from qingshou.portfolio.models import Guarantee, Household, Relation


@dataclass(frozen=True)
class Person:
    """*key*: ``borrower``, ``guarantor:PARTY`` or ``contact:RELATION``; *tie* says how the person stands to the debt;
    *phone* is masked, *subject* names where its plain form comes from."""

    key: str
    role: str
    party_id: int | None
    name: str
    tie: str
    phone: str = ""
    subject: str = ""


def reachable(household: Household) -> list[Person]:
    """Borrower, guarantors of the household's loans, related persons, in this order. Two queries."""
    borrower = household.borrower
    people = [Person(PartyRole.BORROWER, PartyRole.BORROWER, borrower.pk, borrower.name, str(PartyRole.BORROWER.label),
                     mask_phone(borrower.phone), f"party:{borrower.pk}")]
    guarantees = Guarantee.objects.filter(loan__household=household).select_related("guarantor").order_by("guarantor_id", "id")
    seen: set[int] = set()
    for guarantee in guarantees:
        if guarantee.guarantor_id not in seen:
            seen.add(guarantee.guarantor_id)
            people.append(Person(f"guarantor:{guarantee.guarantor_id}", PartyRole.GUARANTOR, guarantee.guarantor_id,
                                 guarantee.guarantor.name, str(guarantee.get_kind_display()),
                                 mask_phone(guarantee.guarantor.phone), f"party:{guarantee.guarantor_id}"))
    for relation in Relation.objects.filter(party_id=household.borrower_id, ends_on=None).order_by("id"):
        if relation.other_id not in seen:
            people.append(Person(f"contact:{relation.pk}", PartyRole.CONTACT, relation.other_id, relation.name,
                                 str(relation.get_kind_display()), mask_phone(relation.phone), f"relation:{relation.pk}"))
    return people


def find(people: Iterable[Person], key: str) -> Person | None:
    """The person by key; a bare role stands for its only holder."""
    people = list(people)
    found = [person for person in people if person.key == key]
    if not found:
        found = [person for person in people if person.role == key]
    return found[0] if len(found) == 1 else None
