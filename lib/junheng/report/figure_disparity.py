"""Figure 4: the coefficient of variation of every indicator against its limit, with last year's where it is known."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from junheng.assess.model import Assessment, Disparity, Verdict
from junheng.assess.trend import Trend
from junheng.exact import fixed, honest_decimals, plain
from junheng.report.figure_canvas import Box, Canvas
from junheng.report.figure_panels import (
    Drawing,
    Panel,
    Rows,
    draw_axis,
    draw_nothing,
    draw_rows,
    scope,
    side_by_side,
)
from junheng.report.figure_style import FAIL, INK, MUTED, stage_look

TOP, FOOT, ROW = 15.0, 17.0, 9.0
OLD = {"marker": "o", "size": 3.6, "fill": "white", "edge": MUTED, "line": 0.9}

Pair = tuple[Disparity, Disparity | None]


def disparity(assessment: Assessment, trend: Trend | None) -> Drawing:
    """Draw the coefficients of all stages side by side."""
    standard = assessment.national.standard
    rows = Rows(tuple(indicator.short for indicator in standard.indicators), TOP, ROW)
    canvas = Canvas(rows.bottom + FOOT)
    pairs = {stage.id: _pairs(assessment, trend, stage.id) for stage in standard.stages}
    columns = (11.5, 13.5) if trend else (12.0,)
    panels = side_by_side(standard.stages, _end(pairs, standard.disparity.limits), columns)
    draw_rows(canvas, rows)
    for panel in panels:
        _panel(canvas, panel, rows, assessment, pairs[panel.stage.id], trend is not None)
    _legend(canvas, rows, trend is not None)
    caption = f"{scope(assessment)}各项指标校际差异系数与限值" + ("（与上年度比较）" if trend else "")
    return Drawing(canvas, caption, _alt(caption, assessment, pairs))


def _pairs(assessment: Assessment, trend: Trend | None, stage: str) -> tuple[Pair, ...]:
    """Return (this, last) by indicator in the standard's order; empty when the stage has no unit."""
    if not assessment.national.stage_units(stage):
        return ()
    old = {row.indicator: before for row, before in trend.disparities(stage)} if trend else {}
    ids = [indicator.id for indicator in assessment.national.standard.indicators]
    return tuple((assessment.national.disparity(stage, name), old.get(name)) for name in ids)


def _end(pairs: dict[str, tuple[Pair, ...]], limits: dict[str, Fraction]) -> float:
    """Return the end of the common scale: all values and limits fit, up to 1.5; what lies beyond stays at the end."""
    values = [row.cv for own in pairs.values() for pair in own for row in pair if row and row.cv is not None]
    return min(max(ceil(max([*values, *limits.values()]) * 10 + Fraction(1, 2)) / 10, 0.6), 1.5)


def _panel(
    canvas: Canvas, panel: Panel, rows: Rows, assessment: Assessment, pairs: Sequence[Pair], compared: bool
) -> None:
    standard = assessment.national.standard
    limit = standard.disparity.limits[panel.stage.id]
    canvas.text(panel.left + 1.5, 3, f"{panel.stage.name}（限值{limit_text(limit)}）", bold=True, size=9)
    if not pairs:
        draw_nothing(canvas, panel, rows)
        return
    draw_axis(canvas, panel.scale, rows, "差异系数")
    x = panel.scale(limit)
    canvas.boxes(
        [Box(x, rows.top, panel.scale.right - x, rows.bottom - rows.top)],
        edge="#DDDDDD",
        hatch="////",
        line=0,
    )
    canvas.lines([((x, rows.top - 2), (x, rows.bottom))], colour=INK, line=1.4)
    canvas.text(x, rows.top - 3.8, "限值", align="center")
    canvas.text(panel.columns[0], rows.top - 3.8, f"{assessment.year}年", align="right")
    if compared:
        canvas.text(panel.columns[1], rows.top - 3.8, "较上年", align="right", colour=MUTED)
    _marks(canvas, panel, rows, assessment, pairs)
    for number, (row, before) in enumerate(pairs):
        _numbers(
            canvas, panel, rows.middle(number), row, before if compared else None, standard.disparity.decimals
        )


