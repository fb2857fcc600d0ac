"""One payment for several loans of a household: divided by law, shown, posted loan by loan."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from qingshou.access.models import AuditEntry
from qingshou.engine.allocation import Claim, across
from qingshou.portfolio.models import Household, LedgerEvent
from qingshou.portfolio.services.payment import post_payment, preview_payment
from tests import factories

DAY = date(2026, 6, 1)


def claim(id: int, overdue: int, owed: int, security: int = 0, burden: int = 72_000, due: date | None = DAY) -> Claim:
    return Claim(id, overdue, owed, security, burden, due if overdue else None)


@pytest.mark.parametrize(("name", "amount", "claims", "shares", "left"), [
    ("what is due comes before what is not", 150, [claim(1, 0, 900), claim(2, 100, 400, 1)], [(1, 50), (2, 100)], 0),
    ("the least secured first", 100, [claim(1, 100, 100, security=3), claim(2, 80, 80)], [(1, 20), (2, 80)], 0),
    ("of equal security the heavier", 50, [claim(1, 100, 100), claim(2, 100, 100, burden=90_000)], [(2, 50)], 0),
    ("of equal weight the earlier due", 50, [claim(1, 100, 100), claim(2, 100, 100, due=date(2025, 1, 1))], [(2, 50)], 0),
    ("equals in proportion", 100, [claim(1, 100, 100), claim(2, 300, 300)], [(1, 25), (2, 75)], 0),
    ("the odd fen goes somewhere", 1, [claim(1, 100, 100), claim(2, 100, 100)], [(1, 1)], 0),
    ("more than everything leaves a rest", 500, [claim(1, 100, 300), claim(2, 50, 50)], [(1, 300), (2, 50)], 150),
    ("no loans", 10, [], [], 10),
])
def test_a_payment_is_divided_by_law(name, amount, claims, shares, left):
    assert across(amount, claims) == (shares, left), name


@given(st.integers(0, 10**12), st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 3),
                                                  st.integers(0, 300_000), st.integers(0, 400)), max_size=8))
def test_money_is_conserved_and_nothing_is_overpaid(amount, rows):
    claims = [Claim(number, overdue, overdue + rest, security, burden, date.fromordinal(739_000 + day))
              for number, (overdue, rest, security, burden, day) in enumerate(rows)]
    shares, left = across(amount, claims)
    owed = {item.id: item.owed_fen for item in claims}
    assert sum(fen for _, fen in shares) + left == amount
    assert all(0 < fen <= owed[name] for name, fen in shares)
    assert left == 0 or sum(owed.values()) + left == amount


@pytest.fixture
def two(bank):
    """A household with a credit loan and a mortgage, both matured and unpaid."""
    household = bank.households[0]
    factories.make_loan(household, guarantee_kind="mortgage", principal_fen=5_000_000)
    return household


@pytest.mark.django_db
def test_the_shares_are_posted_as_repayments_and_the_same_number_again_posts_nothing(bank, two):
    user = bank.users["operations"]
    told = {"user": user, "household_id": two.pk, "date": DAY, "amount_fen": 13_000_000}
    division = preview_payment(**told)
    assert [share.loan.guarantee_kind for share in division.shares] == ["credit", "mortgage"]
    assert sum(share.fen for share in division.shares) == 13_000_000
    assert division.shares[0].fen == division.shares[0].standing.payoff_fen and not LedgerEvent.objects.exists()
    confirmed = told | {"event_no": "P1", "reason": "柜面缴存", "expected": division.fingerprint}
    events = post_payment(**confirmed)
    assert [event.event_no for event in events] == ["P1.1", "P1.2"]
    assert AuditEntry.objects.filter(action="ledger.post").count() == 2
    assert [event.pk for event in post_payment(**confirmed)] == [event.pk for event in events]
    assert LedgerEvent.objects.count() == 2


@pytest.mark.django_db
def test_a_stale_preview_too_much_money_a_date_to_come_and_other_roles_are_refused(bank, two):
    user = bank.users["operations"]
    told = {"user": user, "household_id": two.pk, "date": DAY, "amount_fen": 1_000_000}
    division = preview_payment(**told)
    factories.make_event(bank.loans[0], "repayment", date(2026, 5, 1), 100)
    with pytest.raises(ValidationError) as stale:
        post_payment(**told, event_no="P2", reason="柜面", expected=division.fingerprint)
    assert stale.value.code == "stale" and not LedgerEvent.objects.filter(event_no__startswith="P2").exists()
    wrongs = (({"amount_fen": 10**10}, "amount"), ({"amount_fen": 0}, "amount"), ({"date": date(2027, 1, 1)}, "date"))
    for wrong, field in wrongs:
        with pytest.raises(ValidationError) as refusal:
            preview_payment(**told | wrong)
        assert field in refusal.value.message_dict
    with pytest.raises(PermissionDenied):
        preview_payment(**told | {"user": bank.users["collector"]})
    with pytest.raises(Household.DoesNotExist):
        preview_payment(**told | {"household_id": 999_999})


@pytest.mark.django_db
def test_the_page_shows_the_division_before_it_posts(bank, two, client):
    client.force_login(bank.users["operations"])
    url = reverse("portfolio:payment", args=[two.pk])
    assert url in client.get(reverse("portfolio:household", args=[two.pk])).content.decode()
    given = {"date": "2026-06-01", "amount": "130000.00", "channel": "", "note": ""}
    shown = client.post(url, given)
    assert shown.status_code == 200 and "民法典第560条" in shown.content.decode() and not LedgerEvent.objects.exists()
    confirm = shown.context["confirm"].initial
    assert client.post(url, given | confirm | {"reason": ""}).status_code == 422 and not LedgerEvent.objects.exists()
    posted = client.post(url, given | confirm | {"reason": "柜面缴存凭证 88"})
    assert posted.status_code == 302 and LedgerEvent.objects.count() == 2
    assert client.post(url, given | {"amount": "-1"}).status_code == 422
