"""Where the units of each stage lie against the threshold of each indicator, one dot a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import fsum
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from junheng.assess.model import Assessment
from junheng.exact import fixed, plain
from junheng.params.standard import Indicator, Stage
from junheng.report.figures.frames import BINS, no_units, ratios_frame, scope
from junheng.report.figures.sheet import (
    GAP,
    LABELS,
    WIDTH,
    ReportFigure,
    mark,
    stage_marks,
    stage_panels,
    wrapped,
)
from junheng.report.figures.style import FAIL, GRID, INK, MUTED, StageLook

FIRST, LAST = 0.5, 2.0
"""The scale, the same for every county. Units below and beyond stand in zones of their own."""
BELOW, BEYOND = 0.2, 0.3
"""Widths of the zones, as parts of the scale."""
TOP, FOOT, ROOM = 15.0, 19.0, 168.0
"""Heights above and below the rows, and of all rows at most, in millimetres."""
HEADING, BASE, NAME, ASKED = 5.0, 1.0, 3.6, 2.9
"""Heights of a row's heading, of what is below its piles, and of a line of its name and of what is asked, in millimetres."""
PITCHES = [step / 20 for step in range(30, 1, -1)]
"""Distances from dot to dot to try, in millimetres: the largest that fits is that of all rows and stages."""
KINDS = ("low", "near", "met")
"""The classes of units, in the order of a pile from its base."""


def distribution(assessment: Assessment) -> ReportFigure | None:
    """Draw the units of all stages side by side, dots of one pitch; None without any unit."""
    standard, frame = assessment.national.standard, ratios_frame(assessment)
    if frame.empty:
        return None
    panel = (WIDTH - LABELS - GAP * (len(standard.stages) - 1)) / len(standard.stages) - 2
    scale = panel / (LAST - FIRST + BELOW + BEYOND)
    rows = {i.id: _label_height(i, standard.stages) for i in standard.indicators}
    pitch, dots, heights = _piled(frame, rows, scale)
    bottoms = np.cumsum(heights)
    caption = f"{scope(assessment)}各评估单元资源配置指标与标准值之比"
    sheet = ReportFigure(
        TOP + bottoms[-1] + FOOT, "distribution", caption, f"点图：{caption}。{_said(assessment, frame)}。"
    )
    for indicator, bottom, height in zip(standard.indicators, bottoms, heights, strict=True):
        _label(sheet, TOP + bottom - height + 0.8, indicator, standard.stages)
    laid_out = [
        sheet.place(LABELS + 1 + number * (panel + 2 + GAP), TOP, panel, bottoms[-1])
        for number in range(len(standard.stages))
    ]
    dots["y"] = bottoms[[list(rows).index(key) for key in dots["key"]]] - BASE - pitch * (dots["level"] + 0.5)
    for axes in laid_out:
        axes.set(xlim=(FIRST - BELOW, LAST + BEYOND), ylim=(bottoms[-1], 0), yticks=[])
        axes.grid(False)
        axes.spines["left"].set_visible(False)
    for stage, look, axes, own in stage_panels(sheet, standard, frame, _heading, laid_out):
        _scale(axes, bottoms, heights, standard.unit_rule.floor)
        for indicator, bottom, height in zip(standard.indicators, bottoms, heights, strict=True):
            text = _counted(own.loc[own["key"] == indicator.id, "kind"], standard.unit_rule.floor)
            axes.text(FIRST - BELOW, bottom - height + 0.8, text, va="top", size=7)
        for kind in KINDS:
            chosen = dots[(dots["stage"] == stage.id) & (dots["kind"] == kind)]
            axes.scatter(chosen["x"], chosen["y"], clip_on=False, **_dot(kind, look, pitch))
    share = f"{plain(standard.unit_rule.floor * 100)}%"
    marks = [
        (stage_marks(standard), "达标（每点为1个单元）"),
        (mark("D", "white", INK, 3.6), f"未达标，达到标准值的{share}"),
        (mark("v", FAIL), f"不足标准值的{share}"),
    ]
    sheet.explain(marks, TOP + bottoms[-1] + 13)
    return sheet


def _heading(stage: Stage, own: pd.DataFrame) -> str:
    return f"{stage.name}（{own['school_code'].nunique()}个评估单元）" if len(own) else stage.name


def _piled(
    frame: pd.DataFrame, rows: Mapping[str, float], scale: float
) -> tuple[float, pd.DataFrame, list[float]]:
    """Return the largest pitch at which all rows have room, the dots placed with it, and the heights of the rows.

    `rows`: what each row needs at least, by indicator.
    """
    # Small counties get large dots; one pitch for all rows and stages, or piles could not be compared by eye.
    for pitch in PITCHES:
        dots = _placed(frame, pitch, scale)
        tallest = dots.groupby("key")["level"].max() + 1
        heights = [max(HEADING + BASE + tallest.get(key, 0) * pitch, least) for key, least in rows.items()]
        if fsum(heights) <= ROOM:
            break
    return pitch, dots, heights


def _placed(frame: pd.DataFrame, pitch: float, scale: float) -> pd.DataFrame:
    """Return the known ratios with their places: x on the scale, level from the base of their pile.

    A pile stands over the middle of its bin and is as many dots wide as the bin; its lowest class is at its base.
    """
    dots = frame.assign(order=frame["kind"].map(lambda kind: (*KINDS, "unknown").index(kind)))
    dots = dots.sort_values("order", kind="stable")
    low, high = dots["bin"] < FIRST * BINS, dots["bin"] >= LAST * BINS
    dots["x"] = np.select([low, high], [FIRST - BELOW / 2, LAST + BEYOND / 2], (dots["bin"] + 0.5) / BINS)
    width = np.select([low, high], [BELOW * 0.8, BEYOND * 0.8], 1 / BINS) * scale
    # 1e-9: a bin exactly as wide as three dots has room for three, whatever the division says.
    abreast = np.maximum(np.floor(width / pitch + 1e-9), 1)
    known = dots["order"] < len(KINDS)
    piles = dots[known].groupby(["stage", "key", "x"])["order"]
    rank, size = piles.cumcount(), piles.transform("size")
    dots, abreast = dots[known], abreast[known]
    level: pd.Series = rank // abreast
    # The last level of a pile may be short: its dots stand over the middle too.
    in_level = np.minimum(abreast, size - level * abreast)
    return dots.assign(x=dots["x"] + (rank % abreast - (in_level - 1) / 2) * pitch / scale, level=level)