def _marks(canvas: Canvas, panel: Panel, rows: Rows, assessment: Assessment, pairs: Sequence[Pair]) -> None:
    """Draw last year's marks, the way from there, and this year's: filled within the limit, a triangle beyond it."""
    look = stage_look(assessment.national.standard, panel.stage.id)
    now = [(row.cv, rows.middle(number), row.verdict) for number, (row, _) in enumerate(pairs)]
    old = [(before.cv if before else None, rows.middle(number)) for number, (_, before) in enumerate(pairs)]
    ways = [
        ((panel.scale(then), y), (panel.scale(cv), y))
        for (then, y), (cv, _, _) in zip(old, now, strict=True)
        if then is not None and cv is not None
    ]
    canvas.lines(ways, colour=look.colour, line=1.6)
    canvas.dots([(panel.scale(then), y) for then, y in old if then is not None], **OLD)
    good = [(panel.scale(cv), y) for cv, y, verdict in now if cv is not None and verdict is not Verdict.UNMET]
    bad = [(panel.scale(cv), y) for cv, y, verdict in now if cv is not None and verdict is Verdict.UNMET]
    canvas.dots(good, marker=look.marker, size=2.4, fill=look.colour)
    canvas.dots(bad, marker="^", size=3.0, fill=FAIL)


def _numbers(
    canvas: Canvas, panel: Panel, y: float, row: Disparity, before: Disparity | None, decimals: int
) -> None:
    failed = row.verdict is Verdict.UNMET
    if row.cv is None:
        canvas.text(panel.scale.left + 1, y, Verdict.UNKNOWN.value, colour=MUTED)
        return
    canvas.text(
        panel.columns[0],
        y,
        cv_text(row, decimals),
        align="right",
        bold=failed,
        colour=FAIL if failed else INK,
    )
    if before and before.cv is not None:
        canvas.text(panel.columns[1], y, signed(row.cv - before.cv, decimals), align="right", colour=MUTED)


def cv_text(row: Disparity, decimals: int) -> str:
    """Write a coefficient with as many places as agree with its verdict (RULES §10)."""
    if row.cv is None:
        return Verdict.UNKNOWN.value
    return fixed(
        row.cv, honest_decimals(row.cv, row.limit, "<=", decimals) if row.limit is not None else decimals
    )


def signed(change: Fraction, decimals: int) -> str:
    """Write a change with its sign; one too small to print is 基本持平."""
    text = fixed(change, decimals)
    if not Fraction(text):
        return "基本持平" if change else "持平"
    return f"+{text}" if change > 0 else text


def limit_text(limit: Fraction) -> str:
    """Write a limit with two places, as the standard does (0.50), or with as many as it has."""
    return fixed(limit, 2) if Fraction(fixed(limit, 2)) == limit else plain(limit)


def _legend(canvas: Canvas, rows: Rows, compared: bool) -> None:
    y, x = rows.bottom + 12.5, 28.0
    canvas.dots([(x, y)], marker="o", size=2.6, fill="#0072B2")
    canvas.dots([(x + 3.2, y)], marker="s", size=2.6, fill="#E69F00")
    canvas.text(x + 5.5, y, "不超过限值")
    canvas.dots([(x + 28, y)], marker="^", size=3.2, fill=FAIL)
    canvas.text(x + 30.5, y, "超过限值")
    if compared:
        canvas.lines([((x + 50, y), (x + 54, y))], line=1.6)
        canvas.dots([(x + 50, y)], **OLD)
        canvas.text(x + 56, y, "空心圈为上年度")


def _alt(caption: str, assessment: Assessment, pairs: dict[str, tuple[Pair, ...]]) -> str:
    standard = assessment.national.standard
    parts = []
    for stage in standard.stages:
        rows = [row for row, _ in pairs[stage.id]]
        if not rows:
            parts.append(f"本年度无{stage.name}评估单元")
            continue
        texts = [
            f"{standard.indicator(row.indicator).short}{cv_text(row, standard.disparity.decimals)}"
            for row in rows
        ]
        over = sum(row.verdict is Verdict.UNMET for row in rows)
        limit = limit_text(standard.disparity.limits[stage.id])
        parts.append(f"{stage.name}（限值{limit}，{over}项超过）：{'、'.join(texts)}")
    return f"点图：{caption}。{'；'.join(parts)}。"
