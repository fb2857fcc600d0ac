"""Find a household by one box (P6): name, pinyin initials, telephone, identity number, borrower or contract number.

Each way of reading the text is one indexed query over parties or loans, within the field of view, stopped at ``LIMIT``.
Personal numbers are found by keyed hash: exact, and nothing is unsealed but the few candidates that share a tail.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from qingshou.portfolio.models import ContactPoint, Guarantee, Household, Relation
from qingshou.portfolio.queries import scope
from qingshou.store.crypto import keyed_hash

LIMIT = 20
LONGEST = 60
LAST = "\U0010ffff"  # sorts after every character of a name

_LETTERS = re.compile(r"[a-z]{1,20}")
_NUMBER = re.compile(r"[0-9A-Za-z\-_/.]{3,40}")
_PHONE = re.compile(r"(\+?86)?1\d{10}|0\d{9,11}")
_IDENTITY = re.compile(r"\d{17}[\dXx]|\d{15}|[0-9A-HJ-NPQRTUWXY]{18}")


@dataclass(frozen=True)
class Found:
    """One household found, why, and the loan when the text was a contract number."""

    household: Household
    why: str
    loan_no: str = ""


@dataclass(frozen=True)
class Answer:
    """What was found; ``exact`` when a personal number was looked up whole (such look-ups are audited)."""

    text: str
    found: list[Found]
    more: bool
    exact: str  # "", phone, identity


def normalise(text: str) -> str:
    """Full-width letters and digits as half-width, nothing invisible, no spaces around, at most ``LONGEST`` characters."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in plain if unicodedata.category(letter)[0] != "C").strip()[:LONGEST]


def search(user: Any, text: str, *, limit: int = LIMIT) -> Answer:
    """Households in the user's field of view that match *text*, the surest first, at most *limit*."""
    text = normalise(text)
    found: dict[int, Found] = {}
    exact = exact_kind(text)
    if text:
        for kind, matches in _ways(user, text, limit + 1):
            for match in matches:
                found.setdefault(match.household.pk, match)
            if (kind and found) or len(found) > limit:
                break
    return Answer(text, list(found.values())[:limit], len(found) > limit, exact)


def exact_kind(text: str) -> str:
    """``phone`` or ``identity`` when *text* is a whole personal number, else ''."""
    compact = re.sub(r"[\s\-]", "", normalise(text))
    if _PHONE.fullmatch(compact):
        return "phone"
    return "identity" if _IDENTITY.fullmatch(compact) else ""


def _ways(user: Any, text: str, limit: int) -> Iterator[tuple[str, Iterator[Found]]]:
    """Ways to read the text, lazily, as (kind of personal number or '', matches)."""
    compact = re.sub(r"[\s\-]", "", text)
    kind = exact_kind(text)
    if kind == "identity":
        yield kind, _parties(user, Q(id_hash=keyed_hash(compact)), _("证件号"), limit)
    if kind == "phone":
        yield kind, _phone(user, compact.removeprefix("+").removeprefix("86") if len(compact) > 12 else compact, limit)
    if re.fullmatch(r"\d{4}", text):
        yield "", _tail(user, text, limit)
    if _NUMBER.fullmatch(text) or not text.isascii():
        yield "", _loans(user, text, limit)
    if _NUMBER.fullmatch(text):
        yield "", _parties(user, _prefix("borrower_no", text), _("客户号"), limit)
    if _LETTERS.fullmatch(text.lower()):
        yield "", _parties(user, _prefix("initials", text.lower()), _("拼音首字母"), limit, order="initials")
    if not text.isdecimal():
        yield "", _parties(user, _prefix("name", text), _("姓名"), limit, order="name")
        yield "", _guarantors(user, _prefix("guarantor__name", text), limit)
        if len(text) > 1 or not text.isascii():
            yield "", _parties(user, Q(name__contains=text), _("姓名"), limit, order="name")


def _prefix(field: str, text: str) -> Q:
    """Rows whose *field* begins with *text*, so that the index on it is used.

    SQLite's LIKE cannot use an index that tells case apart, its byte order can; PostgreSQL has an index for LIKE.
    """
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": text, f"{field}__lt": text + LAST})
    return Q(**{f"{field}__startswith": text})


def _shown(households: QuerySet[Household]) -> QuerySet[Household]:
    return households.select_related("borrower", "unit", "custodian", "state")


def _parties(user: Any, where: Q, why: str, limit: int, *, order: str = "name") -> Iterator[Found]:
    """Households whose borrower is such a party; *order* is the column whose index finds them."""
    households = _shown(scope.visible(user)).filter(_over("borrower", where)).order_by(f"borrower__{order}", "pk")
    yield from (Found(household, why) for household in households[:limit])


def _over(relation: str, where: Q) -> Q:
    """The same condition, asked of a related row."""
    made = Q()
    for child in where.children:
        name, value = child  # type: ignore[misc]
        made &= Q(**{f"{relation}__{name}": value})
    return made


def _guarantors(user: Any, where: Q, limit: int) -> Iterator[Found]:
    """Households with a loan that such a guarantor stands for."""
    given = Guarantee.objects.filter(where, loan__household__in=scope.visible(user)).select_related("guarantor", "loan")
    rows = list(given.order_by("guarantor__name", "pk")[:limit])
    households = _shown(Household.objects).in_bulk({row.loan.household_id for row in rows})
    for row in rows:
        yield Found(households[row.loan.household_id], _("保证人 %(name)s") % {"name": row.guarantor.name}, row.loan.loan_no)


def _loans(user: Any, text: str, limit: int) -> Iterator[Found]:
    rows = list(scope.loans(user).filter(_prefix("loan_no", text)).order_by("loan_no")[:limit])
    households = _shown(Household.objects).in_bulk({row.household_id for row in rows})
    for row in rows:
        yield Found(households[row.household_id], _("合同号 %(number)s") % {"number": row.loan_no}, row.loan_no)


def _tail(user: Any, tail: str, limit: int) -> Iterator[Found]:
    """Households whose borrower, or somebody related to the borrower, has a telephone that ends so."""
    visible = scope.visible(user)
    yield from _parties(user, Q(phone_tail=tail), _("手机尾号"), limit)
    points = ContactPoint.objects.filter(tail=tail, party__household__in=visible)
    related = Relation.objects.filter(phone_tail=tail, party__household__in=visible)
    others = {pk for rows in (points, related) for pk in rows.values_list("party_id", flat=True)[:limit]}
    for household in _shown(visible).filter(borrower_id__in=others).order_by("pk")[:limit]:
        yield Found(household, _("联系电话尾号"))


def _phone(user: Any, phone: str, limit: int) -> Iterator[Found]:
    """Households whose borrower has exactly this telephone, then those where a further contact has it."""
    yield from _parties(user, Q(phone_hash=keyed_hash(phone)), _("手机号"), limit)
    visible, tail = scope.visible(user), phone[-4:]
    points = ContactPoint.objects.filter(tail=tail, kind=ContactPoint.Kind.PHONE, party__household__in=visible)
    related = Relation.objects.filter(phone_tail=tail, party__household__in=visible)
    holders = {point.party_id for point in points if point.value == phone}
    holders |= {relation.party_id for relation in related if relation.phone == phone}
    for household in _shown(visible).filter(borrower_id__in=holders).order_by("pk")[:limit]:
        yield Found(household, _("联系电话"))
