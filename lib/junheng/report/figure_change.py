"""Figure 5: the share of units that meet each indicator, this year and last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.model import Assessment, Unit, Verdict
from junheng.assess.trend import Trend
from junheng.exact import fixed
from junheng.report.figure_canvas import Box, Canvas
from junheng.report.figure_disparity import signed
from junheng.report.figure_panels import (
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
from junheng.report.figure_style import MUTED, StageLook, stage_look

TOP, FOOT = 12.5, 17.0
WHOLE = "评估单元综合达标"


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
    def open(self) -> Fraction:
        return Fraction(self.unknown, self.units) if self.units else Fraction(0)


Pair = tuple[Share, Share | None]


def change(assessment: Assessment, trend: Trend | None) -> Drawing:
    """Draw the shares of all stages side by side; the first row is the unit's verdict as a whole."""
    standard = assessment.national.standard
    rows = Rows((WHOLE, *(indicator.short for indicator in standard.indicators)), TOP, 10.0 if trend else 8.0)
    canvas = Canvas(rows.bottom + FOOT)
    panels = side_by_side(standard.stages, 1.0, (11.5, 13.5) if trend else (12.0,))
    draw_rows(canvas, rows, bold=frozenset({0}))
    pairs = {stage.id: _pairs(assessment, trend, stage.id) for stage in standard.stages}
    for panel in panels:
        look = stage_look(standard, panel.stage.id)
        _panel(canvas, panel, rows, pairs[panel.stage.id], look, assessment.year)
    _legend(canvas, rows, assessment, trend, any(now.unknown for own in pairs.values() for now, _ in own))
    caption = f"{scope(assessment)}达到各项指标标准的评估单元比例" + ("（与上年度比较）" if trend else "")
    return Drawing(canvas, caption, _alt(caption, assessment, pairs))


def _pairs(assessment: Assessment, trend: Trend | None, stage: str) -> tuple[Pair, ...]:
    """Return (this, last) for the verdict as a whole and every indicator; empty when the stage has no unit."""
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


def _panel(
    canvas: Canvas, panel: Panel, rows: Rows, pairs: Sequence[Pair], look: StageLook, year: int
) -> None:
    canvas.text(panel.left + 1.5, 3, panel.stage.name, bold=True, size=9)
    if not pairs:
        draw_nothing(canvas, panel, rows)
        return
    compared = len(panel.columns) > 1
    draw_axis(canvas, panel.scale, rows, "占本学段评估单元的比例（%）", "percent")
    canvas.text(panel.columns[0], rows.top - 4.4, f"{year}年\n（%）", align="right")
    if compared:
        canvas.text(panel.columns[1], rows.top - 4.4, "较上年\n百分点", align="right", colour=MUTED)
    _bars(canvas, panel, rows, pairs, look, compared)
    for number, (now, before) in enumerate(pairs):
        _numbers(canvas, panel, rows.middle(number), now, before)


def _bars(
    canvas: Canvas, panel: Panel, rows: Rows, pairs: Sequence[Pair], look: StageLook, compared: bool
) -> None:
    """Draw this year's bars solid (what is open dotted behind them) and last year's hatched below."""
    left, scale = panel.scale.left, panel.scale
    tops = [rows.middle(number) - (3.4 if compared else 2.0) for number in range(len(pairs))]
    met, unknown, old = [], [], []
    for top, (now, before) in zip(tops, pairs, strict=True):
        if now.value is not None:
            end = scale(now.value)
            met.append(Box(left, top, end - left, 4))
            unknown.append(Box(end, top, scale(now.value + now.open) - end, 4))
        if before and before.value is not None:
            old.append(Box(left, top + 4.4, scale(before.value) - left, 2.4))
    canvas.boxes(met, fill=look.colour)
    canvas.boxes(unknown, fill="white", edge=MUTED, hatch="....", line=0.5)
    canvas.boxes(old, fill="white", edge=look.colour, hatch="//////", line=0.6)


def _numbers(canvas: Canvas, panel: Panel, y: float, now: Share, before: Share | None) -> None:
    if now.value is None:
        canvas.text(panel.columns[0], y, "—", align="right")
        return
    canvas.text(panel.columns[0], y, fixed(now.value * 100, 1), align="right")
    if before and before.value is not None:
        canvas.text(
            panel.columns[1], y, signed((now.value - before.value) * 100, 1), align="right", colour=MUTED
        )


def _legend(canvas: Canvas, rows: Rows, assessment: Assessment, trend: Trend | None, unknown: bool) -> None:
    y, x = rows.bottom + 12.5, 28.0
    looks = [
        stage_look(assessment.national.standard, stage.id) for stage in assessment.national.standard.stages
    ]
    for look in looks:
        canvas.boxes([Box(x, y - 1.4, 5, 2.8)], fill=look.colour)
        x += 6
    canvas.text(x, y, f"{assessment.year}年")
    x += 16
    if trend:
        for look in looks:
            canvas.boxes([Box(x, y - 1.2, 5, 2.4)], fill="white", edge=look.colour, hatch="//////", line=0.6)
            x += 6
        canvas.text(x, y, f"{trend.before.year}年")
        x += 16
    if unknown:
        canvas.boxes([Box(x, y - 1.4, 5, 2.8)], fill="white", edge=MUTED, hatch="....", line=0.5)
        canvas.text(x + 6, y, "无法判定")


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
    if now.value is None:
        return f"{name}无数据"
    text = f"{name}{fixed(now.value * 100, 1)}%"
    return text + (f"（上年{fixed(before.value * 100, 1)}%）" if before and before.value is not None else "")
