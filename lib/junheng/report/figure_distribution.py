"""Figures 2 and 3: where the units of a stage lie against the threshold of each indicator, one dot a unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from junheng.assess.model import Assessment, Unit, Verdict
from junheng.exact import fixed, plain
from junheng.params.standard import Indicator, Stage
from junheng.report.figure_canvas import WIDTH, Box, Canvas
from junheng.report.figure_panels import Drawing, Rows, Scale, draw_axis, percent, scope, wrapped
from junheng.report.figure_style import BAND, FAIL, GRID, INK, MUTED, StageLook, stage_look

LEFT, COLUMN = 30.0, 12.5
TOP, FOOT = 13.0, 12.0
BIN = Fraction(1, 20)
OVERFLOW, BEYOND = 8.0, 6.0
"""Width of the zone for units beyond the end of the scale, in millimetres, and where in it they are piled up."""


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


def distribution(assessment: Assessment, stage: Stage) -> Drawing:
    """Draw the distribution of the stage's units for every indicator."""
    standard = assessment.national.standard
    units = assessment.national.stage_units(stage.id)
    spreads = [
        _spread(units, stage, indicator, standard.unit_rule.floor) for indicator in standard.indicators
    ]
    height = max(12.0, min(17.0, 180.0 / len(spreads)))
    rows = Rows(tuple(spread.indicator.short for spread in spreads), TOP, height)
    canvas = Canvas(rows.bottom + FOOT)
    columns = 4 if any(spread.unknown for spread in spreads) else 3
    scale = Scale(LEFT, WIDTH - columns * COLUMN - OVERFLOW - 1, _end(spreads))
    look = stage_look(standard, stage.id)
    _frame(canvas, rows, scale, standard.unit_rule.floor)
    _heading(canvas, columns, look, _floor_text(standard.unit_rule.floor))
    for number, spread in enumerate(spreads):
        _row(canvas, rows, number, spread, scale, look, standard.unit_rule.floor)
    caption = f"{scope(assessment)}{stage.name}各评估单元资源配置指标与标准值之比（每点为1个评估单元，共{len(units)}个）"
    return Drawing(canvas, caption, _alt(caption, spreads, _floor_text(standard.unit_rule.floor)))


def _spread(units: Sequence[Unit], stage: Stage, indicator: Indicator, least: Fraction) -> Spread:
    cells = [unit.cells[indicator.id] for unit in units]
    known = [cell for cell in cells if cell.ratio is not None]
    missed = [cell.ratio for cell in known if cell.verdict is Verdict.UNMET and cell.ratio is not None]
    return Spread(
        indicator,
        indicator.thresholds[stage.id],
        tuple(cell.ratio for cell in known if cell.verdict is Verdict.MET and cell.ratio is not None),
        tuple(ratio for ratio in missed if ratio >= least),
        tuple(ratio for ratio in missed if ratio < least),
        len(cells) - len(known),
    )


