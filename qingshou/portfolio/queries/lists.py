"""Lists of households and loans: filtered, sorted, within the field of view. A page, an export, a count read the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from qingshou.access import permissions
from qingshou.access.models import Unit, User
from qingshou.portfolio.models import BAD_LEVELS, Household, Loan
from qingshou.portfolio.queries import scope

OVERDUE, BAD = "overdue", "bad"  # beside the stages: anything overdue; beside the classes: any bad class

# What a column sorts by, greatest first where that is what one looks for.
HOUSEHOLD_SORTS: Mapping[str, str] = {
    "name": "borrower__name", "dpd": "state__dpd", "overdue": "state__overdue_fen", "total": "state__total_owed_fen",
    "principal": "state__principal_fen", "score": "state__score", "next": "state__next_due", "village": "village",
    "contact": "state__last_contact_on",
}
LOAN_SORTS: Mapping[str, str] = {
    "loan": "loan_no", "name": "borrower__name", "dpd": "state__dpd", "overdue": "state__overdue_fen",
    "total": "state__total_owed_fen", "principal": "state__principal_fen", "matures": "matures_on", "product": "product",
}


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; empty values narrow nothing. Amounts are of ``overdue`` money in fen."""

    stage: str = ""
    level: str = ""
    segment: str = ""
    village: str = ""
    unit: int | None = None
    custodian: int | None = None
    product: str = ""
    branch: str = ""
    least_fen: int | None = None
    most_fen: int | None = None

    def told(self) -> dict[str, Any]:
        """The filters that are set, for the audit and the head of an export."""
        return {name: value for name, value in self.__dict__.items() if value not in ("", None)}


@dataclass(frozen=True)
class Sums:
    """How many rows and what they owe, in fen."""

    count: int
    principal_fen: int
    overdue_fen: int
    total_owed_fen: int


@dataclass(frozen=True)
class Choices:
    """What the filters of a list may be set to, for one viewer."""

    units: list[Unit] = field(default_factory=list)
    custodians: list[User] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    villages: list[str] = field(default_factory=list)


def households(user: Any, wanted: Filter) -> QuerySet[Household]:
    """Households in the field of view that pass the filter, with borrower, state, unit, custodian; unordered."""
    rows = scope.visible(user).filter(_of_state(wanted), _of_household("", wanted))
    of_loans = Q()
    if wanted.product:
        of_loans &= Q(product=wanted.product)
    if wanted.branch:
        of_loans &= Q(branch=wanted.branch)
    if of_loans and wanted.stage == OVERDUE:
        of_loans &= Q(state__dpd__gt=0)  # overdue on a loan of that kind, not on another
    if of_loans:
        rows = rows.filter(pk__in=Loan.objects.filter(of_loans).values("household_id"))
    return rows.select_related("borrower", "state", "unit", "custodian")


def loans(user: Any, wanted: Filter) -> QuerySet[Loan]:
    """Loans in the field of view that pass the filter, with borrower, state and household; unordered."""
    rows = scope.loans(user).filter(_of_state(wanted), _of_household("household__", wanted))
    if wanted.segment:
        rows = rows.filter(household__state__segment=wanted.segment)
    if wanted.product:
        rows = rows.filter(product=wanted.product)
    if wanted.branch:
        rows = rows.filter(branch=wanted.branch)
    return rows.select_related("borrower", "state", "household", "household__unit", "household__custodian")


def sums(rows: QuerySet[Any]) -> Sums:
    """Count and sums of a list, in one query; overdue is what the overdue ones have due and unpaid."""
    found = rows.select_related(None).order_by().aggregate(
        count=Count("pk"), principal_fen=Sum("state__principal_fen", default=0),
        overdue_fen=Sum("state__overdue_fen", filter=Q(state__dpd__gt=0), default=0),
        total_owed_fen=Sum("state__total_owed_fen", default=0))
    return Sums(**found)


class Counted:
    """A list whose length is known already, so that a pager need not count it again."""

    ordered = True

    def __init__(self, rows: QuerySet[Any], count: int) -> None:
        self._rows, self._count = rows, count

    def count(self) -> int:
        return self._count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, part: slice) -> QuerySet[Any]:
        return self._rows[part]


def choices(user: Any) -> Choices:
    """The units, custodians, products and villages that occur in the viewer's field of view."""
    who = permissions.viewer(user)
    visible = scope.visible(user)
    units = Unit.objects.filter(pk__in=who.unit_ids) if who.reach == "unit" else Unit.objects.all()
    if who.reach == "own":
        return Choices(products=_products(), villages=_villages(visible))
    custodians = User.objects.filter(pk__in=visible.exclude(custodian=None).values("custodian_id")).order_by("display_name")
    return Choices(units=list(units), custodians=list(custodians), products=_products(), villages=_villages(visible))


def _products() -> list[str]:
    return list(Loan.objects.order_by("product").values_list("product", flat=True).distinct()[:200])


def _villages(visible: QuerySet[Household]) -> list[str]:
    return list(visible.exclude(village="").order_by("village").values_list("village", flat=True).distinct()[:500])


def _of_state(wanted: Filter) -> Q:
    found = Q()
    if wanted.stage == OVERDUE:
        found &= Q(state__dpd__gt=0)
    elif wanted.stage:
        found &= Q(state__stage=wanted.stage)
    if wanted.level == BAD:
        found &= Q(state__level__in=BAD_LEVELS)
    elif wanted.level:
        found &= Q(state__level=wanted.level)
    if wanted.least_fen is not None:
        found &= Q(state__overdue_fen__gte=wanted.least_fen)
    if wanted.most_fen is not None:
        found &= Q(state__overdue_fen__lte=wanted.most_fen)
    return found


def _of_household(prefix: str, wanted: Filter) -> Q:
    found = Q()
    if wanted.village:
        found &= Q(**{f"{prefix}village": wanted.village})
    if wanted.unit is not None:
        found &= Q(**{f"{prefix}unit_id__in": permissions.units_below([wanted.unit])})
    if wanted.custodian is not None:
        found &= Q(**{f"{prefix}custodian_id": wanted.custodian})
    if wanted.segment and not prefix:
        found &= Q(state__segment=wanted.segment)
    return found

