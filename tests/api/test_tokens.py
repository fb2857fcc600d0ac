"""Tokens: shown once, kept as a hash, narrowed by scope, ended by time or hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from qingshou.access.models import ApiToken, AuditEntry
from qingshou.access.services.tokens import make_token, revoke_token, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(bank):
    return make_token(by=bank.users["admin"], name="核心系统", acts_as=bank.users["operations"], scopes=["loans.read"], days=30)


def test_only_a_hash_of_the_token_is_kept(made):
    token, text = made
    assert text.startswith(f"qs_{token.prefix}_") and text not in str(ApiToken.objects.values().get())
    assert token_of(text) == token


def test_making_and_revoking_are_audited_without_the_secret(made, bank):
    token, text = made
    revoke_token(by=bank.users["admin"], token=token, reason="更换")
    entries = list(AuditEntry.objects.filter(action__startswith="access.token"))
    assert [entry.action for entry in entries] == ["access.token.make", "access.token.revoke"]
    assert all(text.split("_", 2)[2] not in entry.after for entry in entries)
    assert token_of(text) is None


@pytest.mark.parametrize("change", ["expired", "user left", "another secret", "no such prefix", "not a token"])
def test_a_token_that_should_not_work_does_not(made, change):
    token, text = made
    if change == "expired":
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif change == "user left":
        token.acts_as.is_active = False
        token.acts_as.save()
    text = {"another secret": f"qs_{token.prefix}_{'x' * 43}", "no such prefix": "qs_000000000000_x",
            "not a token": "Basic"}.get(change, text)
    assert token_of(text) is None


def test_only_administrators_make_and_revoke(bank, made):
    for role in ("collector", "operations", "compliance"):
        with pytest.raises(PermissionDenied):
            make_token(by=bank.users[role], name="x", acts_as=bank.users[role], scopes=["loans.read"], days=1)
        with pytest.raises(PermissionDenied):
            revoke_token(by=bank.users[role], token=made[0])


@pytest.mark.parametrize(("field", "value"), [("name", " "), ("scopes", []), ("scopes", ["everything"]), ("days", 0),
                                              ("days", 10_000)])
def test_a_token_without_sense_is_refused_by_field(bank, field, value):
    given = {"name": "x", "acts_as": bank.users["operations"], "scopes": ["loans.read"], "days": 30} | {field: value}
    with pytest.raises(ValidationError) as refusal:
        make_token(by=bank.users["admin"], **given)
    assert list(refusal.value.error_dict) == [field]


def test_the_last_use_is_remembered(made):
    _token, text = made
    token_of(text)
    assert ApiToken.objects.get().used_at is not None
