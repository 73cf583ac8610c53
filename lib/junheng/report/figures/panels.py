"""What the figures share: scales, rows, panels side by side under one column of row labels, wording."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Literal

from junheng.assess.model import Assessment, Verdict
from junheng.exact import fixed
from junheng.params.standard import Stage
from junheng.report.figures.canvas import WIDTH, Box, Canvas
from junheng.report.figures.style import BAND, GRID, MUTED
from junheng.report.figures.text import POINT

LABELS = 28.0
"""Width of the column of row labels, in millimetres."""
GAP = 5.0
WORDS = (
    "教师",
    "教室",
    "骨干",
    "学历",
    "规定",
    "专任",
    "辅助",
    "用房",
    "仪器",
    "设备",
    "多媒体",
    "运动",
    "场馆",
)
"""Words that a label is not broken in."""
STEPS = (0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Drawing:
    """A finished figure before it is written: its sheet, caption and alternative text."""

    canvas: Canvas
    caption: str
    alt: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale from values to millimetres; values beyond its end stay at the end."""

    left: float
    right: float
    top_value: float
    first: float = 0.0

    def __call__(self, value: float | Fraction) -> float:
        share = min(max((float(value) - self.first) / (self.top_value - self.first), 0.0), 1.0)
        return self.left + share * (self.right - self.left)

    def ticks(self, most: int = 5) -> list[float]:
        """Return round values from the beginning to the end, at most `most` steps."""
        span = self.top_value - self.first
        round_steps = [step for step in STEPS if abs(self.first / step - round(self.first / step)) < 1e-9]
        step = next((step for step in round_steps if span / step <= most + 1e-9), span)
        return [self.first + step * number for number in range(int(span / step + 1e-9) + 1)]


@dataclass(frozen=True)
class Rows:
    """The rows of a figure: their labels and where they lie."""

    labels: tuple[str, ...]
    top: float
    height: float

    @property
    def bottom(self) -> float:
        return self.top + self.height * len(self.labels)

    def middle(self, number: int) -> float:
        return self.top + self.height * (number + 0.5)


@dataclass(frozen=True)
class Panel:
    """One stage's share of the width: a scale for the marks and the right edges of the columns of numbers."""

    stage: Stage
    left: float
    scale: Scale
    columns: tuple[float, ...]
    right: float


def side_by_side(
    stages: Sequence[Stage], top_value: float, columns: Sequence[float], first: float = 0.0
) -> tuple[Panel, ...]:
    """Lay out a panel for each stage; `columns` are the widths of the columns of numbers beside its scale."""
    width = (WIDTH - LABELS - GAP * (len(stages) - 1)) / len(stages)
    panels = []
    for number, stage in enumerate(stages):
        left = LABELS + number * (width + GAP)
        right = left + width
        edges = [right - 1 - math.fsum(columns[place + 1 :]) for place in range(len(columns))]
        scale = Scale(left + 1.5, right - math.fsum(columns) - 2, top_value, first)
        panels.append(Panel(stage, left, scale, tuple(edges), right))
    return tuple(panels)


def draw_bands(canvas: Canvas, rows: Rows) -> None:
    """Shade every other row, so that the eye keeps to the line."""
    shaded = [Box(0, rows.top + rows.height * n, WIDTH, rows.height) for n in range(0, len(rows.labels), 2)]
    canvas.boxes(shaded, fill=BAND, zorder=0)


def draw_rows(canvas: Canvas, rows: Rows, bold: frozenset[int] = frozenset()) -> None:
    """Write the row labels on bands."""
    draw_bands(canvas, rows)
    for number, label in enumerate(rows.labels):
        canvas.text(1, rows.middle(number), wrapped(label, 9), bold=number in bold)


def draw_axis(
    canvas: Canvas, scale: Scale, rows: Rows, title: str, form: Literal["number", "percent"] = "number"
) -> None:
    """Draw the grid of a scale, its tick labels and its title below the rows."""
    ticks = scale.ticks()
    canvas.lines(
        [((scale(tick), rows.top), (scale(tick), rows.bottom)) for tick in ticks], colour=GRID, zorder=1
    )
    canvas.lines([((scale.left, rows.bottom), (scale.right, rows.bottom))], colour=MUTED)
    places = 2 if any(abs(tick * 10 - round(tick * 10)) > 1e-9 for tick in ticks) else 1
    for tick in ticks:
        text = f"{tick * 100:.0f}" if form == "percent" else f"{tick:.{places}f}" if tick else "0"
        canvas.text(scale(tick), rows.bottom + 2.4, text, align="center", colour=MUTED)
    canvas.text((scale.left + scale.right) / 2, rows.bottom + 6.2, title, align="center", colour=MUTED)


def draw_nothing(canvas: Canvas, panel: Panel, rows: Rows) -> None:
    """Say that the county has no unit of the panel's stage."""
    middle = (rows.top + rows.bottom) / 2
    canvas.text((panel.left + panel.right) / 2, middle, no_units(panel.stage), align="center", colour=MUTED)


def no_units(stage: Stage) -> str:
    return f"本年度无{stage.name}评估单元"


def ems(text: str) -> float:
    """Return the width of `text` in ems, near enough for layout."""
    return math.fsum(0.56 if ord(char) < 0x2000 else 1.0 for char in text)


def text_width(text: str, size: float = 8) -> float:
    """Return the width of `text` in millimetres, near enough for layout."""
    return ems(text) * size * POINT


def wrapped(text: str, most: float) -> str:
    """Break `text` into lines of about the same length, of `most` ems if the words allow it."""
    count = ceil(ems(text) / most)
    if count <= 1:
        return text
    inner = {text.find(word) + place for word in WORDS if word in text for place in range(1, len(word))}
    ends = [place for place in range(1, len(text)) if place not in inner] or list(range(1, len(text)))
    end = min(ends, key=lambda place: (abs(place - len(text) / count), -place))
    return f"{text[:end]}\n{wrapped(text[end:], most)}"


def percent(part: int, whole: int) -> str:
    """Return part ÷ whole as `81.3%`, a dash when there is nothing to share."""
    return f"{fixed(Fraction(part * 100, whole), 1)}%" if whole else "—"


def tally(verdicts: Iterable[Verdict]) -> dict[Verdict, int]:
    """Count the three verdicts, all three always there."""
    counted = Counter(verdicts)
    return {verdict: counted[verdict] for verdict in Verdict}


def scope(assessment: Assessment) -> str:
    """Return the county and year a caption names."""
    return f"{assessment.county.title}{assessment.year}年"
