"""The field of view: which households a user sees. Every read of households starts here."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from qingshou.access import permissions
from qingshou.access.permissions import SYSTEM, System
from qingshou.portfolio.models import Household, Loan

__all__ = ["SYSTEM", "household_for", "loan_for", "loans", "visible"]


def visible(user: Any) -> QuerySet[Household]:
    """Households in the user's field of view on today's postings: own, of their units, the bank's, or none.

    None without ``household.view``. ``access.permissions.SYSTEM`` sees all.
    """
    if isinstance(user, System):
        return Household.objects.all()
    who = permissions.viewer(user)
    if not who.may("household.view"):
        return Household.objects.none()
    if who.reach == "bank":
        return Household.objects.all()
    if who.reach == "unit":
        return Household.objects.filter(unit_id__in=who.unit_ids)
    if who.reach == "own":
        return Household.objects.filter(custodian_id=who.user.pk)
    return Household.objects.none()


def loans(user: Any) -> QuerySet[Loan]:
    """Loans of the households in the user's field of view."""
    if isinstance(user, System):
        return Loan.objects.all()
    who = permissions.viewer(user)
    if not who.may("household.view"):
        return Loan.objects.none()
    if who.reach == "bank":
        return Loan.objects.all()
    if who.reach == "unit":
        return Loan.objects.filter(household__unit_id__in=who.unit_ids)
    if who.reach == "own":
        return Loan.objects.filter(household__custodian_id=who.user.pk)
    return Loan.objects.none()


def household_for(user: Any, pk: int) -> Household:
    """The household with borrower, unit, custodian and state. Raises Household.DoesNotExist outside the field of view."""
    return visible(user).select_related("borrower", "unit", "custodian", "state").get(pk=pk)


def loan_for(user: Any, loan_no: str) -> Loan:
    """The loan by its number, with borrower, household and state. Raises Loan.DoesNotExist outside the field of view."""
    if "\0" in loan_no:  # PostgreSQL would refuse the question itself
        raise Loan.DoesNotExist
    return loans(user).select_related("borrower", "household", "household__borrower", "state").get(loan_no=loan_no)
