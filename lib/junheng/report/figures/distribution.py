"""Figures 2 and 3: where the units of a stage lie against the threshold of each indicator, one dot a unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from junheng.assess.model import Assessment, Cell, Verdict
from junheng.exact import fixed, plain
from junheng.params.standard import Indicator, Stage
from junheng.report.figures.canvas import WIDTH, Canvas, Point
from junheng.report.figures.panels import Drawing, Rows, Scale, draw_axis, draw_bands, percent, scope, wrapped
from junheng.report.figures.style import FAIL, GRID, INK, MUTED, StageLook, stage_look

LEFT, COLUMN = 30.0, 12.5
TOP, FOOT = 13.0, 12.0
TALLEST, LOWEST, ROOM = 17.0, 12.0, 180.0
"""Heights of a row at most and at least, and of all rows together unless they are at their least."""
BIN = Fraction(1, 20)
LARGEST = 1.9
ABREAST, PRESSED = 3, 0.36
"""How far a tall pile is pressed (step between dots by their size) before dots get smaller to lie abreast."""
OVERFLOW, BEYOND = 8.0, 6.0
"""The zone right of the scale for units beyond its end: its width, and where in it they are piled up."""


@dataclass(frozen=True)
class Spread:
    """The units of one indicator: exact ratios to the threshold by class, and how many are open."""

    indicator: Indicator
    threshold: Fraction
    met: tuple[Fraction, ...]
    near: tuple[Fraction, ...]
    low: tuple[Fraction, ...]
    unknown: int

    @property
    def all(self) -> tuple[Fraction, ...]:
        return self.met + self.near + self.low

    @property
    def units(self) -> int:
        return len(self.all) + self.unknown

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return (len(self.met), len(self.near), len(self.low), self.unknown)


@dataclass(frozen=True)
class Chart:
    """What every row is drawn with; `least` is the share of the threshold that one indicator may sink to."""

    canvas: Canvas
    rows: Rows
    scale: Scale
    look: StageLook
    least: Fraction
    columns: int

    def column(self, number: int) -> float:
        return WIDTH - (self.columns - number - 0.5) * COLUMN


def distribution(assessment: Assessment, stage: Stage) -> Drawing:
    """Draw the distribution of the stage's units for every indicator."""
    standard, units = assessment.national.standard, assessment.national.stage_units(stage.id)
    least = standard.unit_rule.floor
    spreads = [
        _spread([unit.cells[indicator.id] for unit in units], indicator, stage, least)
        for indicator in standard.indicators
    ]
    chart = _chart(spreads, stage_look(standard, stage.id), least)
    _frame(chart)
    _heading(chart)
    for number, spread in enumerate(spreads):
        _row(chart, number, spread)
    caption = (
        f"{scope(assessment)}{stage.name}各评估单元资源配置指标与标准值之比"
        f"（每点为1个评估单元，共{len(units)}个）"
    )
    return Drawing(chart.canvas, caption, _alt(caption, spreads, _share_text(least)))


def _spread(cells: Sequence[Cell], indicator: Indicator, stage: Stage, least: Fraction) -> Spread:
    known = [(cell.ratio, cell.verdict) for cell in cells if cell.ratio is not None]
    missed = [ratio for ratio, verdict in known if verdict is Verdict.UNMET]
    return Spread(
        indicator,
        indicator.thresholds[stage.id],
        tuple(ratio for ratio, verdict in known if verdict is Verdict.MET),
        tuple(ratio for ratio in missed if ratio >= least),
        tuple(ratio for ratio in missed if ratio < least),
        len(cells) - len(known),
    )


def _chart(spreads: Sequence[Spread], look: StageLook, least: Fraction) -> Chart:
    height = max(LOWEST, min(TALLEST, ROOM / len(spreads)))
    rows = Rows(tuple(spread.indicator.short for spread in spreads), TOP, height)
    columns = 4 if any(spread.unknown for spread in spreads) else 3
    scale = Scale(LEFT, WIDTH - columns * COLUMN - OVERFLOW - 1, _end(spreads))
    return Chart(Canvas(rows.bottom + FOOT), rows, scale, look, least, columns)


