"""Charts as Vega-Lite: one question each, direct labels, our colours; the browser draws them, a PDF gets the SVG.

The specifications are built here as plain dicts (importing Altair costs a quarter of a second and checking a chart tens of
milliseconds, for the same JSON). Amounts stay integers of fen; what a reader sees is text from ``formats``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString, mark_safe

# The same colour for the same state, as in tokens.css.
TONES = {"brand": "#0f5f6e", "good": "#23744a", "warn": "#e0a72e", "alarm": "#b3261e", "law": "#5b3fa0", "calm": "#31597f",
         "mut": "#9aa7b5"}
INK, INK_SOFT, LINE = "#16212c", "#66758a", "#eef2f6"
FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'
ROW_HEIGHT = 30
CONFIG: dict[str, Any] = {
    "font": FONT,
    "view": {"stroke": None},
    "axis": {"labelColor": INK_SOFT, "titleColor": INK_SOFT, "gridColor": LINE, "domain": False, "ticks": False,
             "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": 400, "labelLimit": 140},
    "text": {"font": FONT, "fontSize": 12, "color": INK},
    "legend": {"disable": True},
}


@dataclass(frozen=True)
class Chart:
    """*rows* is the table behind the picture, already as text, under *table_columns*."""

    title: str
    spec: dict[str, Any]
    table_columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    @cached_property
    def json(self) -> SafeString:
        """The specification for a script element of type application/json; no text in it can end the element."""
        text = json.dumps(self.spec, ensure_ascii=False)
        return mark_safe(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))

    def svg(self, width: int = 520) -> str:
        """The picture for print, drawn on this side. *width* in pixels."""
        import vl_convert  # starts a JavaScript engine; only printing pays for it

        return vl_convert.vegalite_to_svg(self.spec | {"width": width})


@dataclass(frozen=True)
class Bar:
    """A line of :func:`bars`: *value* gives its length, *text* is written beside it, *url* opens what it is made of."""

    label: str
    value: int
    text: str
    tone: str = "brand"
    url: str = ""


@dataclass(frozen=True)
class Part:
    """A piece of a bar in :func:`stacked`."""

    label: str
    series: str
    value: int
    text: str
    tone: str
    url: str = ""


@dataclass(frozen=True)
class Point:
    """A point of :func:`lines` at *x* (an ISO date or a word)."""

    x: str
    series: str
    value: int
    text: str
    tone: str = "brand"


def _base(values: list[dict[str, Any]], **rest: Any) -> dict[str, Any]:
    return {"data": {"values": values}, "width": "container", "autosize": {"type": "fit", "contains": "padding"},
            "background": "transparent", "config": CONFIG, **rest}


def _label_axis(labels: Sequence[str]) -> dict[str, Any]:
    return {"field": "label", "type": "nominal", "sort": list(dict.fromkeys(labels)), "title": None,
            "axis": {"labelColor": INK, "grid": False}, "scale": {"paddingInner": 0.35}}


def bars(title: str, items: Sequence[Bar], columns: tuple[str, str] = ("", "")) -> Chart:
    """Horizontal bars with their figures at the end."""
    longest = max((item.value for item in items), default=0) or 1
    values = [{"label": item.label, "value": item.value, "text": item.text, "colour": TONES[item.tone], "url": item.url}
              for item in items]
    y = _label_axis([item.label for item in items])
    # Room at the right for the figure beside the longest bar.
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": {"domain": [0, longest * 14 // 10 + 1]}}
    tooltip = [{"field": "label", "title": columns[0] or " "}, {"field": "text", "title": columns[1] or " "}]
    common = {"x": x, "y": y, "tooltip": tooltip}
    if any(item.url for item in items):
        common["href"] = {"field": "url"}
    colour = {"field": "colour", "type": "nominal", "scale": None}
    layers = [
        {"mark": {"type": "bar", "cornerRadiusEnd": 3}, "encoding": common | {"color": colour}},
        {"mark": {"type": "text", "align": "left", "dx": 6}, "encoding": common | {"text": {"field": "text"}}},
    ]
    return Chart(title, _base(values, height=max(1, len(items)) * ROW_HEIGHT, layer=layers), columns,
                 [(item.label, item.text) for item in items])
