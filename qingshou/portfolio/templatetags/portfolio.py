"""Chips and bars for what the portfolio knows: stage, five-level class, the parts of a debt."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from qingshou.portfolio.models import Level, Stage

register = template.Library()

STAGE_TONES: dict[str, str] = {
    Stage.CURRENT: "good", Stage.EARLY: "calm", Stage.MIDDLE: "warn", Stage.LATE: "warn", Stage.M2: "alarm", Stage.M3: "alarm",
    Stage.D91_180: "alarm", Stage.D181_270: "alarm", Stage.D271_360: "alarm", Stage.D361_PLUS: "alarm",
}
LEVEL_TONES: dict[str, str] = {
    Level.NORMAL: "good", Level.SPECIAL_MENTION: "calm", Level.SUBSTANDARD: "warn", Level.DOUBTFUL: "alarm",
    Level.LOSS: "alarm",
}


@register.simple_tag
def stage_chip(stage: str, dpd: int | None = None) -> SafeString | str:
    """The stage of delinquency as a chip, with the days overdue when given and not zero."""
    if not stage:
        return ""
    label = str(Stage(stage).label)
    if dpd:
        # Stages from 91 days on are named by days themselves: there the days alone say more.
        by_days = stage.startswith("d")
        label = _("逾期 %(days)s 天") % {"days": dpd} if by_days else _("%(stage)s %(days)s 天") % {"stage": label, "days": dpd}
    return format_html('<span class="chip c-{}">{}</span>', STAGE_TONES[stage], label)


@register.simple_tag
def level_chip(level: str) -> SafeString | str:
    """The five-level class as a chip."""
    if not level:
        return ""
    return format_html('<span class="chip c-{}">{}</span>', LEVEL_TONES[level], Level(level).label)


@register.inclusion_tag("portfolio/owed_bar.html")
def owed_bar(state: Any, words: bool = True) -> dict[str, Any]:
    """What a loan or household owes as one stacked bar: principal, interest, penalty, compound interest, fees.

    *state* has ``principal_fen`` and ``<kind>_owed_fen`` (LoanState, HouseholdState, a Standing); None draws nothing.
    """
    if state is None:
        return {"parts": [], "words": words}
    parts = [(_("本金"), state.principal_fen, "k1"), (_("利息"), state.interest_owed_fen, "k2"),
             (_("罚息"), state.penalty_owed_fen, "k3"), (_("复利"), state.compound_owed_fen, "k4"),
             (_("费用"), state.fee_owed_fen, "k5")]
    return {"parts": parts, "words": words}