def _scale(axes: Axes, bottoms: np.ndarray, heights: list[float], least: Fraction) -> None:
    """Draw the scale, the two limits beside the piles of every row, and the borders of the zones."""
    ticks = [FIRST - BELOW / 2, 0.75, 1.0, 1.25, 1.5, 1.75, LAST + BEYOND / 2]
    axes.set_xticks(ticks, [f"不足{FIRST}", *(f"{tick:g}" for tick in ticks[1:-1]), f"{LAST}以上"])
    axes.set_xlabel("评估单元指标值与标准值之比（标准值为1）", size=7.5)
    axes.hlines(bottoms[:-1], FIRST - BELOW, LAST + BEYOND, color=GRID, linewidth=0.6)
    tops = bottoms - heights + HEADING - 0.6
    lines = (
        ((FIRST, LAST), MUTED, 0.5, ":"),
        ((0.75, 1.25, 1.5, 1.75), GRID, 0.5, "-"),
        ((float(least),), MUTED, 0.8, "--"),
        ((1.0,), INK, 1.2, "-"),
    )
    for at, colour, width, style in lines:
        axes.vlines(
            np.repeat(at, len(tops)),
            np.tile(tops, len(at)),
            np.tile(bottoms, len(at)),
            color=colour,
            linewidth=width,
            linestyle=style,
            zorder=1,
        )
    for limit, text, side in (
        (float(least), f"标准值的{plain(least * 100)}%", "right"),
        (1.0, "标准值", "left"),
    ):
        axes.annotate(
            text,
            (limit, 1),
            (2 if side == "left" else -2, 3),
            xycoords=axes.get_xaxis_transform(),
            textcoords="offset points",
            ha=side,
            size=7.5,
            color=INK if side == "left" else MUTED,
        )


def _label_height(indicator: Indicator, stages: Sequence[Stage]) -> float:
    return NAME * (wrapped(indicator.short).count("\n") + 1) + ASKED * len(stages) + 1.8


def _label(sheet: ReportFigure, top: float, indicator: Indicator, stages: Sequence[Stage]) -> None:
    """Write an indicator's name and, below it, what each stage must reach."""
    name = wrapped(indicator.short)
    sheet.write(1, top, name, va="top", weight="bold")
    bound = "≥" if indicator.comparator == ">=" else "≤"
    asked = [
        f"{stage.name}{bound}{plain(indicator.thresholds[stage.id])}{indicator.unit}" for stage in stages
    ]
    style = {"va": "top", "color": MUTED, "size": 7, "linespacing": 1.1}
    sheet.write(1, top + NAME * (name.count("\n") + 1), "\n".join(asked), **style)


def _counted(kinds: pd.Series, least: Fraction) -> str:
    """Return how many units of a row are in which class, in words."""
    met, near, low, unknown = (int((kinds == kind).sum()) for kind in ("met", "near", "low", "unknown"))
    text = f"达标{met}" + (f"，未达标{near + low}" if near + low else "")
    text += f"（其中不足{plain(least * 100)}%的{low}）" if low else ""
    return text + (f"，无法判定{unknown}" if unknown else "")


def _dot(kind: str, look: StageLook, pitch: float) -> dict[str, Any]:
    """A unit's mark: met (the stage's), near (hollow diamond), low (triangle on its tip); dots nearly touch."""
    size = (pitch * 0.9 / 25.4 * 72) ** 2
    if kind == "near":
        return {
            "marker": "D",
            "s": size * 0.5,
            "facecolor": "white",
            "edgecolor": INK,
            "linewidths": min(0.7, pitch / 2),
            "zorder": 5,
        }
    marker, colour = (look.marker, look.colour) if kind == "met" else ("v", FAIL)
    return {"marker": marker, "s": size, "color": colour, "linewidths": 0, "zorder": 4}


def _said(assessment: Assessment, frame: pd.DataFrame) -> str:
    standard = assessment.national.standard
    least = f"{plain(standard.unit_rule.floor * 100)}%"
    kinds = frame.groupby(["stage", "key"])["kind"].value_counts()
    parts = []
    for stage in standard.stages:
        units, told = assessment.national.stage_units(stage.id), []
        for indicator in standard.indicators if units else ():
            met, near, low, unknown = (
                kinds.get((stage.id, indicator.id, kind), 0) for kind in ("met", "near", "low", "unknown")
            )
            share = (
                "" if unknown else f"（{fixed(Fraction(int(met) * 100, len(units)), 1)}%）"
            )  # open while a unit is
            text = (
                f"{indicator.short}达标{met}个{share}、达到标准值{least}而未达标{near}个、不足{least}{low}个"
            )
            text += f"、无法判定{unknown}个" if unknown else ""
            ratios = [r for unit in units if (r := unit.cells[indicator.id].ratio) is not None]
            told.append(text + (f"，最低为标准值的{fixed(min(ratios), 2)}倍" if ratios else ""))
        parts.append(f"{stage.name}{len(units)}个单元，{'；'.join(told)}" if units else no_units(stage))
    return "。".join(parts)
