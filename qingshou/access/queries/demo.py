"""The demo bank's accounts, shown on the sign-in page in demo mode only."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from qingshou.store.models import Setting


def is_demo_store() -> bool:
    """Whether this store was filled by the demo bank."""
    return Setting.objects.filter(key="demo", value="1").exists()


def demo_accounts() -> list[dict[str, Any]]:
    """``[{username, password, role, name, unit}]``; empty outside demo mode, whatever the store says."""
    if not settings.DEMO:
        return []
    value = Setting.objects.filter(key="demo_accounts").values_list("value", flat=True).first()
    return json.loads(value) if value else []
