"""Filters and components of every page. A builtin library: templates need no ``{% load %}``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.core.paginator import Page
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from qingshou.web import formats, pdf, slots

register = template.Library()

register.filter("yuan", formats.yuan)
register.filter("yuan_short", formats.yuan_short)
register.filter("percent", formats.percent)
register.filter("day", formats.day)
register.filter("moment", formats.moment)


@register.filter
def typ(value: Any) -> SafeString:
    """Text for a ``.typ`` template; see :mod:`qingshou.web.pdf`."""
    return mark_safe(pdf.escape(value))


@register.simple_tag(takes_context=True)
def slot(context: Context, point: str, **kwargs: Any) -> SafeString:
    """``{% slot "household.side" household=household %}``: what other rooms show here, in their order."""
    request = context["request"]
    parts = [function(request, **kwargs) for function in slots.provided(point)]
    return mark_safe("".join(part for part in parts if part))  # each part is a room's rendered template


@register.simple_tag
def chip(text: Any, tone: str = "mut", title: str = "") -> SafeString:
    """A state in a word. Tones: good, warn, alarm, law, calm, mut."""
    if title:
        return format_html('<span class="chip c-{}" title="{}">{}</span>', tone, title, text)
    return format_html('<span class="chip c-{}">{}</span>', tone, text)


@register.simple_tag
def key(name: str) -> SafeString:
    """A key of the keyboard; hidden on a phone."""
    return format_html("<kbd>{}</kbd>", name)


@register.inclusion_tag("web/components/tile.html")
def tile(label: Any, value: Any, sub: Any = "", share: Any = None, tone: str = "", url: str = "",
         help: Any = "") -> dict[str, Any]:
    """A figure with its name. *share* (0 to 100, in percent) draws a bar; *url* opens what it is made of."""
    width = None if share is None or share == "" else max(0, min(100, int(share)))
    return {"label": label, "value": value, "sub": sub, "width": width, "tone": tone, "url": url, "help": help}


@register.inclusion_tag("web/components/field.html")
def field(bound: Any, label: Any = "", hint: Any = "") -> dict[str, Any]:
    """A form field with label, control, help and errors, tied together for screen readers."""
    return {"field": bound, "label": label or bound.label, "hint": hint or bound.help_text}


@register.inclusion_tag("web/components/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any]) -> dict[str, Any]:
    """Where one is in a long list, and the way on; keeps the filters of the address."""
    paginator = page.paginator
    return {"request": context["request"], "page": page,
            "numbers": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)}


@register.inclusion_tag("web/components/sort.html", takes_context=True)
def sort(context: Context, name: str, label: Any, numeric: bool = False) -> dict[str, Any]:
    """A header cell that orders by *name*; a second click turns it round."""
    now = context.get("sort") or context["request"].GET.get("sort", "")
    state = {name: "ascending", f"-{name}": "descending"}.get(now, "")
    return {"request": context["request"], "label": label, "numeric": numeric, "state": state,
            "next": f"-{name}" if state == "ascending" else name}


@register.inclusion_tag("web/components/empty.html")
def empty(title: Any, hint: Any = "", url: str = "", action: Any = "") -> dict[str, Any]:
    """Nothing here: what would be here and how it comes."""
    return {"title": title, "hint": hint, "url": url, "action": action}


@register.inclusion_tag("web/components/notice.html")
def notice(title: Any, hint: Any = "", tone: str = "alarm") -> dict[str, Any]:
    """A panel that says what is the matter and what to do."""
    return {"title": title, "hint": hint, "tone": tone}


@register.inclusion_tag("web/components/chart.html")
def chart(chart: Any) -> dict[str, Any]:
    """A :class:`qingshou.web.charts.Chart`, with the table behind it."""
    return {"chart": chart}


@register.inclusion_tag("web/components/masked.html")
def masked(subject: str, field: str, shown: str) -> dict[str, Any]:
    """A masked personal datum and the button that asks why before it shows it. *subject* such as ``party:12``."""
    return {"subject": subject, "field": field, "shown": shown}


@register.inclusion_tag("web/components/timeline.html")
def timeline(items: Iterable[Any]) -> dict[str, Any]:
    """Items of :mod:`qingshou.web.timeline`, newest first as given."""
    return {"items": list(items)}


@register.inclusion_tag("web/components/steps.html")
def steps(items: Iterable[Any]) -> dict[str, Any]:
    """A path: items with ``state`` (done, now, missed or ''), ``title`` and ``note``."""
    return {"items": list(items)}


@register.inclusion_tag("web/components/stack.html")
def stack(parts: Iterable[tuple[Any, int, str]], words: bool = True) -> dict[str, Any]:
    """A bar split by amounts in fen: (label, fen, colour class k1..k5). Nothing is drawn when the sum is zero."""
    shown = [(label, fen, kind) for label, fen, kind in parts if fen]
    total = sum(fen for _, fen, _ in shown if fen > 0)
    lines = [{"label": label, "fen": fen, "kind": kind, "width": f"{max(fen, 0) * 10_000 // total / 100 if total else 0:.2f}"}
             for label, fen, kind in shown]
    return {"lines": lines, "words": words}


@register.inclusion_tag("web/components/crumbs.html")
def crumbs(*pairs: Any) -> dict[str, Any]:
    """``{% crumbs "户" list_url "周满仓" "" %}``: label and address in turn; the last has no address."""
    return {"items": list(zip(pairs[::2], pairs[1::2], strict=True))}


@register.inclusion_tag("web/components/progress.html")
def progress(permille: int, note: Any = "", poll_url: str = "") -> dict[str, Any]:
    """How far long work has come, in thousandths; with *poll_url* the panel asks for its next state itself."""
    bounded = max(0, min(1000, int(permille or 0)))
    return {"percent": bounded // 10, "width": f"{bounded // 10}.{bounded % 10}", "note": note, "poll_url": poll_url}
