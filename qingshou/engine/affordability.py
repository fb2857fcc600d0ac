"""Affordability (V8): what a household can carry, before lending and when instalments are agreed."""

from __future__ import annotations

from dataclasses import dataclass

from qingshou.engine.money import PPM
from qingshou.engine.reasons import as_json
from qingshou.engine.schedule import annuity_factor
from qingshou.policy import Rules

VERDICTS = ("comfortable", "tight", "beyond")


@dataclass(frozen=True)
class Afford:
    """``payment_fen`` a month; all debt service ÷ income (ppm, None without income); what is left to live on beyond the
    living cost (may be negative); verdict; the largest principal on the same terms; reasons (JSON)."""

    payment_fen: int
    debt_service_ratio_ppm: int | None
    residual_fen: int
    verdict: str
    largest_affordable_fen: int
    reasons: str


def afford(*, monthly_income_fen: int, other_debt_service_fen: int, living_cost_fen: int, principal_fen: int,
           rate_ppm: int, periods: int, rules: Rules) -> Afford:
    """Whether equal monthly instalments of a loan can be carried.

    Amounts in fen a month (the principal in fen), *rate_ppm* a year, *periods* months (1 to 600). Raises ValueError for
    negative amounts or periods outside the bounds.
    """
    if min(monthly_income_fen, other_debt_service_fen, living_cost_fen, principal_fen, rate_ppm) < 0:
        raise ValueError("amounts and rate must not be negative")
    if not 1 <= periods <= 600:
        raise ValueError("periods must be from 1 to 600")
    payment = instalment_fen(principal_fen, rate_ppm, periods)
    service = other_debt_service_fen + payment
    living = living_cost_fen if rules["affordability.living_cost"] else 0
    residual = monthly_income_fen - service - living
    most_ppm = int(rules["affordability.debt_service_most_ppm"])
    tight_ppm = int(rules["affordability.debt_service_tight_ppm"])
    reserve = monthly_income_fen * int(rules["affordability.reserve_ppm"]) // PPM
    reasons = []
    if service * PPM > monthly_income_fen * most_ppm:
        reasons.append({"code": "service_over", "rule": "affordability.debt_service_most_ppm", "limit_ppm": most_ppm})
    if residual < 0:
        reasons.append({"code": "not_enough_to_live", "rule": "affordability.living_cost", "short_fen": -residual})
    verdict = "beyond" if reasons else "comfortable"
    if not reasons and service * PPM > monthly_income_fen * tight_ppm:
        reasons.append({"code": "service_tight", "rule": "affordability.debt_service_tight_ppm", "limit_ppm": tight_ppm})
    if verdict != "beyond" and residual < reserve:
        reasons.append({"code": "little_reserve", "rule": "affordability.reserve_ppm", "reserve_fen": reserve})
    if verdict != "beyond" and reasons:
        verdict = "tight"
    room = min(monthly_income_fen * most_ppm // PPM - other_debt_service_fen,
               monthly_income_fen - other_debt_service_fen - living)
    ratio = (service * PPM * 2 + monthly_income_fen) // (2 * monthly_income_fen) if monthly_income_fen else None
    return Afford(payment, ratio, residual, verdict, largest_principal_fen(room, rate_ppm, periods),
                  as_json(reasons))


def instalment_fen(principal_fen: int, rate_ppm: int, periods: int) -> int:
    """The equal monthly instalment, half up to the fen."""
    return int((principal_fen * annuity_factor(rate_ppm, periods, 1)).to_integral_value("ROUND_HALF_UP"))


def largest_principal_fen(payment_fen: int, rate_ppm: int, periods: int) -> int:
    """The largest principal, in whole yuan, whose instalment is at most *payment_fen* (0: none)."""
    if payment_fen <= 0:
        return 0
    # An instalment is rounded half up: it may be just under half a fen greater before it is rounded.
    principal = int((payment_fen * 2 + 1) / (2 * annuity_factor(rate_ppm, periods, 1))) // 100 * 100 + 100
    while principal and instalment_fen(principal, rate_ppm, periods) > payment_fen:
        principal -= 100
    return principal
