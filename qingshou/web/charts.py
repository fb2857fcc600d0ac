"""Charts as Vega-Lite: one question each, direct labels, our colours; the browser draws them, a PDF gets the SVG.

The specifications are plain dicts: importing Altair costs a quarter of a second and checking one chart tens of
milliseconds, for the same JSON. Amounts stay integers of fen; what a reader sees is text that the caller has formatted.
Each function returns a :class:`Chart`, whose table holds the same figures in words.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from qingshou.web import fonts

# The same colour for the same state, as in tokens.css.
TONES = {"brand": "#0f5f6e", "good": "#23744a", "warn": "#e0a72e", "alarm": "#b3261e", "law": "#5b3fa0",
         "calm": "#31597f", "mut": "#9aa7b5", "late": "#c7683a", "loss": "#7d1a14"}
INK, INK_SOFT, LINE, PAPER = "#16212c", "#66758a", "#eef2f6", "#ffffff"
ON_DARK = frozenset(TONES) - {"warn", "mut"}  # tones on which text is white
FONT = f'system-ui, "PingFang SC", "Microsoft YaHei", "{fonts.FAMILY}", sans-serif'
ROW_HEIGHT = 30
CONFIG: dict[str, Any] = {
    "font": FONT,
    "view": {"stroke": None},
    "axis": {"labelColor": INK_SOFT, "titleColor": INK_SOFT, "gridColor": LINE, "domain": False, "ticks": False,
             "labelFontSize": 12, "labelLimit": 140, "labelPadding": 6},
    "text": {"font": FONT, "fontSize": 12, "color": INK},
}
PLAIN_COLOUR = {"field": "colour", "type": "nominal", "scale": None, "legend": None}


@dataclass(frozen=True)
class Chart:
    """*rows* is the table behind the picture, already as text, under *table_columns*."""

    title: str
    spec: dict[str, Any]
    table_columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def empty(self) -> bool:
        return not self.rows

    @cached_property
    def json(self) -> SafeString:
        """The specification for a script element of type application/json; no text in it can end the element."""
        text = json.dumps(self.spec, ensure_ascii=False)
        return mark_safe(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))

    def svg(self, width: int = 520) -> str:
        """The picture for print, drawn on this side, *width* in pixels."""
        return _drawer().vegalite_to_svg(self.spec | {"width": width})


@dataclass(frozen=True)
class Bar:
    """A line of :func:`bars` or :func:`funnel`: *value* is its length, *text* stands beside it, *url* opens its parts."""

    label: str
    value: int
    text: str
    tone: str = "brand"
    url: str = ""


@dataclass(frozen=True)
class Part:
    """The piece *series* of the bar *label* in :func:`stacked`."""

    label: str
    series: str
    value: int
    text: str
    tone: str
    url: str = ""


@dataclass(frozen=True)
class Point:
    """A point of the line *series* in :func:`lines`, at *x*, an ISO date."""

    x: str
    series: str
    value: int
    text: str
    tone: str = "brand"


@dataclass(frozen=True)
class Cell:
    """A cell of :func:`heat`: *share* (0 to 1000) is how strongly it is coloured, *text* stands in it."""

    row: str
    column: str
    share: int
    text: str
    tone: str = "brand"
    url: str = ""


def bars(title: str, items: Sequence[Bar], columns: tuple[str, str] = ("", "")) -> Chart:
    """Horizontal bars, the figure at each end. *columns* names labels and figures in the table and the tooltip."""
    longest = max((item.value for item in items), default=0)
    values = [_row(item, label=item.label, value=item.value) for item in items]
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": _room_beside(longest, items)}
    common = {"x": x, "y": _labels(items), **_opens(items), "tooltip": _tooltip(("label", columns[0]), ("text", columns[1]))}
    layers = [
        {"mark": {"type": "bar", "cornerRadiusEnd": 3}, "encoding": common | {"color": PLAIN_COLOUR}},
        {"mark": {"type": "text", "align": "left", "dx": 6}, "encoding": common | {"text": {"field": "text"}}},
    ]
    return Chart(title, _spec(values, height=_height(items), layer=layers), columns, [(i.label, i.text) for i in items])


def funnel(title: str, items: Sequence[Bar], columns: tuple[str, str] = ("", "")) -> Chart:
    """Steps one under the other, each bar centred, its figure at the right end."""
    longest = max((item.value for item in items), default=0) or 1
    values = [_row(item, label=item.label, left=longest - item.value, right=longest + item.value) for item in items]
    x = {"type": "quantitative", "axis": None, "scale": _room_beside(longest * 2, items)}
    common = {"y": _labels(items), **_opens(items), "tooltip": _tooltip(("label", columns[0]), ("text", columns[1]))}
    layers = [
        {"mark": {"type": "bar", "cornerRadius": 3},
         "encoding": common | {"x": x | {"field": "left"}, "x2": {"field": "right"}, "color": PLAIN_COLOUR}},
        {"mark": {"type": "text", "align": "left", "dx": 6},
         "encoding": common | {"x": x | {"field": "right"}, "text": {"field": "text"}}},
    ]
    return Chart(title, _spec(values, height=_height(items), layer=layers), columns, [(i.label, i.text) for i in items])


def stacked(title: str, parts: Sequence[Part], columns: tuple[str, str, str] = ("", "", "")) -> Chart:
    """Bars split into parts by colour; each part carries its name where it is wide enough, the tooltip says the figure.

    *columns* names the bars, the parts and the figures.
    """
    totals: dict[str, int] = {}
    for part in parts:
        totals[part.label] = totals.get(part.label, 0) + part.value
    longest = max(totals.values(), default=0) or 1
    values, end = [], dict.fromkeys(totals, 0)
    for part in parts:
        start, end[part.label] = end[part.label], end[part.label] + part.value
        # Written inside only when the part fills a seventh of the width: enough for four Chinese letters on a phone.
        name = part.series if part.value * 7 >= longest else ""
        values.append(_row(part, label=part.label, series=part.series, start=start, end=end[part.label],
                           middle=(start + end[part.label]) // 2, name=name,
                           ink=PAPER if part.tone in ON_DARK else INK))
    x = {"field": "start", "type": "quantitative", "axis": None, "scale": {"domain": [0, longest]}}
    tooltip = _tooltip(("label", columns[0]), ("series", columns[1]), ("text", columns[2]))
    common = {"y": _labels(parts), **_opens(parts), "tooltip": tooltip}
    layers = [
        {"mark": {"type": "bar", "stroke": PAPER, "strokeWidth": 1},
         "encoding": common | {"x": x, "x2": {"field": "end"}, "color": PLAIN_COLOUR}},
        {"mark": {"type": "text", "fontSize": 11},
         "encoding": common | {"x": x | {"field": "middle"}, "text": {"field": "name"},
                               "color": {"field": "ink", "type": "nominal", "scale": None, "legend": None}}},
    ]
    return Chart(title, _spec(values, height=len(totals) * ROW_HEIGHT or 1, layer=layers), columns,
                 [(part.label, part.series, part.text) for part in parts])


def lines(title: str, points: Sequence[Point], columns: tuple[str, str, str] = ("", "", ""), unit: str = "count",
          height: int = 200) -> Chart:
    """Values over time, a line a series, its name at the end of the line.

    *unit* says how the axis writes: ``fen`` (yuan by 万 or thousands), ``ppm`` (percent) or ``count``. *columns* names dates,
    series and figures.
    """
    last = {point.series: index for index, point in enumerate(points)}
    several = len(last) > 1
    values = [{"x": point.x, "series": point.series, "value": point.value, "text": point.text, "colour": TONES[point.tone],
               "name": (point.series if several else point.text) if last[point.series] == index else ""}
              for index, point in enumerate(points)]
    english = (get_language() or "zh").startswith("en")
    # Few marks, so that they stay apart on a phone; the year stands where it changes.
    when = {"format": "%b %d" if english else "%m-%d", "labelFlush": True, "tickCount": 4, "grid": False}
    x = {"field": "x", "type": "temporal", "title": None, "axis": when, "scale": {"nice": False}}
    y = {"field": "value", "type": "quantitative", "title": None, "scale": {"zero": True, "nice": True},
         "axis": {"labelExpr": _axis_text(unit, english), "tickCount": 4}}
    base = {"x": x, "y": y, "color": PLAIN_COLOUR, "detail": {"field": "series"}}
    tooltip = _tooltip(("x", columns[0]), ("series", columns[1]), ("text", columns[2]))
    layers = [
        {"mark": {"type": "line", "strokeWidth": 2, "interpolate": "monotone"}, "encoding": base},
        {"mark": {"type": "point", "filled": True, "size": 46, "opacity": 0.001}, "encoding": base | {"tooltip": tooltip}},
        {"transform": [{"filter": "datum.name !== ''"}],
         "layer": [{"mark": {"type": "point", "filled": True, "size": 46}, "encoding": base | {"tooltip": tooltip}},
                   {"mark": {"type": "text", "align": "right", "dx": -2, "dy": -11, "stroke": PAPER, "strokeWidth": 3},
                    "encoding": {"x": x, "y": y, "text": {"field": "name"}}},
                   {"mark": {"type": "text", "align": "right", "dx": -2, "dy": -11},
                    "encoding": {"x": x, "y": y, "text": {"field": "name"}, "color": PLAIN_COLOUR}}]},
    ]
    return Chart(title, _spec(values, height=height, layer=layers), columns, [(p.x, p.series, p.text) for p in points])


def heat(title: str, cells: Sequence[Cell], columns: tuple[str, str, str] = ("", "", "")) -> Chart:
    """A matrix (such as migration from level to level), the figure in each cell. *columns* names rows, columns, figures."""
    rows, heads = list(dict.fromkeys(c.row for c in cells)), list(dict.fromkeys(c.column for c in cells))
    values = [_row(cell, row=cell.row, column=cell.column, opacity=max(0, min(1000, cell.share)) / 1000,
                   ink=PAPER if cell.share > 550 and cell.tone in ON_DARK else INK) for cell in cells]
    # One title names both directions: a turned one beside the rows would cost width on a phone.
    both = f"{columns[0]} ↓  {columns[1]} →" if columns[0] else None
    x = {"field": "column", "type": "nominal", "sort": heads, "title": both,
         "axis": {"orient": "top", "labelAngle": 0, "labelColor": INK, "grid": False, "titleAnchor": "start"}}
    y = {"field": "row", "type": "nominal", "sort": rows, "title": None, "axis": {"labelColor": INK, "grid": False}}
    common = {"x": x, "y": y, **_opens(cells),
              "tooltip": _tooltip(("row", columns[0]), ("column", columns[1]), ("text", columns[2]))}
    shade = {"field": "opacity", "type": "quantitative", "scale": {"domain": [0, 1], "range": [0.05, 1]}, "legend": None}
    layers = [
        {"mark": {"type": "rect", "stroke": PAPER, "strokeWidth": 2},
         "encoding": common | {"color": PLAIN_COLOUR, "opacity": shade}},
        {"mark": {"type": "text", "fontSize": _fitting(cells, len(heads))}, "encoding": common | {
            "text": {"field": "text"}, "color": {"field": "ink", "type": "nominal", "scale": None, "legend": None}}},
    ]
    return Chart(title, _spec(values, height=max(1, len(rows)) * 34, layer=layers), columns,
                 [(cell.row, cell.column, cell.text) for cell in cells])


@cache
def _drawer() -> Any:
    """vl-convert, which starts a JavaScript engine: only printing pays for it."""
    import vl_convert

    vl_convert.register_font_directory(str(fonts.folder()))  # else Chinese would be measured wrongly on a bare machine
    return vl_convert


def _spec(values: list[dict[str, Any]], **rest: Any) -> dict[str, Any]:
    return {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "data": {"values": values}, "width": "container",
            "autosize": {"type": "fit-x", "contains": "padding"}, "background": "transparent", "config": CONFIG, **rest}


def _row(item: Any, **values: Any) -> dict[str, Any]:
    return {**values, "text": item.text, "colour": TONES[item.tone], "url": item.url}


def _pixels(text: str) -> int:
    """About how wide a text stands at 12 px: a Chinese letter is square, others are two thirds of one."""
    return sum(12 if ord(letter) > 0x2E80 else 8 for letter in text)


def _room_beside(longest: int, items: Sequence[Any]) -> dict[str, Any]:
    """A scale that leaves room at the right for the figure beside the longest bar, however narrow the page is."""
    room = max((_pixels(item.text) for item in items), default=0) + 12
    return {"domainMin": 0, "domainMax": {"expr": f"{longest or 1} * width / max(width - {room}, 40)"}}


def _fitting(cells: Sequence[Any], columns: int) -> dict[str, str]:
    """A size of letters at which the longest text of a cell keeps within it, 11 px where there is room."""
    widest = max((_pixels(cell.text) for cell in cells), default=0) or 1
    return {"expr": f"max(6, min(11, 12 * (width / {max(1, columns)} - 4) / {widest}))"}


def _labels(items: Sequence[Any]) -> dict[str, Any]:
    return {"field": "label", "type": "nominal", "sort": list(dict.fromkeys(item.label for item in items)), "title": None,
            "axis": {"labelColor": INK, "grid": False}, "scale": {"paddingInner": 0.35, "paddingOuter": 0.1}}


def _height(items: Sequence[Any]) -> int:
    return max(1, len(items)) * ROW_HEIGHT


def _opens(items: Sequence[Any]) -> dict[str, Any]:
    return {"href": {"field": "url"}} if any(item.url for item in items) else {}


def _tooltip(*fields: tuple[str, str]) -> list[dict[str, str]]:
    return [{"field": field, "type": "nominal", "title": title or " "} for field, title in fields]


def _axis_text(unit: str, english: bool) -> str:
    """A Vega expression for the words on a value axis."""
    if unit == "fen":
        small, large = ((100_000, "K"), (100_000_000, "M")) if english else ((1_000_000, "万"), (10_000_000_000, "亿"))  # data
        written = [f"format(datum.value / {divisor}, ',.4~r') + '{word}'" for divisor, word in (small, large)]
        return f"datum.value === 0 ? '0' : abs(datum.value) >= {large[0]} ? {written[1]} : {written[0]}"
    if unit == "ppm":
        return "format(datum.value / 10000, '.3~g') + '%'"
    return "format(datum.value, ',.6~r')"
