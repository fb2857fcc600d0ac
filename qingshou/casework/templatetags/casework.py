"""How casework's codes look: channel, verdict of the guard, last contact."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from qingshou.casework.queries import channels
from qingshou.casework.queries.outcomes import words
from qingshou.casework.queries.verdict import Verdict
from qingshou.web.formats import day as short_day
from qingshou.web.formats import moment

register = template.Library()

register.filter("channel", channels.label)


@register.filter
def task_title(task: Any) -> str:
    """A task in words, its channel first."""
    return channels.titled(task.channel, task.title)


@register.simple_tag
def verdict_chip(verdict: Verdict | None, channel: str = "") -> SafeString:
    """May it be done now? With the reasons in the title; work that reaches nobody needs no leave."""
    if verdict is None:
        return format_html('<span class="chip c-calm">{}</span>', channels.label(channel or "office"))
    return format_html('<span class="chip c-{}"{}>{}</span>', verdict.tone,
                       format_html(' title="{}"', "\n".join(verdict.why)) if verdict.why else "", verdict.label)


@register.simple_tag
def verdict_why(verdict: Verdict | None) -> SafeString | str:
    """Why not, rule by rule with its source, and from when it may be."""
    if verdict is None or verdict.allowed:
        return ""
    lines = format_html_join("", "<p>{}</p>", ((why,) for why in verdict.why))
    when = _("%(moment)s 起可联系") % {"moment": moment(timezone.localtime(verdict.next_at))} if verdict.next_at else \
        _("情况不变则不可联系")
    return format_html('<div class="notice n-{} small">{}<p><b>{}</b></p></div>', verdict.tone, lines, when)


@register.simple_tag
def last_contact(state: Any, today: date) -> SafeString | str:
    """When somebody last turned to the household, and what came of it."""
    if state.last_contact_on is None:
        return format_html('<span class="mut">{}</span>', _("未联系"))
    days = {today: _("今日"), today - timedelta(days=1): _("昨日")}
    return format_html('{} <span class="mut">{}</span>', days.get(state.last_contact_on, short_day(state.last_contact_on)),
                       words(state.last_contact_channel, state.last_contact_outcome))