def _end(spreads: Sequence[Spread]) -> float:
    """Return the end of the scale: nine in ten units fit, between 1.5 and 3 times the threshold."""
    ratios = sorted(ratio for spread in spreads for ratio in spread.all)
    if not ratios:
        return 1.5
    most = ratios[(len(ratios) - 1) * 9 // 10]
    return min(max(ceil(most * 2) / 2, 1.5), 3.0)


def _frame(canvas: Canvas, rows: Rows, scale: Scale, least: Fraction) -> None:
    """Draw bands, labels' grid, the two limits through all rows, and the zone of what lies beyond the scale."""
    shaded = [Box(0, rows.top + rows.height * n, WIDTH, rows.height) for n in range(0, len(rows.labels), 2)]
    canvas.boxes(shaded, fill=BAND, zorder=0)
    draw_axis(canvas, scale, rows, "评估单元指标值与标准值之比（1.0为标准值）")
    canvas.lines(
        [((scale(least), rows.top), (scale(least), rows.bottom))], colour=MUTED, line=0.9, style="--"
    )
    canvas.lines([((scale(1), rows.top - 1.5), (scale(1), rows.bottom))], colour=INK, line=1.3)
    canvas.text(scale(1), rows.top - 3.6, "标准值", align="center")
    canvas.text(
        scale(least) - 1.2, rows.top - 3.6 - 3.6, f"标准值的{_floor_text(least)}", align="right", colour=MUTED
    )
    canvas.lines(
        [((scale(least), rows.top - 5), (scale(least), rows.top))], colour=MUTED, line=0.9, style="--"
    )
    beyond = scale.right + BEYOND
    canvas.lines([((scale.right, rows.top), (scale.right, rows.bottom))], colour=GRID, style=":")
    canvas.text(beyond, rows.bottom + 2.4, "以上", align="center", colour=MUTED)


def _heading(canvas: Canvas, columns: int, look: StageLook, least: str) -> None:
    """Head the columns of counts; the heading is the legend as well."""
    titles = ["达标", f"达{least}", f"不足{least}", "无法判定"][:columns]
    for number, title in enumerate(titles):
        x = _column(number, columns)
        canvas.text(x, TOP - 3.6, title, align="center")
        if number < 3:
            _dots(canvas, [(x, TOP - 8)], number, look, 2.2)
        else:
            canvas.text(x, TOP - 8, "?", align="center", bold=True)


def _column(number: int, columns: int) -> float:
    return WIDTH - (columns - number - 0.5) * COLUMN


def _dots(canvas: Canvas, points: list[tuple[float, float]], kind: int, look: StageLook, size: float) -> None:
    """Draw units of a class: met (filled, the stage's marker), near (hollow diamond), low (filled triangle)."""
    if kind == 0:
        canvas.dots(points, marker=look.marker, size=size * 0.9, fill=look.colour, edge="white", line=0.25)
    elif kind == 1:
        canvas.dots(points, marker="D", size=size * 0.75, fill="white", edge=INK, line=0.8)
    else:
        canvas.dots(points, marker="v", size=size, fill=FAIL, edge=FAIL, line=0.2)


def _row(
    canvas: Canvas, rows: Rows, number: int, spread: Spread, scale: Scale, look: StageLook, least: Fraction
) -> None:
    indicator, middle = spread.indicator, rows.middle(number)
    canvas.text(1, middle - 2.2, wrapped(indicator.short, 10), bold=True)
    bound = "≥" if indicator.comparator == ">=" else "≤"
    canvas.text(1, middle + 3, f"标准{bound}{plain(spread.threshold)}{indicator.unit}", colour=MUTED)
    counts = (len(spread.met), len(spread.near), len(spread.low), spread.unknown)
    columns = round((WIDTH - scale.right - OVERFLOW - 1) / COLUMN)
    for place in range(columns):
        bold = place in (1, 2) and counts[place] > 0
        canvas.text(_column(place, columns), middle, str(counts[place]), align="center", bold=bold)
    _pile(canvas, rows, number, spread, scale, look, least)


def _pile(
    canvas: Canvas, rows: Rows, number: int, spread: Spread, scale: Scale, look: StageLook, least: Fraction
) -> None:
    """Pile up the units of a row over the place of their ratio; a place belongs to one class only."""
    width = scale(BIN) - scale.left
    size = min(width, 1.9)
    places = [
        Counter(_place(ratio, least, scale) for ratio in part)
        for part in (spread.met, spread.near, spread.low)
    ]
    tallest = max((count for part in places for count in part.values()), default=1)
    step = min(size, (rows.height - 2.4 - size) / max(tallest - 1, 1))
    base = rows.top + rows.height * (number + 1) - 0.9 - size / 2
    for kind, part in enumerate(places):
        points = [(x, base - step * level) for x, count in sorted(part.items()) for level in range(count)]
        _dots(canvas, points, kind, look, size)


def _place(ratio: Fraction, least: Fraction, scale: Scale) -> float:
    """Return where a unit's dot goes: the middle of its bin; bins begin at the floor and at the threshold."""
    if ratio >= scale.top_value:
        return scale.right + BEYOND
    if ratio >= 1:
        return scale(1 + (floor((ratio - 1) / BIN) + Fraction(1, 2)) * BIN)
    if ratio >= least:
        steps = max(round((1 - least) / BIN), 1)
        size = (1 - least) / steps
        return scale(least + (floor((ratio - least) / size) + Fraction(1, 2)) * size)
    return scale(max(least - (floor((least - ratio) / BIN) + Fraction(1, 2)) * BIN, BIN / 2))


def _floor_text(least: Fraction) -> str:
    return f"{plain(least * 100)}%"


def _alt(caption: str, spreads: Sequence[Spread], least: str) -> str:
    parts = []
    for spread in spreads:
        text = f"{spread.indicator.short}达标{len(spread.met)}个（{percent(len(spread.met), spread.units)}）"
        text += f"、达到标准值{least}而未达标{len(spread.near)}个、不足{least}{len(spread.low)}个"
        text += f"、无法判定{spread.unknown}个" if spread.unknown else ""
        text += f"，最低为标准值的{fixed(min(spread.all), 2)}倍" if spread.all else ""
        parts.append(text)
    return f"点图：{caption}。{'；'.join(parts)}。"
