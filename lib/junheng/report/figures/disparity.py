"""Figure 4: every coefficient of variation against its limit, beside last year's where that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from junheng.assess.model import Assessment, Disparity, Verdict
from junheng.assess.trend import Trend
from junheng.exact import in_full
from junheng.params.standard import Standard
from junheng.report.content import numbers
from junheng.report.content.numbers import BLANK, EDGE_MARK, difference
from junheng.report.figures.canvas import Box, Canvas, Point
from junheng.report.figures.panels import (
    LABELS,
    Drawing,
    Panel,
    Rows,
    draw_axis,
    draw_nothing,
    draw_rows,
    no_units,
    scope,
    side_by_side,
)
from junheng.report.figures.style import FAIL, INK, MUTED, stage_look

TOP, FOOT, ROW = 15.0, 17.0, 9.0
LAST: dict[str, Any] = {"marker": "o", "size": 3.6, "fill": "white", "edge": MUTED, "line": 0.9}
"""Last year's mark: a ring that this year's mark fits into."""

Pair = tuple[Disparity, Disparity | None]


@dataclass(frozen=True)
class Chart:
    """What every panel is drawn with."""

    canvas: Canvas
    rows: Rows
    standard: Standard
    year: int
    compared: bool


def disparity(assessment: Assessment, trend: Trend | None) -> Drawing:
    """Draw the coefficients of all stages side by side."""
    standard = assessment.national.standard
    rows = Rows(tuple(indicator.short for indicator in standard.indicators), TOP, ROW)
    chart = Chart(Canvas(rows.bottom + FOOT), rows, standard, assessment.year, trend is not None)
    pairs = {stage.id: _pairs(assessment, trend, stage.id) for stage in standard.stages}
    columns = (11.5, 13.5) if trend else (12.0,)
    draw_rows(chart.canvas, rows)
    for panel in side_by_side(standard.stages, _end(pairs, standard.disparity.limits), columns):
        _panel(chart, panel, pairs[panel.stage.id])
    _legend(chart)
    caption = f"{scope(assessment)}各项指标校际差异系数与限值" + ("（与上年度比较）" if trend else "")
    return Drawing(chart.canvas, caption, _alt(caption, standard, pairs))


def _pairs(assessment: Assessment, trend: Trend | None, stage: str) -> tuple[Pair, ...]:
    """Return (this, last) by indicator in the standard's order; empty when the stage has no unit."""
    if not assessment.national.stage_units(stage):
        return ()
    old = {row.indicator: before for row, before in trend.disparities(stage)} if trend else {}
    ids = [indicator.id for indicator in assessment.national.standard.indicators]
    return tuple((assessment.national.disparity(stage, name), old.get(name)) for name in ids)


def _end(pairs: dict[str, tuple[Pair, ...]], limits: dict[str, Fraction]) -> float:
    """Return the end of the common scale, from 0.6 to 1.5; what lies beyond stays at the end."""
    values = [row.cv for own in pairs.values() for pair in own for row in pair if row and row.cv is not None]
    return min(max(ceil(max([*values, *limits.values()]) * 10 + Fraction(1, 2)) / 10, 0.6), 1.5)


def _panel(chart: Chart, panel: Panel, pairs: Sequence[Pair]) -> None:
    canvas, rows = chart.canvas, chart.rows
    limit = chart.standard.disparity.limits[panel.stage.id]
    canvas.text(panel.left + 1.5, 3, f"{panel.stage.name}（限值{in_full(limit, 2)}）", bold=True, size=9)
    if not pairs:
        draw_nothing(canvas, panel, rows)
        return
    draw_axis(canvas, panel.scale, rows, "差异系数")
    x = panel.scale(limit)
    beyond = Box(x, rows.top, panel.scale.right - x, rows.bottom - rows.top)
    canvas.boxes([beyond], edge="#DDDDDD", hatch="////", line=0)
    canvas.lines([((x, rows.top - 2), (x, rows.bottom))], colour=INK, line=1.4)
    canvas.text(x, rows.top - 3.8, "限值", align="center")
    canvas.text(panel.columns[0], rows.top - 3.8, f"{chart.year}年", align="right")
    if chart.compared:
        canvas.text(panel.columns[1], rows.top - 3.8, "较上年", align="right", colour=MUTED)
    _marks(chart, panel, pairs)
    for number, pair in enumerate(pairs):
        _numbers(chart, panel, rows.middle(number), *pair)


