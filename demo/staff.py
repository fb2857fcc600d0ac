"""Units, people who work at the demo bank, and the accounts that are named on its sign-in page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password

from demo import places
from demo.draw import Draw
from qingshou.access.models import Posting, Unit, User
from qingshou.access.roles import Role
from qingshou.people.models import Grid
from qingshou.store.models import Setting

PASSWORD = "qingshou-demo-2026"  # of every account; served in demo mode only
SINCE = date(2024, 1, 1)
HOME = "D3"  # the division of the named collector and manager: large, with something to do every day
PLACE = 1  # of the named collector among the division's
# One named account a role; the others of a division are numbered.
NAMED = (
    ("collector", "lin", "林秋实", HOME), ("manager", "shen", "沈立群", HOME), ("operations", "he", "何清扬", "HO"),
    ("legal", "fang", "方正言", "LAW"), ("reviewer", "bai", "白慎之", "HO"), ("risk", "gu", "顾远山", "HO"),
    ("compliance", "qin", "秦守正", "HO"), ("admin", "admin", "罗维安", "HO"),
)


@dataclass
class Staff:
    """Who works where: collectors by division code, in a fixed order; managers by division code."""

    units: dict[str, Unit]
    collectors: dict[str, list[User]]
    managers: dict[str, User]
    operations: User


def make(draw: Draw) -> Staff:
    """Create units, grids, users and postings; note the demo accounts in the store."""
    head = Unit.objects.create(code="HO", name=places.BANK_NAME, kind=Unit.Kind.HEAD_OFFICE, valid_from=SINCE)
    units = {"HO": head}
    for division in places.DIVISIONS:
        units[division.code] = Unit.objects.create(code=division.code, name=division.name, kind=Unit.Kind.DIVISION,
                                                   parent=head, valid_from=SINCE)
    password = make_password(PASSWORD)  # hashed once: hashing is slow on purpose
    named = {role: (username, name, units[code]) for role, username, name, code in NAMED}
    users: dict[str, User] = {}
    for role, (username, name, unit) in named.items():
        users[role] = _user(username, name, role, unit, password)
    collectors: dict[str, list[User]] = {}
    managers: dict[str, User] = {}
    for division in places.DIVISIONS:
        code, unit = division.code, units[division.code]
        members: list[User] = []
        while len(members) < division.collectors:
            named = code == HOME and len(members) == PLACE
            members.append(users["collector"] if named else _user(
                f"{code.lower()}-{len(members) + 1:02d}", _name(draw), Role.COLLECTOR, unit, password))
        collectors[code] = members
        managers[code] = users["manager"] if code == HOME else _user(f"{code.lower()}-manager", _name(draw), Role.MANAGER,
                                                                      unit, password)
    accounts = [{"username": username, "password": PASSWORD, "role": role, "name": name, "unit": units[code].name}
                for role, username, name, code in NAMED]
    Setting.objects.update_or_create(key="demo_accounts", defaults={"value": json.dumps(accounts, ensure_ascii=False)})
    _grids(units)
    return Staff(units, collectors, managers, users["operations"])


def _user(username: str, name: str, role: str, unit: Unit, password: str) -> User:
    user = User.objects.create(username=username, display_name=name, password=password)
    Posting.objects.create(user=user, unit=unit, role=role, starts_on=SINCE)
    return user


def _name(draw: Draw) -> str:
    return draw.pick(places.SURNAMES) + draw.pick(places.GIVEN_FIRST) + draw.pick(places.GIVEN_SECOND)


def _grids(units: dict[str, Unit]) -> None:
    from demo.customers import village_place

    seen: set[str] = set()
    for division in places.DIVISIONS:
        for number, village in enumerate(division.villages, 1):
            if division.code == "LAW" or village in seen:
                continue
            seen.add(village)
            longitude, latitude = village_place(division, village)
            Grid.objects.create(code=f"{division.code}-{number:02d}", name=village, unit=units[division.code],
                                longitude_e6=longitude, latitude_e6=latitude)
