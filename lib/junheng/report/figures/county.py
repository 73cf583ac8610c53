"""The figures of a county report: each a function of the assessment that returns a matplotlib Figure, and their PNG."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from matplotlib.figure import Figure

from junheng.assess.model import Assessment
from junheng.assess.trend import Trend
from junheng.errors import named
from junheng.report.content.model import Picture
from junheng.report.figures.comparison import change, disparity
from junheng.report.figures.distribution import distribution
from junheng.report.figures.location import location
from junheng.report.figures.overview import overview
from junheng.report.figures.png import save_png
from junheng.report.figures.sheet import ReportFigure
from junheng.report.figures.style import MUTED, report_style
from junheng.workbook.read.digest import DEMO_KEYWORD as DEMO

FIGURES: dict[str, Callable[[Assessment, Trend | None], ReportFigure | None]] = {
    "overview": lambda assessment, trend: overview(assessment),
    "distribution": lambda assessment, trend: distribution(assessment),
    "location": lambda assessment, trend: location(assessment),
    "disparity": disparity,
    "change": change,
}
"""The figures by name, in the order in which the text cites them; a function returns None where there is nothing to show."""


def make_figure(name: str, assessment: Assessment, trend: Trend | None = None) -> ReportFigure | None:
    """Return a figure of the report, to be looked at or changed; None where there is nothing to show.

    Raises UsageProblem for an unknown name.
    """
    make = named(FIGURES, name, "图")
    with report_style():
        sheet = marked(make(assessment, trend), assessment.book.demo)
    if sheet is not None:
        sheet.trial = assessment.trial
    return sheet


def marked(sheet: ReportFigure | None, demo: bool) -> ReportFigure | None:
    """Mark a figure whose numbers are invented."""
    if sheet is not None and demo:
        mark_invented(sheet)
        sheet.alt += f"（{DEMO}）"
    return sheet


def mark_invented(figure: Figure) -> None:
    """Write on a figure that its numbers are invented."""
    figure.text(0.995, 0.005, DEMO, ha="right", va="bottom", color=MUTED, size=8)


def draw_figures(
    assessment: Assessment, trend: Trend | None, folder: Path, changed: Mapping[str, Figure] | None = None
) -> tuple[Picture, ...]:
    """Write the figures of a county into `folder` and return them with caption and alternative text.

    `changed` holds figures to be printed instead of those of the same name. The bytes depend on the arguments only.
    Raises UsageProblem for an unknown name and JunhengError when a character has no glyph.
    """
    own = dict(changed or {})
    for name in own:
        named(FIGURES, name, "图")
    for drawn in own.values():
        if assessment.book.demo and not isinstance(drawn, ReportFigure):
            mark_invented(drawn)
    made = [(make_figure(name, assessment, trend), own.get(name)) for name in FIGURES]
    return tuple(written(sheet, folder, drawn) for sheet, drawn in made if sheet is not None)


def written(sheet: ReportFigure, folder: Path, drawn: Figure | None = None) -> Picture:
    """Write a figure, or `drawn` in its place, as PNG; caption and description are those of what was drawn if it has any."""
    path = folder / f"{sheet.name}.png"
    save_png(drawn or sheet, path)
    caption, alt = (getattr(drawn, name, getattr(sheet, name)) for name in ("caption", "alt"))
    return Picture(path.name, caption, alt)
