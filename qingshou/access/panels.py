"""What access tells the shell: who may see an entry of the navigation, and the line that says who is signed in."""

from __future__ import annotations

from typing import Any

from qingshou.access import permissions
from qingshou.web import slots


def who(user: Any) -> str:
    """Unit and name, such as ``一部 · 林小满``."""
    unit = permissions.viewer(user).unit
    return f"{unit.name} · {user}" if unit else str(user)


slots.provide("shell.may", permissions.may)
slots.provide("shell.who", who)
