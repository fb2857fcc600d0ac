"""Made-up figures for the component gallery."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qingshou.web import charts, formats
from qingshou.web.paging import paginate
from qingshou.web.picks import pick
from qingshou.web.timeline import Item

PEOPLE = (
    ("周满仓", "青石村", "warn", 12, 4_862_035),  # data
    ("何桂兰", "柳沟村", "calm", 3, 1_288_000),  # data
    ("永顺粮油经营部", "城关", "alarm", 74, 38_640_012),  # data
    ("赵有田", "石坪村", "warn", 23, 6_100_790),  # data
    ("孙德胜", "河湾村", "alarm", 203, 9_531_044),  # data
)


class SampleForm(forms.Form):
    """One field of each kind."""

    amount = forms.DecimalField(label=gettext_lazy("金额（元）"), min_value=0, decimal_places=2, max_digits=14,
                                help_text=gettext_lazy("不超过欠款合计。"))
    due = forms.DateField(label=gettext_lazy("日期"), widget=forms.DateInput(attrs={"type": "date"}))
    channel = forms.ChoiceField(label=gettext_lazy("方式"), choices=[
        ("call", gettext_lazy("电话")), ("visit", gettext_lazy("上门")), ("letter", gettext_lazy("函件"))])
    outcome = pick(gettext_lazy("结果"), required=True, choices=[
        ("paid", gettext_lazy("已还")), ("promised", gettext_lazy("承诺")), ("unanswered", gettext_lazy("未接"))])
    note = forms.CharField(label=gettext_lazy("笔记"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agreed = forms.BooleanField(label=gettext_lazy("本人已复述一遍"), required=False)


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything that the sections of the gallery show."""
    return {
        "people": people(),
        "page": paginate(range(1, 1234), request, per_page=50),
        "form": SampleForm(),
        "wrong": SampleForm({"amount": "-3", "due": "2026-02-30", "channel": "smoke"}),
        "path": _path(),
        "events": _events(),
        "owed": owed(),
        "charts": [_bars(), _funnel(), _stacked(), _lines(), _heat(), charts.bars(_("回收方式"), [])],
        "today": timezone.localdate(),
    }


def people() -> list[dict[str, Any]]:
    return [{"number": number, "name": name, "village": village, "tone": tone, "days": days, "fen": fen}
            for number, (name, village, tone, days, fen) in enumerate(PEOPLE, 1)]


def owed() -> list[tuple[str, int, str]]:
    return [(_("本金"), 4_280_000, "k1"), (_("利息"), 341_020, "k2"), (_("罚息"), 212_015, "k3"), (_("复利"), 0, "k4"),
            (_("费用"), 29_000, "k5")]


def _path() -> list[dict[str, str]]:
    return [
        {"state": "done", "title": _("第 0 日 上门了解"), "note": _("已办")},
        {"state": "missed", "title": _("第 4 日 再访，联系保证人"), "note": _("未按期")},
        {"state": "now", "title": _("今日 电话：兑现承诺"), "note": ""},
        {"state": "", "title": _("第 7 日 送达催收函"), "note": ""},
    ]


def _events() -> list[Item]:
    now = timezone.now()
    return [
        Item(now - timedelta(hours=5), _("承诺"), "calm", _("答应周四还款"), _("电话 3 分 12 秒"), reverse("components")),
        Item(now - timedelta(days=5), _("还款"), "good", formats.yuan(200_000), _("柜面")),
        Item(now - timedelta(days=400), _("逾期"), "warn", _("第 7 期到期未足额"), _("日终")),
    ]


def _levels() -> list[tuple[str, str]]:
    return [(_("正常"), "good"), (_("关注"), "warn"), (_("次级"), "late"), (_("可疑"), "alarm"), (_("损失"), "loss")]


def _bars() -> charts.Chart:
    figures = ((_("前期"), "calm", 6_120_000_000), (_("中期"), "warn", 813_000_000), (_("后期"), "warn", 241_000_000),
               ("M2", "alarm", 0))
    items = [charts.Bar(stage, fen, formats.yuan_short(fen), tone, reverse("components")) for stage, tone, fen in figures]
    return charts.bars(_("各阶段逾期金额"), items, (_("阶段"), _("金额")))


def _funnel() -> charts.Chart:
    figures = ((_("应联系"), "mut", 3000), (_("接通"), "calm", 2100), (_("承诺"), "brand", 800), (_("兑现"), "good", 110))
    items = [charts.Bar(word, count, f"{count:,}", tone) for word, tone, count in figures]
    return charts.funnel(_("从联系到兑现"), items, (_("环节"), _("户数")))


def _stacked() -> charts.Chart:
    parts = []
    for row, place in enumerate(("D1", "D2", "D3")):
        for index, (level, tone) in enumerate(_levels()):
            count = 900 // (index + 1) + 140 * row
            parts.append(charts.Part(place, level, count, f"{count:,}", tone))
    return charts.stacked(_("各分部五级分类"), parts, (_("分部"), _("级别"), _("户数")))


def _lines() -> charts.Chart:
    points = []
    for series, tone, start in ((_("逾期"), "alarm", 400_000_000), (_("不良"), "law", 150_000_000)):
        for month in range(1, 12):
            fen = start + month * month * 1_700_000
            points.append(charts.Point(date(2026, month, 1).isoformat(), series, fen, formats.yuan_short(fen), tone))
    return charts.lines(_("逾期与不良余额"), points, (_("月份"), _("项目"), _("金额")), unit="fen")


def _heat() -> charts.Chart:
    cells = []
    for row, (before, _tone) in enumerate(_levels()):
        for column, (after, _other) in enumerate(_levels()):
            share = max(0, 860 - 250 * (column - row)) if column >= row else 40
            cells.append(charts.Cell(before, after, share, f"{share / 10:.1f}%", "brand" if row == column else "alarm"))
    return charts.heat(_("本月迁徙"), cells, (_("上月"), _("本月"), _("占比")))
