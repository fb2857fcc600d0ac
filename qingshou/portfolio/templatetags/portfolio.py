"""Chips and bars for what the portfolio knows: stage, five-level class, the parts of a debt."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from qingshou.engine import paths, segments
from qingshou.portfolio.imports.canonical import TABLES
from qingshou.portfolio.models import Level, Stage
from qingshou.portfolio.personal import MASKS, masked_point
from qingshou.portfolio.queries import schedule
from qingshou.portfolio.queries.words import split_words
from qingshou.store.policy import rules_on
from qingshou.web import formats
from qingshou.web.templatetags.qingshou import chip

register = template.Library()

STAGE_TONES: dict[str, str] = {
    Stage.CURRENT: "good", Stage.EARLY: "calm", Stage.MIDDLE: "warn", Stage.LATE: "warn", Stage.M2: "alarm", Stage.M3: "alarm",
    Stage.D91_180: "alarm", Stage.D181_270: "alarm", Stage.D271_360: "alarm", Stage.D361_PLUS: "alarm",
}
LEVEL_TONES: dict[str, str] = {
    Level.NORMAL: "good", Level.SPECIAL_MENTION: "calm", Level.SUBSTANDARD: "warn", Level.DOUBTFUL: "alarm",
    Level.LOSS: "alarm",
}


MONEY_KINDS = {
    "principal": _lazy("本金"), "interest": _lazy("利息"), "penalty": _lazy("罚息"), "compound": _lazy("复利"),
    "fee": _lazy("费用"), "unapplied": _lazy("暂存"), "overdue": _lazy("逾期金额"), "total": _lazy("欠款合计"),
}

EVENT_SOURCES = {"import": _lazy("导入"), "hand": _lazy("手工"), "api": _lazy("接口"), "dayend": _lazy("日终")}


@register.filter
def money_kind(kind: str) -> str:
    """The name of a kind of money; also of a column such as ``interest_owed_fen``."""
    return str(MONEY_KINDS[kind.removesuffix("_fen").removesuffix("_owed")])


@register.filter
def stage_name(stage: str) -> str:
    """The stage of delinquency in words; '' for none."""
    return str(Stage(stage).label) if stage else ""


@register.filter
def level_name(level: str) -> str:
    """The five-level class in words; '' for none."""
    return str(Level(level).label) if level else ""


@register.filter
def mask(value: str, field: str) -> str:
    """A party's ``id_number``, ``phone`` or ``address`` as it looks masked."""
    return MASKS[field](value or "")


register.filter("masked_point", masked_point)


@register.filter
def subject(pk: int, kind: str) -> str:
    """The subject of an unmasking: ``{{ party.pk|subject:"party" }}`` is ``party:12``."""
    return f"{kind}:{pk}"


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


@register.filter
def reject_column(row: Any) -> str:
    """The column that a reject blames: as the file calls it, else what our field is called."""
    get = row.get if isinstance(row, dict) else partial(getattr, row)
    table, column = TABLES.get(get("table")), get("column")
    return str(next((field.title for field in table.fields if field.name == column), column)) if table else column


@register.filter
def basis(code: str) -> str:
    """How days of interest are counted, in words."""
    return {"actual/360": _("实际天数/360"), "actual/365": _("实际天数/365")}.get(code, code)


@register.filter
def recorder(name: str) -> str:
    """Who wrote a ledger event: a user's name, or the system."""
    return _("系统") if name == "system" else name


@register.filter
def segment_name(state: Any) -> str:
    """The segment of a household's state, in words; '' for none."""
    if not state or not state.segment:
        return ""
    codes = {item.code: item.name for item in segments.codes(rules_on(state.as_of))}
    name = _(codes.get(state.segment, state.segment))
    return name if state.segment == segments.UNCLASSIFIED else f"{state.segment} {name}"


@register.filter
def step_title(state: Any) -> str:
    """The next step of a household's path, in words."""
    steps = paths.preview(state.path, rules_on(state.as_of))
    return _(next((step["title"] for step in steps if step["step"] == state.next_step), state.next_step))


@register.filter("split_words")
def split_words_of(split: Any) -> str:
    """How a payment was divided, in words; '' for none."""
    return split_words(split) if split else ""


@register.filter
def event_source(source: str) -> str:
    """Where a ledger event came from, in words."""
    return str(EVENT_SOURCES.get(source, source))


@register.simple_tag
def due_chip(due: Any) -> SafeString:
    """Whether a due is paid, and since when or how long not."""
    if due.state == schedule.PAID:
        if due.days_late:
            return chip(_("%(day)s 还清，迟 %(days)s 天") % {"day": formats.day(due.covered_on), "days": due.days_late}, "warn")
        return chip(_("已还清"), "good")
    if due.state == schedule.COMING:
        return chip(_("未到期"), "mut")
    if due.state == schedule.TODAY:
        return chip(_("今天到期"), "warn")
    label = _("部分未还，%(days)s 天") if due.state == schedule.PARTLY else _("逾期 %(days)s 天")
    return chip(label % {"days": due.days_late}, "alarm")


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
