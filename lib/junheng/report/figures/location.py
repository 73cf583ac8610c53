"""How 城区, 镇区 and 乡村 stand against the threshold of each indicator."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import pandas as pd
from matplotlib.axes import Axes

from junheng.assess.model import Assessment
from junheng.params.standard import Stage
from junheng.report.figures.frames import location_frame, no_units, places, scope
from junheng.report.figures.sheet import FOOT, RowFigure, head, limit_line, mark, numbers, stage_panels
from junheng.report.figures.style import GRID, LOCATION_MARKS, MUTED

LINE, SPACE = 3.6, 2.4
"""Heights of a location's line and of the space between rows, in millimetres."""
LARGEST = 3.0
"""Where the scale ends at the latest; what lies beyond is drawn there, its number beside it."""


def location(assessment: Assessment) -> RowFigure | None:
    """Draw the means of all stages side by side, a line for each location that has units; None without units."""
    standard, frame = assessment.national.standard, location_frame(assessment)
    names = places(assessment.units)
    if not names:
        return None
    caption = f"{scope(assessment)}城乡各类单元各项指标平均水平与标准值之比"
    labels = [indicator.short for indicator in standard.indicators]
    alt = f"点图：{caption}。{_said(frame, standard.stages)}。"
    # Two lines even where there is one kind of place: a row has to hold its label.
    least, stages = LINE * max(len(names), 2) + SPACE, len(standard.stages)
    sheet = RowFigure(("location", caption, alt), labels, stages, (12.0,), least, FOOT + 5)
    ratios = frame["ratio"].fillna(1)
    first = min(max(floor((ratios.min() - 0.05) * 2) / 2, 0.0), 0.5)
    end = min(max(ceil((ratios.max() + 0.05) * 2) / 2, 1.5), LARGEST)
    for _, _, axes, own in stage_panels(sheet, standard, frame, lambda stage, _: stage.name, sheet.panels):
        counts = own.drop_duplicates("place")
        told = "、".join(counts["place"] + counts["units"].astype(str))
        head(axes, f"（{told}个单元）", 9, size=7)
        axes.set_xlim(first, end)
        axes.set_xlabel("平均水平与标准值之比（标准值为1）", size=7.5)
        limit_line(axes, 1, "标准值")
        between = [number + 0.5 for number in range(len(labels) - 1)]
        axes.hlines(between, 0, 1, transform=axes.get_yaxis_transform(), color=GRID, linewidth=0.5, zorder=1)
        _marks(axes, own, names, end, sheet.row)
    marks = [(mark(*LOCATION_MARKS[n % len(LOCATION_MARKS)]), name) for n, name in enumerate(names)]
    sheet.marks(marks)
    sheet.remark("右侧数字为比值，低于1的加粗。")
    return sheet


def _marks(axes: Axes, own: pd.DataFrame, names: Sequence[str], end: float, row: float) -> None:
    """Draw each location's stems from the threshold to its means, and write the ratios beside them."""
    for number, name in enumerate(names):
        line = own[own["place"] == name].reset_index(drop=True)
        at = line.index + (number - (len(names) - 1) / 2) * LINE / row
        ends = line["ratio"].clip(upper=end)
        marker, face, edge = LOCATION_MARKS[number % len(LOCATION_MARKS)]
        axes.hlines(at, 1, ends, color=MUTED, linewidth=0.9, zorder=4)
        axes.scatter(
            ends,
            at,
            s=18,
            marker=marker,
            facecolor=face,
            edgecolor=edge,
            linewidths=0.8,
            zorder=5,
            clip_on=False,
        )
        numbers(axes, 12, "", list(line["text"]), list(line["below"]), rows=list(at))


def _said(frame: pd.DataFrame, stages: Sequence[Stage]) -> str:
    parts = []
    for stage in stages:
        own = frame[frame["stage"] == stage.id]
        for (place, units), row in own.groupby(["place", "units"], sort=False):
            parts.append(f"{stage.name}{place}（{units}个）：{'、'.join(row['label'] + row['text'])}")
        if own.empty:
            parts.append(no_units(stage))
    return "；".join(parts)
