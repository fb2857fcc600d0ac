"""Charts: the same figures in picture and table, nothing in a label can leave its place."""

from __future__ import annotations

import json

import pytest
from django.utils.translation import override

from qingshou.web import charts

NAMED = ("甲", "乙", "丙")


def _stacked(word: str) -> charts.Chart:
    return charts.stacked(word, [charts.Part(word, "s", 5, word, "alarm"), charts.Part(word, "t", 3, "3", "good")], NAMED)


def _lines(word: str) -> charts.Chart:
    points = [charts.Point("2026-01-01", word, 5, word), charts.Point("2026-02-01", word, 7, "7")]
    return charts.lines(word, points, NAMED)


ALL = {
    "bars": lambda word: charts.bars(word, [charts.Bar(word, 5, word, "good", "/x")], NAMED[:2]),
    "funnel": lambda word: charts.funnel(word, [charts.Bar(word, 5, word), charts.Bar("b", 0, "0")], NAMED[:2]),
    "stacked": _stacked,
    "lines": _lines,
    "heat": lambda word: charts.heat(word, [charts.Cell(word, "c", 300, word)], NAMED),
}


@pytest.mark.parametrize("kind", ALL)
def test_each_chart_is_drawn_with_its_words(kind: str):
    chart = ALL[kind]("词语")
    svg = chart.svg(width=340)
    assert svg.startswith("<svg") and "词语" in svg
    assert all(len(row) == len(chart.table_columns) for row in chart.rows)
    assert any("词语" in row for row in chart.rows)


@pytest.mark.parametrize("kind", ALL)
def test_no_label_ends_the_script_element(kind: str):
    chart = ALL[kind]("</script><b>&")
    assert not set("<>&") & set(chart.json)
    assert json.loads(chart.json) == json.loads(json.dumps(chart.spec))


@pytest.mark.parametrize("make", [charts.bars, charts.funnel, charts.stacked, charts.lines, charts.heat])
def test_a_chart_of_nothing_is_empty_and_does_not_break(make):
    chart = make("空", [])
    assert chart.empty and chart.svg().startswith("<svg")


def test_parts_of_a_stack_follow_each_other_without_gap():
    spec = charts.stacked("x", [charts.Part("a", "s", 5, "5", "good"), charts.Part("a", "t", 3, "3", "warn")], NAMED).spec
    assert [(row["start"], row["end"]) for row in spec["data"]["values"]] == [(0, 5), (5, 8)]


@pytest.mark.parametrize(("language", "unit", "word"), [
    ("zh-hans", "fen", "万"), ("en", "fen", "M"), ("zh-hans", "ppm", "%"), ("zh-hans", "count", "format")])
def test_the_axis_speaks_in_its_unit(language: str, unit: str, word: str):
    with override(language):
        chart = charts.lines("x", [charts.Point("2026-01-01", "a", 5, "5")], NAMED, unit=unit)
    assert word in json.dumps(chart.spec, ensure_ascii=False)


def test_bars_open_what_they_are_made_of():
    assert "/households/?stage=m2" in charts.bars("x", [charts.Bar("M2", 1, "1", url="/households/?stage=m2")]).svg()


def test_bars_leave_room_for_their_figures_and_cells_shrink_theirs_however_narrow_the_page():
    text = "234 户 · 3,021.14 万"
    for chart in (charts.bars("t", [charts.Bar("M3", 10, text)]), charts.funnel("t", [charts.Bar("M3", 5, text)])):
        scale = chart.spec["layer"][0]["encoding"]["x"]["scale"]
        assert scale == {"domainMin": 0, "domainMax": {"expr": "10 * width / max(width - 164, 40)"}}
    cells = charts.heat("t", [charts.Cell("a", "x", 500, "1,492.52 万"), charts.Cell("a", "y", 500, "")])
    assert cells.spec["layer"][1]["mark"]["fontSize"]["expr"] == "max(6, min(11, 12 * (width / 2 - 4) / 84))"
