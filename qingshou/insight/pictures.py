"""The dashboard's charts: figures in, :class:`qingshou.web.charts.Chart` out. A bar opens the households behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from qingshou.engine.classification import LEVELS
from qingshou.insight.queries.figures import Moved
from qingshou.insight.queries.trend import Mark
from qingshou.portfolio.models import Level, Stage
from qingshou.web import charts
from qingshou.web.formats import yuan_short

# Calm to grave, the same as the chips.
STAGE_TONES = {"early": "calm", "middle": "warn", "late": "late", "m2": "late", "m3": "alarm", "d91_180": "alarm",
               "d181_270": "alarm", "d271_360": "loss", "d361_plus": "loss"}
LEVEL_TONES = {"normal": "good", "special_mention": "calm", "substandard": "warn", "doubtful": "alarm", "loss": "loss"}


def households_url(**filters: Any) -> str:
    """The list of households behind a figure."""
    return f"{reverse('portfolio:households')}?{urlencode(filters)}"


def loans_url(**filters: Any) -> str:
    """The list of loans behind a figure."""
    return f"{reverse('portfolio:loans')}?{urlencode(filters)}"


def funnel(rows: Sequence[dict[str, Any]]) -> charts.Chart:
    """Overdue households by stage, earliest first."""
    shown = [row for row in rows if row["stage"] != "current"]
    text = _("%(households)d 户 · %(fen)s")
    return charts.funnel(
        _("逾期户到了哪一阶段"),
        [charts.Bar(str(Stage(row["stage"]).label), row["households"],
                    text % {"households": row["households"], "fen": yuan_short(row["overdue_fen"])},
                    STAGE_TONES[row["stage"]], households_url(stage=row["stage"])) for row in shown],
        (_("阶段"), _("户数 · 逾期金额")))


def level_bars(rows: Sequence[dict[str, Any]]) -> charts.Chart:
    """Principal by level."""
    return charts.bars(
        _("本金的五级分类"),
        [charts.Bar(str(Level(row["level"]).label), row["principal_fen"],
                    _("%(fen)s · %(loans)d 笔") % {"fen": yuan_short(row["principal_fen"]), "loans": row["loans"]},
                    LEVEL_TONES[row["level"]], loans_url(level=row["level"])) for row in rows],
        (_("分类"), _("本金 · 笔数")))


def migration(moves: Sequence[Moved]) -> charts.Chart:
    """From which level to which, by principal; a row adds up to what stood in its level, and is shaded by its shares."""
    names = {**{level: str(Level(level).label) for level in LEVELS}, "new": _("新增"), "closed": _("结清")}
    known = {(move.before, move.after): move for move in moves}
    cells = []
    for before in (*LEVELS, "new"):
        row = [known.get((before, after)) for after in (*LEVELS, "closed")]
        whole = sum(move.principal_fen for move in row if move)
        for after, move in zip((*LEVELS, "closed"), row, strict=True):
            worse = before in LEVELS and after in LEVELS and LEVELS.index(after) > LEVELS.index(before)
            better = after == "closed" or (before in LEVELS and after in LEVELS and LEVELS.index(after) < LEVELS.index(before))
            fen = move.principal_fen if move else 0
            cells.append(charts.Cell(names[before], names[after], fen * 1000 // whole if whole else 0,
                                     yuan_short(fen) if fen else "", "alarm" if worse else "good" if better else "mut"))
    return charts.heat(_("本月五级分类迁徙（本金）"), cells, (_("月初"), _("现在"), _("本金")))


def trend(title: str, marks: Sequence[Mark]) -> charts.Chart:
    """Overdue amount and bad principal over time."""
    points = [charts.Point(mark.day.isoformat(), _("不良本金"), mark.npl_fen, yuan_short(mark.npl_fen), "alarm")
              for mark in marks]
    points += [charts.Point(mark.day.isoformat(), _("逾期金额"), mark.overdue_fen, yuan_short(mark.overdue_fen), "warn")
               for mark in marks]
    return charts.lines(title, points, (_("日期"), _("指标"), _("金额")), unit="fen")
