"""Figures of this year beside last year, as dumbbells: coefficients against their limits, and shares that changed."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor

import pandas as pd
from matplotlib.axes import Axes

from junheng.assess.model import Assessment
from junheng.assess.trend import Trend
from junheng.exact import in_full
from junheng.params.standard import Stage, Standard
from junheng.report.figures.frames import (
    disparity_frame,
    no_units,
    row_names,
    scope,
    shares_frame,
)
from junheng.report.figures.sheet import (
    FOOT,
    RowFigure,
    limit_line,
    mark,
    numbers,
    stage_marks,
    stage_panels,
)
from junheng.report.figures.style import FAIL, GRID, MUTED, StageLook

LARGEST = 1.5
"""Where the scale of coefficients ends at the latest; what lies beyond is drawn there, its number beside it."""
SAME, OPEN = "持平", "不可比"


def disparity(assessment: Assessment, trend: Trend | None) -> RowFigure | None:
    """Draw the coefficients of all stages side by side against their limits; None without any unit."""
    standard, frame = assessment.national.standard, disparity_frame(assessment, trend)
    if frame.empty:
        return None
    caption = f"{scope(assessment)}各项指标校际差异系数与限值" + ("（与上年度比较）" if trend else "")
    labels = [indicator.short for indicator in standard.indicators]
    alt = f"点图：{caption}。{_coefficients_said(frame, standard)}。"
    widths = (11.0, 14.0) if trend else (11.0,)
    sheet = RowFigure(("disparity", caption, alt), labels, len(standard.stages), widths)
    now = f"{assessment.year}年"
    coefficients(sheet, standard, frame, now, ("较上年", "change") if trend else None)
    explain_dumbbells(sheet, standard, now, "^", "超过限值", f"{trend.before.year}年" if trend else "")
    return sheet


def coefficients(
    sheet: RowFigure, standard: Standard, frame: pd.DataFrame, now: str, beside: tuple[str, str] | None = None
) -> None:
    """Draw each stage's coefficients against their limit, from where they were before (see `disparity_frame`).

    `now` heads the numbers; `beside` heads a second column of numbers and names the column of `frame` that has them.
    """
    end = scale_end([*frame["cv"], *frame["before"]], standard)
    for stage, look, axes, own in stage_panels(sheet, standard, frame, limit_heading(standard), sheet.panels):
        coefficient_scale(axes, float(standard.disparity.limits[stage.id]), end)
        over = own["over"].astype(bool)
        dumbbells(axes, own["cv"].clip(upper=end), own["before"].clip(upper=end), over, look, "^")
        numbers(axes, 12, now, list(own["text"]), list(over))
        if beside:
            numbers(axes, 26, beside[0], list(own[beside[1]]), colour=MUTED)


def limit_heading(standard: Standard) -> Callable[[Stage, pd.DataFrame], str]:
    """Return what heads a panel of coefficients: the stage and its limit."""
    return lambda stage, _: f"{stage.name}（限值{in_full(standard.disparity.limits[stage.id], 2)}）"


def scale_end(values: list[float], standard: Standard) -> float:
    """Return the end of a scale of coefficients: round, beyond all values and limits, from 0.6 to `LARGEST`."""
    most = max(
        value for value in (*values, *map(float, standard.disparity.limits.values())) if value == value
    )
    # Half a step of room beyond the largest; from 0.6 on, so that figures of calm counties look alike.
    return min(max(ceil(most * 10 + 0.5) / 10, 0.6), LARGEST)


def coefficient_scale(axes: Axes, limit: float, end: float) -> None:
    """Prepare an axis of coefficients of variation with its limit, hatched beyond it."""
    axes.set_xlim(0, end)
    axes.set_xlabel("差异系数（无单位）", size=7.5)
    axes.axvspan(limit, end, facecolor="none", edgecolor=GRID, hatch="////", linewidth=0, zorder=0)
    limit_line(axes, limit, "限值")


def dumbbells(
    axes: Axes, now: pd.Series, before: pd.Series, bad: pd.Series, look: StageLook, bad_marker: str
) -> None:
    """Draw last year's rings, the way from there, and this year's marks, one row each; NaN is left out."""
    axes.hlines(now.index, 0, 1, transform=axes.get_yaxis_transform(), color=GRID, linewidth=0.5, zorder=1)
    axes.hlines(now.index, before, now, color=look.colour, linewidth=1.6, zorder=4)
    axes.scatter(
        before, now.index, s=40, facecolor="white", edgecolor=MUTED, linewidth=0.9, zorder=5, clip_on=False
    )
    axes.scatter(
        now[~bad], now.index[~bad], s=18, marker=look.marker, color=look.colour, zorder=6, clip_on=False
    )
    axes.scatter(now[bad], now.index[bad], s=28, marker=bad_marker, color=FAIL, zorder=6, clip_on=False)


def explain_dumbbells(
    sheet: RowFigure, standard: Standard, now: str, bad: str, said: str, before: str
) -> None:
    """Explain the marks of now, those that are bad and why (`said`), and the rings of before, where there is one."""
    marks = [(stage_marks(standard), now), (mark(bad, FAIL, size=5.5), f"{now}，{said}")]
    sheet.marks([*marks, *([(mark("o", "white", MUTED, 6.3), before)] if before else [])])


def _coefficients_said(frame: pd.DataFrame, standard: Standard) -> str:
    parts = []
    for stage in standard.stages:
        own = frame[frame["stage"] == stage.id]
        old = own["before_text"].map(lambda text: f"（上年{text}）" if text else "")
        limit = in_full(standard.disparity.limits[stage.id], 2)
        told = f"{stage.name}（限值{limit}，{own['over'].sum()}项超过）：{'、'.join(own['label'] + own['text'] + old)}"
        parts.append(no_units(stage) if own.empty else told)
    return "；".join(parts)


def change(assessment: Assessment, trend: Trend | None) -> RowFigure | None:
    """Draw the rows whose share of units changed in any stage; None without last year or when nothing changed."""
    frame, standard = shares_frame(assessment, trend), assessment.national.standard
    moved = set(frame.loc[~frame["change"].isin(("", SAME, OPEN)), "key"])
    names = {key: label for key, label in row_names(assessment.national).items() if key in moved}
    if not names or trend is None:
        return None
    kept = frame[frame["key"].isin(moved)]
    caption = f"{scope(assessment)}达标单元比例与上年度相比有变化的指标"
    alt = f"点图：{caption}。{_changes_said(kept, standard)}。"
    stages = len(standard.stages)
    sheet = RowFigure(("change", caption, alt), list(names.values()), stages, (11.0, 14.0), foot=FOOT + 5)
    least = min(kept["share"].min(), kept["before"].min())
    # In steps of 20, as the ticks are.
    first = max(floor((least - 4) / 20) * 20, 0)  # room for the mark of the least share
    for _, look, axes, own in stage_panels(sheet, standard, kept, lambda stage, _: stage.name, sheet.panels):
        axes.set_xlim(first, 100)
        axes.set_xlabel("达标单元占本学段评估单元的比例（%）", size=7.5)
        worse = own["share"] < own["before"]
        dumbbells(axes, own["share"], own["before"], worse, look, "v")
        numbers(axes, 12, f"{assessment.year}年\n（%）", list(own["text"]))
        numbers(axes, 26, "较上年\n百分点", list(own["change"]), list(worse), MUTED)
    explain_dumbbells(sheet, standard, f"{assessment.year}年", "v", "低于上年", f"{trend.before.year}年")
    said = f"横轴自{first}%起。" if first else ""
    rest = frame.loc[~frame["key"].isin(moved), "change"]
    if len(rest):
        said += "未列出的指标与上年度持平或不可比。" if rest.ne(SAME).any() else "未列出的指标与上年度持平。"
    sheet.remark(said)
    return sheet


def _changes_said(kept: pd.DataFrame, standard: Standard) -> str:
    def told(stage: Stage) -> str:
        own = kept[kept["stage"] == stage.id]
        texts = [
            f"{row.label}{row.text}%（上年{row.before_text}%）"
            if row.change != OPEN
            else f"{row.label}不可比"
            for row in own[own["change"] != ""].itertuples()
        ]
        return f"{stage.name}：{'、'.join(texts)}" if texts else no_units(stage)

    return "；".join(told(stage) for stage in standard.stages)
