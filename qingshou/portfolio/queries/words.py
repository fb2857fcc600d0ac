"""Figures in a line of words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from qingshou.portfolio.queries.entries import Split
from qingshou.web import formats


def split_words(split: Split) -> str:
    """``费用 120.00 · 利息 1,204.66 · 本金 675.34``: the parts that are not zero."""
    names = (("fee", _("费用")), ("compound", _("复利")), ("penalty", _("罚息")), ("interest", _("利息")),
             ("principal", _("本金")), ("unapplied", _("暂存")))
    parts = [f"{label} {formats.yuan(getattr(split, f'{name}_fen'))}" for name, label in names
             if getattr(split, f"{name}_fen")]
    return " · ".join(parts)
