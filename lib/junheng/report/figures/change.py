"""Figure 5: the share of units that meet each indicator, this year and last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from junheng.assess.model import Assessment, Unit, Verdict
from junheng.assess.trend import Trend
from junheng.exact import fixed
from junheng.report.content.numbers import difference
from junheng.report.figures.canvas import Box, Canvas
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
    tally,
)
from junheng.report.figures.style import INK, MUTED, StageLook, stage_look

TOP, FOOT = 12.5, 17.0
WHOLE = "评估单元综合达标"
THICK, THIN = 4.0, 2.4
LAST = "//////"
OPEN: dict[str, Any] = {"fill": "white", "edge": MUTED, "hatch": "....", "line": 0.5}


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a stage's units meet something; `units` 0 means there is nothing to share."""

    met: int
    unknown: int
    units: int

    @property
    def value(self) -> Fraction | None:
        return Fraction(self.met, self.units) if self.units else None

    @property
    def text(self) -> str:
        """The share in per cent; not known while a unit is open, as in the tables."""
        if self.value is None:
            return "—"
        return Verdict.UNKNOWN.value if self.unknown else fixed(self.value * 100, 1)

    @property
    def open(self) -> Fraction:
        return Fraction(self.unknown, self.units) if self.units else Fraction(0)


Pair = tuple[Share, Share | None]


@dataclass(frozen=True)
class Chart:
    """What every panel is drawn with; `years` is this year, then last year when it is compared with."""

    canvas: Canvas
    rows: Rows
    looks: dict[str, StageLook]
    years: tuple[int, ...]


def change(assessment: Assessment, trend: Trend | None) -> Drawing:
    """Draw the shares of all stages side by side; the first row is the unit's verdict as a whole."""
    standard = assessment.national.standard
    names = (WHOLE, *(indicator.short for indicator in standard.indicators))
    rows = Rows(names, TOP, 10.0 if trend else 8.0)
    looks = {stage.id: stage_look(standard, stage.id) for stage in standard.stages}
    years = (assessment.year, trend.before.year) if trend else (assessment.year,)
    chart = Chart(Canvas(rows.bottom + FOOT), rows, looks, years)
    pairs = {stage.id: _pairs(assessment, trend, stage.id) for stage in standard.stages}
    draw_rows(chart.canvas, rows, bold=frozenset({0}))
    for panel in side_by_side(standard.stages, 1.0, (11.5, 13.5) if trend else (12.0,)):
        _panel(chart, panel, pairs[panel.stage.id])
    _legend(chart, any(now.unknown for own in pairs.values() for now, _ in own))
    caption = f"{scope(assessment)}达到各项指标标准的评估单元比例" + ("（与上年度比较）" if trend else "")
    return Drawing(chart.canvas, caption, _alt(caption, assessment, pairs))


def _pairs(assessment: Assessment, trend: Trend | None, stage: str) -> tuple[Pair, ...]:
    """Return (this, last) for the unit as a whole and every indicator; empty when there is no unit."""
    units = assessment.national.stage_units(stage)
    if not units:
        return ()
    before = trend.before.national.stage_units(stage) if trend else ()
    kinds: list[Callable[[Unit], Verdict | None]] = [lambda unit: unit.verdict]
    kinds += [_of(indicator.id) for indicator in assessment.national.standard.indicators]
    return tuple((_share(units, kind), _share(before, kind) if before else None) for kind in kinds)


def _of(indicator: str) -> Callable[[Unit], Verdict | None]:
    return lambda unit: unit.cells[indicator].verdict if indicator in unit.cells else None


def _share(units: Sequence[Unit], kind: Callable[[Unit], Verdict | None]) -> Share:
    verdicts = [verdict for verdict in map(kind, units) if verdict is not None]
    counted = tally(verdicts)
    return Share(counted[Verdict.MET], counted[Verdict.UNKNOWN], len(verdicts))


