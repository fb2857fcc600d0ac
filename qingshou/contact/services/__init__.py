"""Changes of contact: each one function, one transaction, one audit entry."""

from qingshou.contact.services.attempts import correct_attempt, record_attempt
from qingshou.contact.services.guard import guard_household
from qingshou.contact.services.promises import PromiseTerms

__all__ = ["PromiseTerms", "correct_attempt", "guard_household", "record_attempt"]
