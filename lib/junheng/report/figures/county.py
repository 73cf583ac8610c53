"""The six figures of a county report: drawn from the assessment, written as PNG, described in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from junheng.assess.model import Assessment
from junheng.assess.trend import Trend
from junheng.report.content.model import Picture
from junheng.report.figures.canvas import WIDTH, drawing_settings
from junheng.report.figures.change import change
from junheng.report.figures.disparity import disparity
from junheng.report.figures.distribution import distribution
from junheng.report.figures.location import location
from junheng.report.figures.overview import overview
from junheng.report.figures.panels import Drawing
from junheng.report.figures.style import MUTED

DEMO = "演示数据"


def draw_figures(
    assessment: Assessment, trend: Trend | None, folder: Path, demo: bool
) -> tuple[Picture, ...]:
    """Write the figures of a county into `folder` and return them with caption and alternative text.

    A stage without units has no figure of its own; the figures of all stages say so instead. The bytes
    depend on the arguments only. Raises JunhengError when a character has no glyph.
    """
    with drawing_settings():
        return tuple(
            finished(drawing, folder / f"{number:02d}_{name}.png", demo)
            for number, (name, drawing) in enumerate(_drawings(assessment, trend), start=1)
            if drawing is not None
        )


def finished(drawing: Drawing, path: Path, demo: bool) -> Picture:
    """Write a drawing, marked when its figures are invented, and return it as a picture."""
    if demo:
        drawing.canvas.text(WIDTH - 1, drawing.canvas.height - 2, DEMO, align="right", colour=MUTED)
    drawing.canvas.save(path)
    return Picture(path.name, drawing.caption, drawing.alt + (f"（{DEMO}）" if demo else ""))


def _drawings(assessment: Assessment, trend: Trend | None) -> Iterator[tuple[str, Drawing | None]]:
    yield "overview", overview(assessment)
    for stage in assessment.national.standard.stages:
        units = assessment.national.stage_units(stage.id)
        yield f"distribution_{stage.id}", distribution(assessment, stage) if units else None
    yield "disparity", disparity(assessment, trend)
    yield "change", change(assessment, trend)
    yield "location", location(assessment)
