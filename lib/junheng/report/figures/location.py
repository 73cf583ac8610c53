"""Figure 6: how 城区, 镇区 and 乡村 stand against the threshold of each indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from junheng.assess.model import Assessment, Unit, Verdict
from junheng.exact import fixed, honest_decimals
from junheng.params.standard import Indicator, Stage
from junheng.report.figures.canvas import Canvas
from junheng.report.figures.panels import (
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
from junheng.report.figures.style import FAIL, INK, LOCATION_LOOKS, MUTED, LocationLook

TOP, FOOT, LINE_HEIGHT = 14.0, 17.0, 3.9
ORDER = ("城区", "镇区", "乡村")
UNSTATED = "未注明"


@dataclass(frozen=True)
class Means:
    """One location of one stage: its units, and each indicator's mean by its threshold (None: open)."""

    location: str
    units: int
    ratios: tuple[Fraction | None, ...]


def location(assessment: Assessment) -> Drawing:
    """Draw the means of all stages side by side, a line for each location that has units."""
    standard = assessment.national.standard
    places = _places(assessment.units)
    looks = {place: LOCATION_LOOKS[n % len(LOCATION_LOOKS)] for n, place in enumerate(places)}
    means = {stage.id: _means(assessment, stage, places) for stage in standard.stages}
    height = LINE_HEIGHT * max([2, *(len(own) for own in means.values())]) + 1.6
    rows = Rows(tuple(indicator.short for indicator in standard.indicators), TOP, height)
    canvas = Canvas(rows.bottom + FOOT)
    draw_rows(canvas, rows)
    for panel in side_by_side(standard.stages, *_ends(means)):
        _panel(canvas, panel, rows, means[panel.stage.id], looks)
    _legend(canvas, rows, looks)
    caption = f"{scope(assessment)}{'、'.join(places)}评估单元各项指标平均水平与标准值之比"
    return Drawing(canvas, caption, _alt(caption, assessment, means))


def _places(units: Sequence[Unit]) -> tuple[str, ...]:
    """Return the locations that have units, the known ones first."""
    found = {unit.location or UNSTATED for unit in units}
    return (*(place for place in ORDER if place in found), *sorted(found.difference(ORDER)))


def _means(assessment: Assessment, stage: Stage, places: Sequence[str]) -> tuple[Means, ...]:
    units = assessment.national.stage_units(stage.id)
    found = []
    for place in places:
        own = [unit for unit in units if (unit.location or UNSTATED) == place]
        if own:
            indicators = assessment.national.standard.indicators
            found.append(
                Means(place, len(own), tuple(_mean(own, indicator, stage) for indicator in indicators))
            )
    return tuple(found)


def _mean(units: Sequence[Unit], indicator: Indicator, stage: Stage) -> Fraction | None:
    """Return the ratio of totals relative to the threshold; None when a unit is open (RULES §3)."""
    amount = pupils = Fraction(0)
    for unit in units:
        numerator = unit.cells[indicator.id].numerator
        if unit.cells[indicator.id].value is None or numerator is None or unit.students is None:
            return None
        amount += numerator * indicator.factor
        pupils += unit.students
    mean, threshold = amount / pupils, indicator.thresholds[stage.id]
    if indicator.comparator == ">=":
        return mean / threshold
    return threshold / mean if mean else None


def _ends(means: dict[str, tuple[Means, ...]]) -> tuple[float, tuple[float, ...], float]:
    """Return end, columns and beginning of the common scale; what lies beyond stays at the end."""
    ratios = [ratio for own in means.values() for row in own for ratio in row.ratios if ratio is not None]
    open_ = any(ratio is None for own in means.values() for row in own for ratio in row.ratios)
    low, high = min(ratios, default=Fraction(1)), max(ratios, default=Fraction(1))
    first = min(max(floor(low * 2) / 2, 0.0), 0.5)
    return min(max(ceil(high * 2) / 2, 1.5), 3.0), (12.5 if open_ else 9.5,), first


def _panel(
    canvas: Canvas, panel: Panel, rows: Rows, means: Sequence[Means], looks: dict[str, LocationLook]
) -> None:
    counts = [f"{row.location}{row.units}个" for row in means]
    count = "\n".join("、".join(part) for part in (counts[:3], counts[3:]) if part)
    canvas.text(panel.left + 1.5, 3, panel.stage.name, bold=True, size=9)
    if not means:
        draw_nothing(canvas, panel, rows)
        return
    canvas.text(panel.right - 1, 3, count, align="right", colour=MUTED)
    draw_axis(canvas, panel.scale, rows, "平均水平与标准值之比")
    one = panel.scale(1)
    canvas.lines([((one, rows.top - 2), (one, rows.bottom))], colour=INK, line=1.3)
    canvas.text(one, rows.top - 3.8, "标准值", align="center")
    for line, row in enumerate(means):
        offset = (line - (len(means) - 1) / 2) * LINE_HEIGHT
        _line(canvas, panel, rows, row, looks[row.location], offset)


def _line(canvas: Canvas, panel: Panel, rows: Rows, row: Means, look: LocationLook, offset: float) -> None:
    """Draw a location's stems from the threshold to its means, and write the ratios beside them."""
    one = panel.scale(1)
    ends = []
    for number, ratio in enumerate(row.ratios):
        y = rows.middle(number) + offset
        if ratio is None:
            canvas.text(panel.columns[0], y, Verdict.UNKNOWN.value, align="right", colour=MUTED)
            continue
        ends.append((panel.scale(ratio), y))
        text = fixed(ratio, honest_decimals(ratio, Fraction(1), ">=", 2))
        canvas.text(
            panel.columns[0], y, text, align="right", bold=ratio < 1, colour=FAIL if ratio < 1 else INK
        )
    canvas.lines([((one, y), (x, y)) for x, y in ends], colour=look.edge, line=1.2)
    canvas.dots(ends, marker=look.marker, size=2.4, fill=look.fill, edge=look.edge, line=0.9)


def _legend(canvas: Canvas, rows: Rows, looks: dict[str, LocationLook]) -> None:
    y, x = rows.bottom + 12.5, 30.0
    for place, look in looks.items():
        canvas.dots([(x, y)], marker=look.marker, size=2.4, fill=look.fill, edge=look.edge, line=0.9)
        canvas.text(x + 2.5, y, place)
        x += 18
    canvas.text(x, y, "右侧数字为比值，低于1.0的加粗", colour=MUTED)


def _alt(caption: str, assessment: Assessment, means: dict[str, tuple[Means, ...]]) -> str:
    standard = assessment.national.standard
    parts = []
    for stage in standard.stages:
        for row in means[stage.id]:
            pairs = zip(standard.indicators, row.ratios, strict=True)
            texts = [f"{i.short}{Verdict.UNKNOWN if r is None else fixed(r, 2)}" for i, r in pairs]
            parts.append(f"{stage.name}{row.location}（{row.units}个）：{'、'.join(texts)}")
        if not means[stage.id]:
            parts.append(no_units(stage))
    return f"点图：{caption}。{'；'.join(parts)}。"
