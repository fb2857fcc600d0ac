"""Personal data that the portfolio stores: how each looks masked, and where its plain form comes from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qingshou.access.masking import mask_address, mask_id, mask_phone, mask_text
from qingshou.portfolio.models import ContactPoint, Guarantee, Party, Relation
from qingshou.portfolio.queries import scope

MASKS: dict[str, Callable[[str], str]] = {"id_number": mask_id, "phone": mask_phone, "address": mask_address}
POINT_MASKS: dict[str, Callable[[str], str]] = {
    ContactPoint.Kind.PHONE: mask_phone, ContactPoint.Kind.ADDRESS: mask_address, ContactPoint.Kind.EMAIL: mask_text}


def masked_point(point: ContactPoint) -> str:
    """The value of a contact point, masked by its kind."""
    return POINT_MASKS[point.kind](point.value)


def party_value(user: Any, pk: int, field: str) -> str:
    """Identity number, telephone or address of a borrower or guarantor in the user's field of view."""
    if field not in MASKS:
        raise KeyError(field)
    visible = scope.visible(user)
    party = Party.objects.get(pk=pk)
    if not (visible.filter(borrower=party).exists()
            or Guarantee.objects.filter(guarantor=party, loan__household__in=visible).exists()):
        raise Party.DoesNotExist
    return getattr(party, field)


def relation_value(user: Any, pk: int, field: str) -> str:
    """The telephone of somebody related to a borrower in the user's field of view."""
    if field != "phone":
        raise KeyError(field)
    return Relation.objects.get(pk=pk, party__household__in=scope.visible(user)).phone


def contact_point_value(user: Any, pk: int, field: str) -> str:
    """The value of a further telephone or address of a borrower in the user's field of view."""
    if field != "value":
        raise KeyError(field)
    return ContactPoint.objects.get(pk=pk, party__household__in=scope.visible(user)).value
