"""Changes of units, users, postings, passwords; unmasking; saved views.

Each takes keyword arguments only, checks permission, writes in one transaction with one audit entry. ``by`` is who acts: a
User, or ``permissions.SYSTEM`` for set-up from the command line and the demo bank. Bad input raises ValidationError by field.
"""

from qingshou.access.services.passwords import change_own_password, set_password
from qingshou.access.services.postings import end_posting, post_user
from qingshou.access.services.saved_views import delete_view, save_view
from qingshou.access.services.units import close_unit, create_unit, rename_unit
from qingshou.access.services.unlock import unlock_user
from qingshou.access.services.unmask import unmask
from qingshou.access.services.users import create_user, deactivate_user, describe_user, reactivate_user

__all__ = [
    "change_own_password", "close_unit", "create_unit", "create_user", "deactivate_user", "delete_view", "describe_user",
    "end_posting", "post_user", "reactivate_user", "rename_unit", "save_view", "set_password", "unlock_user", "unmask",
]