def _end(spreads: Sequence[Spread]) -> float:
    """Return the end of the scale: nine in ten units fit, between 1.5 and 3 times the threshold."""
    ratios = sorted(ratio for spread in spreads for ratio in spread.all)
    if not ratios:
        return 1.5
    most = ratios[(len(ratios) - 1) * 9 // 10]
    return min(max(ceil(most * 2) / 2, 1.5), 3.0)


def _frame(chart: Chart) -> None:
    """Draw the bands, the scale, the two limits through all rows, and the zone beyond the scale."""
    canvas, rows, scale = chart.canvas, chart.rows, chart.scale
    draw_bands(canvas, rows)
    draw_axis(canvas, scale, rows, "评估单元指标值与标准值之比（1.0为标准值）")
    low, one, y = scale(chart.least), scale(1), rows.top - 3.6
    canvas.lines([((low, y - 1.6), (low, rows.bottom))], line=0.9, style="--")
    canvas.text(low - 1, y, f"标准值的{_share_text(chart.least)}", align="right", colour=MUTED)
    canvas.lines([((one, y - 1.6), (one, rows.bottom))], colour=INK, line=1.3)
    canvas.text(one + 1, y, "标准值")
    canvas.lines([((scale.right, rows.top), (scale.right, rows.bottom))], colour=GRID, style=":")
    canvas.text(scale.right + BEYOND, rows.bottom + 2.4, "以上", align="center", colour=MUTED)


def _heading(chart: Chart) -> None:
    """Head the columns of counts; the heading is the legend as well."""
    share = _share_text(chart.least)
    titles = ["达标", f"达{share}", f"不足{share}", Verdict.UNKNOWN.value][: chart.columns]
    for number, title in enumerate(titles):
        x = chart.column(number)
        chart.canvas.text(x, TOP - 3.6, title, align="center")
        if number < 3:
            _dots(chart, [(x, TOP - 8)], number, 2.2)
        else:
            chart.canvas.text(x, TOP - 8, "?", align="center", bold=True)


def _dots(chart: Chart, points: Sequence[Point], kind: int, size: float) -> None:
    """Draw units of a class: met (the stage's marker), near (hollow diamond), low (triangle on its tip)."""
    edge: dict[str, Any] = {"edge": "white", "line": size * 0.15}
    if kind == 0:
        chart.canvas.dots(points, marker=chart.look.marker, size=size * 0.92, fill=chart.look.colour, **edge)
    elif kind == 1:
        line = min(0.8, size * 0.5)
        chart.canvas.dots(points, marker="D", size=size * 0.72, fill="white", edge=INK, line=line)
    else:
        chart.canvas.dots(points, marker="v", size=size, fill=FAIL, **edge)


def _row(chart: Chart, number: int, spread: Spread) -> None:
    """Write an indicator's name, threshold and counts, and draw its units."""
    indicator, middle = spread.indicator, chart.rows.middle(number)
    name = wrapped(indicator.short, 10)
    more = name.count("\n")
    bound = "≥" if indicator.comparator == ">=" else "≤"
    chart.canvas.text(1, middle - 2.2 - more * 0.6, name, bold=True)
    threshold = f"标准{bound}{plain(spread.threshold)}{indicator.unit}"
    chart.canvas.text(1, middle + 3 + more * 1.4, threshold, colour=MUTED)
    for place in range(chart.columns):
        count = spread.counts[place]
        bold = place in (1, 2) and count > 0
        chart.canvas.text(chart.column(place), middle, str(count), align="center", bold=bold)
    _piles(chart, number, spread)


def _piles(chart: Chart, number: int, spread: Spread) -> None:
    """Pile up the units of a row over the place of their ratio; a place belongs to one class only."""
    classes = (spread.met, spread.near, spread.low)
    piles = [Counter(_place(ratio, chart) for ratio in ratios) for ratios in classes]
    width = min(chart.scale(BIN) - chart.scale.left, LARGEST)
    room = chart.rows.height - 2.2
    tallest = max((count for pile in piles for count in pile.values()), default=1)
    for abreast in range(1, ABREAST + 1):
        size = width / abreast
        step = min(size, (room - size) / max(ceil(tallest / abreast) - 1, 1))
        if step >= PRESSED * size:
            break
    base = chart.rows.top + chart.rows.height * (number + 1) - 0.9 - size / 2
    for kind, pile in enumerate(piles):
        points = [
            (x + (dot % abreast - (abreast - 1) / 2) * size, base - step * (dot // abreast))
            for x, count in sorted(pile.items())
            for dot in range(count)
        ]
        _dots(chart, points, kind, size)


def _place(ratio: Fraction, chart: Chart) -> float:
    """Return where a unit's pile stands: the middle of its bin; a bin begins at each of the limits."""
    scale, least = chart.scale, chart.least
    if ratio >= scale.top_value:
        return scale.right + BEYOND
    if ratio >= 1:
        return scale(1 + (floor((ratio - 1) / BIN) + Fraction(1, 2)) * BIN)
    if ratio >= least:
        size = (1 - least) / max(round((1 - least) / BIN), 1)
        return scale(least + (floor((ratio - least) / size) + Fraction(1, 2)) * size)
    return scale(max(least - (ceil((least - ratio) / BIN) - Fraction(1, 2)) * BIN, BIN / 2))


def _share_text(share: Fraction) -> str:
    return f"{plain(share * 100)}%"


def _alt(caption: str, spreads: Sequence[Spread], least: str) -> str:
    parts = []
    for spread in spreads:
        met, near, low, unknown = spread.counts
        share = "" if unknown else f"（{percent(met, spread.units)}）"  # not known while a unit is open
        text = f"{spread.indicator.short}达标{met}个{share}"
        text += f"、达到标准值{least}而未达标{near}个、不足{least}{low}个"
        text += f"、无法判定{unknown}个" if unknown else ""
        text += f"，最低为标准值的{fixed(min(spread.all), 2)}倍" if spread.all else ""
        parts.append(text)
    return f"点图：{caption}。{'；'.join(parts)}。"