def _marks(chart: Chart, panel: Panel, pairs: Sequence[Pair]) -> None:
    """Draw last year's rings, the way from there, and this year's marks: a triangle when above the limit."""
    look, scale = stage_look(chart.standard, panel.stage.id), panel.scale
    good: list[Point] = []
    bad: list[Point] = []
    old: list[Point] = []
    ways: list[tuple[Point, Point]] = []
    for number, (row, before) in enumerate(pairs):
        y = chart.rows.middle(number)
        if before and before.cv is not None:
            old.append((scale(before.cv), y))
        if row.cv is not None:
            now = (scale(row.cv), y)
            (bad if row.verdict is Verdict.UNMET else good).append(now)
            ways += [(old[-1], now)] if before and before.cv is not None else []
    chart.canvas.lines(ways, colour=look.colour, line=1.6)
    chart.canvas.dots(old, **LAST)
    chart.canvas.dots(good, marker=look.marker, size=2.4, fill=look.colour)
    chart.canvas.dots(bad, marker="^", size=3.0, fill=FAIL)


def _numbers(chart: Chart, panel: Panel, y: float, row: Disparity, before: Disparity | None) -> None:
    failed = row.verdict is Verdict.UNMET
    colour = FAIL if failed else MUTED if row.cv is None else INK
    text = cv_text(row, chart.standard)
    chart.canvas.text(panel.columns[0], y, text, align="right", bold=failed, colour=colour)
    change = difference(text, cv_text(before, chart.standard)) if before else None
    if chart.compared and change:
        chart.canvas.text(panel.columns[1], y, change.signed, align="right", colour=MUTED)


def cv_text(row: Disparity, standard: Standard) -> str:
    """Write a coefficient as the tables do, without their mark, which a figure has no note for."""
    if row.cv is None:
        return BLANK if row.undefined else Verdict.UNKNOWN.value
    return numbers.cv_text(row, standard).removesuffix(EDGE_MARK)


def _legend(chart: Chart) -> None:
    canvas, y, x = chart.canvas, chart.rows.bottom + 12.5, LABELS
    for stage in chart.standard.stages:
        look = stage_look(chart.standard, stage.id)
        canvas.dots([(x, y)], marker=look.marker, size=2.4, fill=look.colour)
        x += 3.4
    canvas.text(x, y, "不超过限值")
    canvas.dots([(x + 22, y)], marker="^", size=3.0, fill=FAIL)
    canvas.text(x + 24.5, y, "超过限值")
    if chart.compared:
        canvas.lines([((x + 44, y), (x + 48, y))], line=1.6)
        canvas.dots([(x + 44, y)], **LAST)
        canvas.text(x + 49.5, y, "空心圈为上年度")


def _alt(caption: str, standard: Standard, pairs: dict[str, tuple[Pair, ...]]) -> str:
    parts = []
    for stage in standard.stages:
        own = pairs[stage.id]
        texts = [_said(standard, row, before) for row, before in own]
        over = sum(row.verdict is Verdict.UNMET for row, _ in own)
        limit = in_full(standard.disparity.limits[stage.id], 2)
        said = f"{stage.name}（限值{limit}，{over}项超过）：{'、'.join(texts)}"
        parts.append(said if own else no_units(stage))
    return f"点图：{caption}。{'；'.join(parts)}。"


def _said(standard: Standard, row: Disparity, before: Disparity | None) -> str:
    text = f"{standard.indicator(row.indicator).short}{cv_text(row, standard)}"
    return f"{text}（上年{cv_text(before, standard)}）" if before else text