def _panel(chart: Chart, panel: Panel, pairs: Sequence[Pair]) -> None:
    canvas, y = chart.canvas, TOP - 4.4
    canvas.text(panel.left + 1.5, 3, panel.stage.name, bold=True, size=9)
    if not pairs:
        draw_nothing(canvas, panel, chart.rows)
        return
    draw_axis(canvas, panel.scale, chart.rows, "占本学段评估单元的比例（%）", "percent")
    canvas.text(panel.columns[0], y, f"{chart.years[0]}年\n（%）", align="right")
    if len(chart.years) > 1:
        canvas.text(panel.columns[1], y, "较上年\n百分点", align="right", colour=MUTED)
    _bars(chart, panel, pairs)
    for number, (now, before) in enumerate(pairs):
        _numbers(canvas, panel, chart.rows.middle(number), now, before)


def _bars(chart: Chart, panel: Panel, pairs: Sequence[Pair]) -> None:
    """Draw this year's bars solid, with what is open dotted behind them, and last year's hatched below."""
    left, scale, look = panel.scale.left, panel.scale, chart.looks[panel.stage.id]
    above = 3.4 if len(chart.years) > 1 else THICK / 2
    met, unknown, old = [], [], []
    for number, (now, before) in enumerate(pairs):
        top = chart.rows.middle(number) - above
        if now.value is not None:
            end = scale(now.value)
            met.append(Box(left, top, end - left, THICK))
            unknown.append(Box(end, top, scale(now.value + now.open) - end, THICK))
        if before and before.value is not None:
            old.append(Box(left, top + THICK + 0.4, scale(before.value) - left, THIN))
    chart.canvas.boxes(met, fill=look.colour)
    chart.canvas.boxes(unknown, **OPEN)
    chart.canvas.boxes(old, fill="white", edge=look.colour, hatch=LAST)


def _numbers(canvas: Canvas, panel: Panel, y: float, now: Share, before: Share | None) -> None:
    """Write the share and its change; shares with open units in them cannot be compared."""
    canvas.text(panel.columns[0], y, now.text, align="right", colour=MUTED if now.unknown else INK)
    if now.value is not None and before and before.value is not None:
        change = difference(now.text, before.text)  # none when one of the shares is open
        canvas.text(panel.columns[1], y, change.signed if change else "不可比", align="right", colour=MUTED)


def _legend(chart: Chart, unknown: bool) -> None:
    canvas, y, x = chart.canvas, chart.rows.bottom + 12.5, LABELS
    for number, year in enumerate(chart.years):
        for look in chart.looks.values():
            last: dict[str, Any] = {"fill": "white", "edge": look.colour, "hatch": LAST}
            canvas.boxes([Box(x, y - 1.3, 5, 2.6)], **(last if number else {"fill": look.colour}))
            x += 6
        canvas.text(x, y, f"{year}年")
        x += 16
    if unknown:
        canvas.boxes([Box(x, y - 1.3, 5, 2.6)], **OPEN)
        canvas.text(x + 6, y, Verdict.UNKNOWN.value)


def _alt(caption: str, assessment: Assessment, pairs: dict[str, tuple[Pair, ...]]) -> str:
    standard = assessment.national.standard
    names = (WHOLE, *(indicator.short for indicator in standard.indicators))
    parts = []
    for stage in standard.stages:
        own = pairs[stage.id]
        texts = [_said(name, now, before) for name, (now, before) in zip(names, own, strict=False)]
        parts.append(f"{stage.name}：{'、'.join(texts)}" if own else no_units(stage))
    return f"条形图：{caption}。{'；'.join(parts)}。"


def _said(name: str, now: Share, before: Share | None) -> str:
    if now.value is None or now.unknown:
        return f"{name}无法判定" + (f"（达标{now.met}个，缺少数据{now.unknown}个）" if now.met else "")
    known = before is not None and before.value is not None and not before.unknown
    notes = [f"上年{before.text}%"] if before is not None and known else []
    return f"{name}{now.text}%" + (f"（{'，'.join(notes)}）" if notes else "")
