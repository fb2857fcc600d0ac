"""Keys for machines (X4): made once and shown once, kept only as a hash, limited by scope and time, revocable.

A token acts as a user: what it may see and do is what that user may, narrowed to its scopes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qingshou.access import audit
from qingshou.access.models import ApiToken, User
from qingshou.access.permissions import require

SCOPES: dict[str, Any] = {
    "households.read": gettext_lazy("查看户"),
    "loans.read": gettext_lazy("查看贷款、结清试算、本息清单"),
    "ledger.post": gettext_lazy("登记交易"),
    "queue.read": gettext_lazy("查看队列"),
    "tasks.end": gettext_lazy("办结任务"),
    "findings.record": gettext_lazy("登记调查发现"),
    "jobs.read": gettext_lazy("查看后台任务"),
}
LONGEST_DAYS = 730
USED_EVERY = timedelta(minutes=10)  # how exactly it is remembered when a token was last used


@transaction.atomic
def make_token(*, by: User, name: str, acts_as: User, scopes: Sequence[str], days: int) -> tuple[ApiToken, str]:
    """A token that acts as a user for *days* days. Returns it with its text, which cannot be shown again.

    Raises PermissionDenied, or ValidationError by field (name, acts_as, scopes, days).
    """
    require(by, "tokens.manage")
    errors = {}
    if not name.strip() or len(name.strip()) > 60:
        errors["name"] = _("请填写名称，不超过 60 个字。")
    if not acts_as.is_active:
        errors["acts_as"] = _("该用户已停用。")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        errors["scopes"] = _("范围只能取自：%(names)s。") % {"names": ", ".join(SCOPES)}
    if not 1 <= days <= LONGEST_DAYS:
        errors["days"] = _("有效期须在 1 至 %(most)d 天之间。") % {"most": LONGEST_DAYS}
    if errors:
        raise ValidationError(errors)
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    text = f"qs_{prefix}_{secret}"
    token = ApiToken.objects.create(
        name=name.strip(), prefix=prefix, token_hash=_hash(text), scopes=sorted(set(scopes)), acts_as=acts_as, made_by=by,
        expires_at=timezone.now() + timedelta(days=days))
    audit.record(actor=by, action="access.token.make", subject=f"token:{token.pk}", after={
        "name": token.name, "acts_as": acts_as.username, "scopes": token.scopes, "expires_at": token.expires_at})
    return token, text


@transaction.atomic
def revoke_token(*, by: Any, token: ApiToken, reason: str = "") -> ApiToken:
    """The token works no longer, at once. Revoking twice changes nothing. Raises PermissionDenied."""
    require(by, "tokens.manage")
    locked = ApiToken.objects.select_for_update().get(pk=token.pk)
    if locked.revoked_at is None:
        locked.revoked_at = timezone.now()
        locked.save(update_fields=["revoked_at"])
        audit.record(actor=by, action="access.token.revoke", subject=f"token:{locked.pk}", after={"name": locked.name},
                     reason=reason)
    return locked


def token_of(text: str) -> ApiToken | None:
    """The token that *text* is, if it is known, not revoked, not expired, and its user is active; else None."""
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != "qs":
        return None
    token = ApiToken.objects.select_related("acts_as").filter(prefix=parts[1]).first()
    known = token is not None and hmac.compare_digest(token.token_hash, _hash(text))
    if token is None or not known:
        return None
    now = timezone.now()
    if token.revoked_at is not None or token.expires_at <= now or not token.acts_as.is_active:
        return None
    if token.used_at is None or now - token.used_at > USED_EVERY:
        try:
            ApiToken.objects.filter(pk=token.pk).update(used_at=now)
        except OperationalError:  # the store's one writer is at work; when the token was used is not worth waiting for
            pass
    return token


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()  # the secret is 256 random bits: nothing to guess, no salt needed
