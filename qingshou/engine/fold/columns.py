"""Names, types and defaults of the frames that the fold takes and gives."""

from __future__ import annotations

from typing import Any

import polars as pl

# Kinds of money owed, in the order in which the fold numbers them.
KINDS = ("fee", "compound", "penalty", "interest", "principal")
DEFAULT_ORDER = ",".join(KINDS)  # 民法典 art. 561: costs, interest, principal

_FEN = pl.Int64
FOLD_COLUMNS: dict[str, Any] = {
    "loan_id": pl.Int64, "as_of": pl.Date,
    "disbursed_fen": _FEN, "principal_fen": _FEN,  # paid out in all; outstanding
    "principal_due_fen": _FEN, "principal_paid_fen": _FEN,  # fallen due in all; paid in all
    "rate_ppm": pl.Int64,
    # Contract interest: closed lines; the open line's start and base; the stated interest of the running period.
    "interest_closed_fen": _FEN, "interest_from": pl.Date, "interest_base_fen": _FEN,
    "plan_fen": _FEN, "plan_days": pl.Int64, "interest_due_fen": _FEN, "interest_paid_fen": _FEN,
    "penalty_closed_fen": _FEN, "penalty_from": pl.Date, "penalty_base_fen": _FEN, "penalty_paid_fen": _FEN,
    "compound_closed_fen": _FEN, "compound_from": pl.Date, "compound_base_fen": _FEN, "compound_paid_fen": _FEN,
    # What penalty and compound stood at when the running delay began (for a grace in days).
    "penalty_mark_fen": _FEN, "compound_mark_fen": _FEN,
    "fee_charged_fen": _FEN, "fee_paid_fen": _FEN,  # paid or waived
    "waived_fen": _FEN, "unapplied_fen": _FEN, "written_off_fen": _FEN,
    "next_due_number": pl.Int64, "oldest_unpaid_due": pl.Date,
    # Since when nothing has been overdue, had nothing been unpaid since: the start, or when a late due was last cleared.
    "paid_up_since": pl.Date,
}

BALANCE_COLUMNS = ("interest_owed_fen", "interest_overdue_fen", "penalty_owed_fen", "compound_owed_fen", "fee_owed_fen",
                   "principal_overdue_fen", "overdue_fen", "total_owed_fen")

_DEFAULTS: dict[str, tuple[Any, Any]] = {
    "penalty_surcharge_ppm": (pl.Int64, 0), "misuse_surcharge_ppm": (pl.Int64, None), "misused": (pl.Boolean, False),
    "basis": (pl.String, "actual/360"), "compound": (pl.String, "none"), "compound_rate_in_term": (pl.String, "contract"),
    "penalty_grace_days": (pl.Int64, 0), "order": (pl.String, DEFAULT_ORDER), "order_late": (pl.String, None),
    "late_after_days": (pl.Int64, None), "accrual_stops_on": (pl.Date, None), "excess": (pl.String, None),
}


def complete_terms(terms: pl.DataFrame, **defaults: Any) -> pl.DataFrame:
    """Terms with every optional column present; *defaults* (policy values) stand where a column is missing or null.

    Needed: ``loan_id, principal_fen, rate_ppm, start, maturity``. Optional: ``penalty_surcharge_ppm`` (500000: penalty
    rate is the rate × 1.5), ``misuse_surcharge_ppm`` and ``misused``, ``basis``, ``compound`` (none monthly quarterly),
    ``compound_rate_in_term`` (contract penalty), ``penalty_grace_days``, ``order`` (kinds joined by commas),
    ``order_late`` with ``late_after_days``, ``accrual_stops_on``, ``excess``: money beyond what is due is held for the
    next dues (``hold``) or pays accrued interest and principal at once (``prepay``); null: hold where the instalment's
    interest is stated, prepay where it accrues by days.
    """
    missing = {"loan_id", "principal_fen", "rate_ppm", "start", "maturity"} - set(terms.columns)
    if missing:
        raise ValueError(f"terms lack {', '.join(sorted(missing))}")
    unknown = set(defaults) - set(_DEFAULTS)
    if unknown:
        raise ValueError(f"no such term: {', '.join(sorted(unknown))}")
    for name, (kind, value) in _DEFAULTS.items():
        fallback = pl.lit(defaults.get(name, value), dtype=kind)
        have = pl.col(name).cast(kind).fill_null(fallback) if name in terms.columns else fallback
        terms = terms.with_columns(have.alias(name))
    return terms
