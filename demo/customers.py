"""Who the bank lends to: fictional people and companies, how they are reached and related, and their nature.

A *nature* is what no bank knows and the simulator acts on: ability (how much of what falls due the household can find),
willingness, steadiness. Numbers that look like identity cards use a region code that does not exist (990101).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from demo import places
from demo.draw import Draw

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass
class Person:
    """A party of the demo bank: borrower, guarantor or relation."""

    kind: str
    name: str
    id_number: str
    phone: str
    address: str
    village: str
    industry: str = ""
    employer: str = ""
    public_servant: bool = False
    monthly_income_fen: int | None = None


@dataclass
class Nature:
    """The hidden side of a household, each between 0 and 1; ``lost_on`` the day it stopped paying before the story began."""

    ability: float
    willingness: float
    steadiness: float
    away: bool
    guarantor_helps: float
    lost_on: date | None = None
    lost_cause: str = ""


@dataclass
class Customer:
    """A household as the demo bank knows it, and its nature."""

    customer: str  # farmer shop worker company developer
    division: places.Division
    borrower: Person
    nature: Nature
    longitude_e6: int
    latitude_e6: int
    relations: list[tuple[str, str, str]] = field(default_factory=list)  # kind, name, phone
    second_phone: str = ""


class Registry:
    """Gives out numbers that are used once."""

    def __init__(self, draw: Draw, *, first: int = 0) -> None:
        self._draw = draw
        self._phones = self._people = first

    def phone(self) -> str:
        self._phones += 1
        return f"19900{self._phones * 7919 % 1_000_000:06d}"

    def id_number(self, born: date) -> str:
        self._people += 1
        body = f"990101{born:%Y%m%d}{self._people * 37 % 1000:03d}"
        check = "10X98765432"[sum(int(d) * w for d, w in zip(body, _ID_WEIGHTS, strict=True)) % 11]
        return body + check

    def company_code(self) -> str:
        self._people += 1
        return f"99990101MA{self._people:08d}"

    def person_name(self) -> str:
        draw = self._draw
        given = draw.pick(places.GIVEN_FIRST) + draw.pick(places.GIVEN_SECOND)
        return draw.pick(places.SURNAMES) + (given if draw.chance(0.82) else given[1])

    def person(self, village: str, branch: str, income: tuple[int, int]) -> Person:
        born = date(1955, 1, 1) + timedelta(days=self._draw.between(0, 16_000))
        return Person("person", self.person_name(), self.id_number(born), self.phone(),
                      f"青石县{village}{self._draw.between(1, 12)}组{self._draw.between(1, 90)}号", village,
                      monthly_income_fen=self._draw.between(*income) * 10_000)


def make(count: int, draw: Draw) -> list[Customer]:
    """*count* customers over the divisions, by the shares that E7's cooperative suggests."""
    registry = Registry(draw)
    names: set[str] = set()
    made = []
    for number in range(count):
        division = draw.weighted(places.DIVISIONS, [item.share for item in places.DIVISIONS])
        if number < len(places.DEVELOPERS):
            division, kind = places.DIVISIONS[0], "developer"
        elif division.code in ("D1", "LAW"):
            kind = draw.weighted(("farmer", "shop", "worker", "company"), (0.14, 0.54, 0.18, 0.14))
        else:
            kind = draw.weighted(("farmer", "shop", "worker", "company"), (0.66, 0.15, 0.17, 0.02))
        made.append(_customer(kind, division, registry, draw, names))
        if kind == "developer":
            made[-1].borrower.name = places.DEVELOPERS[number]
    return made


def _customer(kind: str, division: places.Division, registry: Registry, draw: Draw, names: set[str]) -> Customer:
    village = draw.pick(division.villages)
    income = {"farmer": (22, 70), "shop": (45, 200), "worker": (40, 110)}.get(kind, (0, 0))
    borrower = registry.person(village, division.branch, income)
    borrower.industry = draw.pick(places.INDUSTRIES[kind])
    if kind in ("company", "developer"):
        name = ""
        while not name or name in names:
            name = draw.pick(places.COMPANY_WORDS) + draw.pick(places.SURNAMES) + "氏" * draw.chance(0.3) \
                + draw.pick(places.COMPANY_TRADES)
        names.add(name)
        boss = borrower.name
        borrower = Person("company", name, registry.company_code(), borrower.phone, borrower.address, village,
                          borrower.industry)
    elif kind == "worker":
        borrower.employer = draw.pick(places.WORK_PLACES)
    elif kind == "shop" and draw.chance(0.5):
        borrower.employer = draw.pick(places.SHOP_WORDS) + draw.pick(places.SHOP_TRADES)
    if borrower.kind == "person" and draw.chance(0.03):
        borrower.public_servant, borrower.employer = True, draw.pick(("青石县某中学", "青石县某乡镇政府", "青石县某卫生院"))
    away = kind == "worker" or draw.chance(division.away)
    strain = 0.55 + 0.45 / division.trouble
    nature = Nature(ability=float(draw.unit()) ** (0.7 / strain), willingness=float(draw.unit()) ** 0.45,
                    steadiness=0.79 + 0.19 * float(draw.unit()), away=away,
                    guarantor_helps=float(draw.unit()))
    if kind == "developer":
        nature.ability, nature.willingness = 0.9, 0.9
    customer = Customer(kind, division, borrower, nature, *_place(division, village, draw))
    if borrower.kind == "person":
        relation = draw.weighted(("spouse", "kin", "neighbour", "committee"), (0.6, 0.5, 0.2, 0.1))
        customer.relations.append((relation, registry.person_name(), registry.phone()))
        if draw.chance(0.4):
            customer.relations.append(("kin", registry.person_name(), registry.phone()))
    else:
        customer.relations.append(("shareholder", boss, registry.phone()))
    if draw.chance(0.3):
        customer.second_phone = registry.phone()
    return customer


def _place(division: places.Division, village: str, draw: Draw) -> tuple[int, int]:
    """Where a household lies: its village's place, by the village's order in the division, and a little scatter."""
    longitude, latitude = village_place(division, village)
    return longitude + draw.between(-9_000, 9_000), latitude + draw.between(-7_000, 7_000)


def village_place(division: places.Division, village: str) -> tuple[int, int]:
    """Longitude and latitude of a village in micro-degrees: on a spiral around the county town."""
    home = next(item for item in places.DIVISIONS if village in item.villages and (item is division or item.code != "LAW"))
    order = home.villages.index(village)
    near, far = home.distance_km
    km = near + (far - near) * (order + 1) // (len(home.villages) + 1)
    turn = {"D1": 0, "LAW": 1, "D2": 1, "D3": 5, "D4": 9}[home.code] + order * 2
    east, north = ((10, 0), (9, 5), (5, 9), (0, 10), (-5, 9), (-9, 5), (-10, 0), (-9, -5), (-5, -9), (0, -10), (5, -9),
                   (9, -5))[turn % 12]
    longitude, latitude = places.CENTRE_E6
    return longitude + east * km * 1_050, latitude + north * km * 900

