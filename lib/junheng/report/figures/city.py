"""The figures of the city's summary: units by verdict in every county, and all coefficients against their limits."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.patches import Patch

from junheng.assess.city import AssessedCounty, CityAssessment
from junheng.assess.model import Verdict
from junheng.exact import fixed, in_full
from junheng.report.content.model import Picture
from junheng.report.figures.comparison import coefficient_scale, limit_heading, scale_end
from junheng.report.figures.county import marked, written
from junheng.report.figures.frames import disparity_frame, tally
from junheng.report.figures.sheet import RowFigure, mark, numbers, stage_marks, stage_panels
from junheng.report.figures.style import FAIL, VERDICT_PATCHES, report_style

ROW = 7.0
"""Height of a county's row, in millimetres: lower than in a county's figures, so that fourteen counties fit on a page."""


def draw_city_figures(city: CityAssessment, folder: Path) -> tuple[Picture, ...]:
    """Write the city's figures into `folder`; the bytes depend on the assessment only. Raises JunhengError."""
    with report_style():
        sheets = [marked(figure(city), city.demo) for figure in (units_figure, disparity_figure)]
    return tuple(written(sheet, folder) for sheet in sheets if sheet is not None)


def units_figure(city: CityAssessment) -> RowFigure:
    """Draw the shares of units 达标, 未达标 and 无法判定: counties in their order of rank, those without a place last."""
    members = [rank.member for rank in city.ranking] + list(city.unranked)
    caption = f"全市各县（市、区）{city.year}年评估单元结论（按名次排列，不列名次的在后）"
    said = [_units_said(f"第{rank.place}位", rank.member) for rank in city.ranking]
    said += [_units_said("不列名次：", member) for member in city.unranked]
    labels = [member.county.name for member in members]
    alt = f"条形图：{caption}。{'；'.join(said)}。"
    sheet = RowFigure(("city_units", caption, alt), labels, 1, (19.0, 19.0, 14.0), least=ROW)
    (axes,) = sheet.panels
    counts = pd.DataFrame([tally(unit.verdict for unit in member.assessment.units) for member in members])
    shares = counts.div(counts.sum(axis=1).clip(lower=1), axis=0) * 100
    lefts = shares.cumsum(axis=1) - shares
    for verdict in Verdict:
        axes.barh(
            shares.index, shares[verdict], 0.6, left=lefts[verdict], zorder=3, **VERDICT_PATCHES[verdict]
        )
    axes.set_xlim(0, 100)
    axes.set_xlabel("评估单元占比（%）", size=7.5)
    verdicts = [member.verdict for member in members]
    numbers(
        axes, 20, "总体结论", [str(verdict) for verdict in verdicts], [v is Verdict.UNMET for v in verdicts]
    )
    met = [f"{row[Verdict.MET]}/{row.sum()}" if row.sum() else "——" for _, row in counts.iterrows()]
    numbers(axes, 39, "达标单元", met)
    numbers(axes, 53, "占比", [_share(member) for member in members])
    sheet.marks([(Patch(**look), str(verdict)) for verdict, look in VERDICT_PATCHES.items()])
    return sheet


def _share(member: AssessedCounty) -> str:
    return "——" if member.met_share is None else f"{fixed(member.met_share * 100, 1)}%"


def _units_said(place: str, member: AssessedCounty) -> str:
    units = len(member.assessment.units)
    return f"{place}{member.county.title}{member.verdict}，{units}个单元达标{member.met_units}个"


def disparity_figure(city: CityAssessment) -> RowFigure:
    """Draw every coefficient of every county as a mark on its line, the stages side by side."""
    standard, members = city.standard, city.members
    frame = pd.concat([disparity_frame(m.assessment, None).assign(row=n) for n, m in enumerate(members)])
    caption = f"全市各县（市、区）{city.year}年各项校际差异系数与限值"
    labels = [member.county.name for member in members]
    alt = f"点图：{caption}。{_said(city, frame)}。"
    stages = len(standard.stages)
    sheet = RowFigure(("city_disparity", caption, alt), labels, stages, (13.0,), least=ROW)
    end = scale_end(list(frame["cv"]), standard)
    for stage, look, axes, own in stage_panels(sheet, standard, frame, limit_heading(standard), sheet.panels):
        coefficient_scale(axes, float(standard.disparity.limits[stage.id]), end)
        own["cv"] = own["cv"].clip(upper=end)
        good, bad = own[~own["over"].astype(bool)], own[own["over"].astype(bool)]
        axes.scatter(
            good["cv"], good["row"], s=13, marker=look.marker, color=look.colour, zorder=4, clip_on=False
        )
        axes.scatter(bad["cv"], bad["row"], s=26, marker="^", color=FAIL, zorder=5, clip_on=False)
        most = [_largest(frame, stage.id, number) for number in range(len(members))]
        numbers(axes, 14, "最大值", [text for text, _ in most], [failed for _, failed in most])
    marks = [
        (stage_marks(standard), "不超过限值（每个标记为1项指标）"),
        (mark("^", FAIL, size=5.5), "超过限值"),
    ]
    sheet.marks(marks)
    return sheet


def _largest(frame: pd.DataFrame, stage: str, row: int) -> tuple[str, bool]:
    """Return a county's largest known coefficient as printed, and whether it is above its limit."""
    own = frame[(frame["stage"] == stage) & (frame["row"] == row) & frame["cv"].notna()]
    if own.empty:
        return "——", False
    largest = own.sort_values("cv").iloc[-1]
    return str(largest["text"]), bool(largest["over"])


def _said(city: CityAssessment, frame: pd.DataFrame) -> str:
    parts = []
    for stage in city.standard.stages:
        told = [f"{m.county.title}最大{_largest(frame, stage.id, n)[0]}" for n, m in enumerate(city.members)]
        over = int(frame.loc[frame["stage"] == stage.id, "over"].sum())
        limit = in_full(city.standard.disparity.limits[stage.id], 2)
        parts.append(f"{stage.name}（限值{limit}，{over}项超过）：{'、'.join(told)}")
    return "；".join(parts)
