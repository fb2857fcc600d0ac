"""The demo bank in a store."""

from __future__ import annotations

import json

import pytest

import demo
from demo import places
from qingshou.access import audit
from qingshou.access.models import User
from qingshou.access.roles import Role
from qingshou.contact.models import ContactAttempt
from qingshou.portfolio.models import BusinessDay, Household, HouseholdState, LedgerEvent, Loan, LoanState, Party
from qingshou.store.models import Setting


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_small_demo_bank_is_filled_whole_and_names_an_account_for_each_role(tmp_path, settings):
    settings.HISTORY = tmp_path / "history"
    heard = []
    demo.build(households=60, months=2, seed=5, progress=lambda permille, note: heard.append(permille))
    assert heard == sorted(heard) and heard[-1] == 1000
    assert Setting.objects.get(key="demo").value == "1"
    accounts = json.loads(Setting.objects.get(key="demo_accounts").value)
    assert {item["role"] for item in accounts} == set(Role.values)
    for item in accounts:
        assert User.objects.get(username=item["username"]).check_password(item["password"])
    assert BusinessDay.objects.get(state="open").date == places.BUSINESS_DATE
    assert Household.objects.count() == HouseholdState.objects.count() == 60
    assert LoanState.objects.count() == Loan.objects.filter(starts_on__lt=places.BUSINESS_DATE).count() > 0
    assert not LedgerEvent.objects.filter(date__gte=places.BUSINESS_DATE).exists()
    assert ContactAttempt.objects.filter(guard__allowed=True).count() == ContactAttempt.objects.count() > 0
    assert Party.objects.get(borrower_no="K000003").id_number.startswith(("990101", "99990101"))
    assert audit.verify().bad is None
    assert len(list((tmp_path / "history" / "loans").glob("*.parquet"))) >= 55
