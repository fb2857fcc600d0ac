"""Households within the caller's field of view; personal data masked. Outside it there is nothing (404)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from qingshou.access import permissions
from qingshou.access.masking import mask_address, mask_id, mask_phone
from qingshou.api.auth import caller, guarded
from qingshou.api.formats import Errors, Owed, owed
from qingshou.casework.services.findings import record_finding
from qingshou.portfolio.models import Household
from qingshou.portfolio.queries import lists, scope
from qingshou.portfolio.services.lookup import look_up

router = Router(auth=guarded("households.read"))
PER_PAGE = 100


class HouseholdRow(Schema):
    id: int
    borrower_no: str | None
    name: str
    kind: str
    village: str
    unit: str | None
    custodian: str | None
    owed: Owed | None
    level: str
    segment: str
    loans: list[str] = []


class HouseholdDetail(HouseholdRow):
    phone: str
    id_number: str
    address: str
    next_step: str
    next_due: date | None


class Page(Schema):
    count: int
    page: int
    rows: list[HouseholdRow]


class Found(Schema):
    rows: list[HouseholdRow]
    more: bool


class Narrow(Schema):
    stage: str = ""
    level: str = ""
    segment: str = ""
    village: str = ""
    product: str = ""


class FindingIn(Schema):
    model_config = {"extra": "forbid"}

    cause: str = ""
    business_state: str = ""
    ability: str = ""
    willingness: str = ""
    guarantee: str = ""
    evidence: str = ""
    found_on: date | None = None


class FindingOut(Schema):
    id: int
    household: int
    found_on: date


@router.get("", response={200: Page, 401: Errors, 403: Errors})
def index(request: HttpRequest, narrow: Query[Narrow], page: int = 1) -> dict[str, Any]:
    """Households, those with most overdue money first, a hundred a page."""
    permissions.require(caller(request), "household.view")
    rows = lists.households(caller(request), lists.Filter(**narrow.model_dump()))
    page = max(1, page)
    shown = rows.order_by("-state__overdue_fen", "pk")[(page - 1) * PER_PAGE:page * PER_PAGE]
    return {"count": rows.count(), "page": page, "rows": [_row(one) for one in shown]}


@router.get("/search", response={200: Found, 401: Errors, 403: Errors})
def search(request: HttpRequest, q: str) -> dict[str, Any]:
    """By name, initials, telephone, identity number, borrower or contract number; looking up a whole personal number is
    written to the audit chain."""
    answer = look_up(user=caller(request), text=q)
    return {"rows": [_row(found.household) for found in answer.found], "more": answer.more}


@router.get("/{pk}", response={200: HouseholdDetail, 401: Errors, 403: Errors, 404: Errors})
def detail(request: HttpRequest, pk: int) -> dict[str, Any]:
    """One household, with its loans' numbers."""
    permissions.require(caller(request), "household.view")
    household = scope.household_for(caller(request), pk)
    party, state = household.borrower, getattr(household, "state", None)
    return {
        **_row(household), "phone": mask_phone(party.phone), "id_number": mask_id(party.id_number),
        "address": mask_address(party.address), "loans": list(household.loans.values_list("loan_no", flat=True)),
        "next_step": state.next_step if state else "", "next_due": state.next_due if state else None,
    }


@router.post("/{pk}/findings", response={201: FindingOut, 401: Errors, 403: Errors, 404: Errors, 422: Errors},
             auth=guarded("findings.record"))
def finding(request: HttpRequest, pk: int, given: FindingIn) -> Status:
    """Record what was found out about a household; the segment follows."""
    made = record_finding(user=caller(request), household_id=pk, **given.model_dump())
    return Status(201, {"id": made.pk, "household": made.household_id, "found_on": made.found_on})


def _row(household: Household) -> dict[str, Any]:
    state = getattr(household, "state", None)
    party = household.borrower
    return {
        "id": household.pk, "borrower_no": party.borrower_no, "name": party.name, "kind": party.kind,
        "village": household.village, "unit": str(household.unit) if household.unit else None,
        "custodian": str(household.custodian) if household.custodian else None, "owed": owed(state) if state else None,
        "level": state.level if state else "", "segment": state.segment if state else "",
    }
