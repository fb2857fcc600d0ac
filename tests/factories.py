"""Small objects for tests, made through the ORM with sensible defaults."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from qingshou.access.models import Posting, Unit, User
from qingshou.access.roles import Role
from qingshou.casework.models import Assignment, Task
from qingshou.contact.models import ContactAttempt, Promise
from qingshou.portfolio.models import BusinessDay, Household, HouseholdState, Instalment, LedgerEvent, Loan, Party
from qingshou.store import crypto

TODAY = date(2026, 11, 24)
_numbers = itertools.count(1)


def make_unit(code: str, name: str, kind: str = "division", parent: Unit | None = None) -> Unit:
    return Unit.objects.get_or_create(
        code=code, defaults={"name": name, "kind": kind, "parent": parent, "valid_from": date(2020, 1, 1)})[0]


def make_user(role: str = Role.COLLECTOR, unit: Unit | None = None, username: str = "", **fields: Any) -> User:
    """A user with one open posting; the password is ``pass-word-1234``."""
    number = next(_numbers)
    user = User.objects.create_user(username or f"{role}{number}", password="pass-word-1234",
                                    display_name=fields.pop("display_name", f"用户{number}"), **fields)
    unit = unit or make_unit("HO", "总部", "head_office")
    Posting.objects.create(user=user, unit=unit, role=role, starts_on=date(2020, 1, 1))
    return user


def make_household(custodian: User | None = None, unit: Unit | None = None, name: str = "周满仓",
                   **fields: Any) -> Household:
    number = next(_numbers)
    phone = fields.pop("phone", f"1990000{number:04d}")
    id_number = fields.pop("id_number", f"99010119800101{number:04d}")
    party = Party.objects.create(
        borrower_no=fields.pop("borrower_no", f"B{number:06d}"), kind=fields.pop("kind", "person"), name=name,
        initials=fields.pop("initials", "zmc"), phone=phone, phone_tail=phone[-4:], phone_hash=crypto.keyed_hash(phone),
        id_number=id_number, id_hash=crypto.keyed_hash(id_number), village=fields.get("village", "青石村"))
    household = Household.objects.create(borrower=party, unit=unit, custodian=custodian,
                                         village=fields.get("village", "青石村"), opened_on=date(2025, 1, 1))
    if custodian and unit:
        Assignment.objects.create(household=household, unit=unit, collector=custodian, starts_on=date(2025, 1, 1))
    return household


def make_loan(household: Household, **fields: Any) -> Loan:
    """A bullet loan of 100,000.00 at 7.2 %, surcharge 50 %, a year from 2025-01-01, with its instalment."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "loan_no": f"L{number:06d}", "household": household, "borrower": household.borrower, "product": "小额农户贷款",
        "branch": "城关支行", "principal_fen": 10_000_000, "rate_ppm": 72_000, "penalty_surcharge_ppm": 500_000,
        "basis": "actual/360", "method": "bullet", "starts_on": date(2025, 1, 1), "matures_on": date(2026, 1, 1),
        "compound": "none", "guarantee_kind": "credit",
    }
    instalments = fields.pop("instalments", None)
    values.update(fields)
    loan = Loan.objects.create(**values)
    if instalments is None:
        instalments = [(1, loan.matures_on, loan.principal_fen, None)]
    Instalment.objects.bulk_create(
        Instalment(loan=loan, version=1, number=n, due=due, principal_fen=principal, interest_fen=interest)
        for n, due, principal, interest in instalments)
    return loan


def make_event(loan: Loan, kind: str, on: date, amount_fen: int | None = None, **fields: Any) -> LedgerEvent:
    number = next(_numbers)
    return LedgerEvent.objects.create(
        event_no=fields.pop("event_no", f"T{number:08d}"), loan=loan, kind=kind, date=on, amount_fen=amount_fen,
        source="import", recorded_at=timezone.now(), recorded_by="system", **fields)


@dataclass
class Bank:
    """Names for what :func:`make_bank` makes."""

    head_office: Unit
    first: Unit
    second: Unit
    users: dict[str, User]
    other_collector: User
    households: list[Household]
    loans: list[Loan] = field(default_factory=list)


def make_bank() -> Bank:
    head = make_unit("HO", "青石联社", "head_office")
    first, second = make_unit("D1", "一部", parent=head), make_unit("D2", "二部", parent=head)
    places = {Role.COLLECTOR: first, Role.MANAGER: first}
    users = {str(role): make_user(role, places.get(role, head), username=str(role)) for role in Role}
    other = make_user(Role.COLLECTOR, second, username="other")
    households = [
        make_household(users["collector"], first, "周满仓", initials="zmc"),
        make_household(users["collector"], first, "何桂兰", initials="hgl", village="柳沟村"),
        make_household(make_user(Role.COLLECTOR, first, username="colleague"), first, "赵有田", initials="zyt"),
        make_household(other, second, "永顺粮油经营部", initials="yslyjyb", kind="company"),
    ]
    bank = Bank(head, first, second, users, other, households)
    bank.loans = [make_loan(household) for household in households]
    BusinessDay.objects.create(date=TODAY, state="open")
    return bank


def make_task(household: Household, **fields: Any) -> Task:
    """An open call due on the business date, owned by the household's custodian."""
    values: dict[str, Any] = {"household": household, "source": "person", "title": "电话提醒", "channel": "call",
                              "target": "borrower", "owner": household.custodian, "due": TODAY, "made_on": TODAY}
    return Task.objects.create(**values | fields)


def make_state(household: Household, **fields: Any) -> HouseholdState:
    """Where a household stands: twelve days overdue with 4,862.00 of 48,620.35 owed, nothing found out yet."""
    values: dict[str, Any] = {
        "household": household, "as_of": TODAY, "loans_count": 1, "principal_fen": 4_280_000, "interest_owed_fen": 341_020,
        "penalty_owed_fen": 212_015, "compound_owed_fen": 0, "fee_owed_fen": 29_000, "overdue_fen": 486_200,
        "total_owed_fen": 4_862_035, "npl_principal_fen": 0, "provision_fen": 85_600, "dpd": 12, "stage": "middle",
        "level": "special_mention", "segment": "unclassified", "segment_missing": "business_state", "path": "",
        "score": 1_000, "minutes": 10, "reasons": "[]",
    }
    return HouseholdState.objects.create(**values | fields)


def make_contact(household: Household, at: datetime, **fields: Any) -> ContactAttempt:
    """A contact that another system logged: an answered call with the borrower."""
    values: dict[str, Any] = {
        "contact_no": f"X{next(_numbers):06d}", "household": household, "party": household.borrower,
        "party_role": "borrower", "channel": "call", "at": at, "answered": True, "outcome": "reached",
        "made_by": household.custodian, "source": "import", "recorded_at": timezone.now()}
    return ContactAttempt.objects.create(**values | fields)


def make_promise(household: Household, due: date, amount_fen: int = 300_000, **fields: Any) -> Promise:
    values: dict[str, Any] = {
        "promise_no": f"P{next(_numbers):06d}", "household": household, "made_on": TODAY, "due": due,
        "amount_fen": amount_fen, "source_of_money": "果款", "taken_by": household.custodian, "recorded_at": timezone.now()}
    return Promise.objects.create(**values | fields)
