"""How the API writes money and rates, and what its answers look like (names as in the command's output)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator

from qingshou.engine.money import format_percent, format_yuan

Yuan = Annotated[str, BeforeValidator(lambda fen: format_yuan(fen) if isinstance(fen, int) else fen)]
Percent = Annotated[str, BeforeValidator(lambda ppm: format_percent(ppm) if isinstance(ppm, int) else ppm)]


class Errors(Schema):
    errors: list[str]


class Owed(Schema):
    """What is owed by kind on a date."""

    as_of: date
    principal: Yuan
    interest: Yuan
    penalty: Yuan
    compound: Yuan
    fees: Yuan
    overdue: Yuan
    total: Yuan
    dpd: int
    stage: str


def owed(state: Any) -> dict[str, Any]:
    """From a loan's or household's state, or a standing."""
    return {
        "as_of": state.as_of, "principal": state.principal_fen, "interest": state.interest_owed_fen,
        "penalty": state.penalty_owed_fen, "compound": state.compound_owed_fen, "fees": state.fee_owed_fen,
        "overdue": state.overdue_fen, "total": state.total_owed_fen, "dpd": state.dpd, "stage": state.stage,
    }
