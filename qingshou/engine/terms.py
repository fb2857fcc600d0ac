"""What the policy adds to a contract, in the fold's words: the same for a page, a quote and day end."""

from __future__ import annotations

from typing import Any

from qingshou.policy import Rules

# Kinds of guarantee by how well they secure a loan, least first.
SECURITY_RANK = {"credit": 0, "guarantee": 1, "pledge": 2, "mortgage": 3}


def policy_terms(rules: Rules) -> dict[str, Any]:
    """Terms that the contract row does not hold and the policy decides, for ``engine.fold.complete_terms``."""
    late_after = rules["allocation.principal_first_after_days"]
    switched_on = late_after >= 0
    return {
        "order": ",".join(rules["allocation.order"]),
        "order_late": ",".join(rules["allocation.order_late"]) if switched_on else None,
        "late_after_days": late_after if switched_on else None,
        "penalty_grace_days": rules["interest.penalty_grace_days"],
    }
