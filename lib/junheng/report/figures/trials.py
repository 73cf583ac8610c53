"""Figures of what is tried, planned and forecast: coefficients before and after, cost by measure, pupils in three cases.

They are looked at in notebooks. `trial` is set on all of them: none is ever printed in a report.
"""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from junheng.assess.forecast import STAGES, Forecast
from junheng.assess.model import Assessment
from junheng.errors import UsageProblem
from junheng.exact import fixed, plain
from junheng.params.forecast import CASES
from junheng.planning.plan import Plan
from junheng.report.figures.comparison import coefficients, explain_dumbbells
from junheng.report.figures.county import marked
from junheng.report.figures.frames import disparity_frame, scope
from junheng.report.figures.sheet import FOOT, GAP, ROW, TOP, WIDTH, ReportFigure, RowFigure, numbers
from junheng.report.figures.style import MUTED, STAGE_LOOKS, StageLook, report_style

BAND, SCALE = 42.0, 17.0
"""Height of the forecast's axes and width of their scales, in millimetres."""
NAMES = 56.0
"""Width of the names of a plan's measures, in millimetres."""


def tried_figure(official: Assessment, tried: Assessment) -> ReportFigure:
    """Draw the coefficients of a trial beside the official ones, against the trial's limits.

    Raises UsageProblem when no unit is left.
    """
    standard, frame = tried.national.standard, disparity_frame(tried, None)
    if frame.empty:
        raise UsageProblem("试算后没有评估单元，没有可画的差异系数。")
    keys = ["stage", "key"]
    old = disparity_frame(official, None).set_index(keys)
    frame["before"] = pd.MultiIndex.from_frame(frame[keys]).map(old["cv"].get).astype(float)
    frame["before_text"] = pd.MultiIndex.from_frame(frame[keys]).map(old["text"].get)
    labels = [indicator.short for indicator in standard.indicators]
    caption = f"{scope(tried)}各项指标校际差异系数，试算前后对照"
    with report_style():
        sheet = RowFigure(("tried", caption, caption), labels, len(standard.stages), (11.0, 14.0))
        coefficients(sheet, standard, frame, "试算后", ("试算前", "before_text"))
        explain_dumbbells(sheet, standard, "试算后", "^", "超过限值", "试算前（正式评估）")
    return _invented(sheet, official)


def costs_figure(plan: Plan, official: Assessment) -> ReportFigure:
    """Draw what each measure of a plan costs in all, the dearest first; raises UsageProblem for a plan without cost."""
    frame = costs_frame(plan)
    if frame.empty:
        raise UsageProblem("方案没有要花钱的措施，没有可画的投入。")
    caption = f"{scope(official)}补短板方案各项措施的投入"
    high = ROW * len(frame)
    with report_style():
        alt = f"{caption}：{'、'.join(frame['name'] + frame['text'] + '万元')}"
        sheet = ReportFigure(TOP + high + FOOT, "costs", caption, alt)
        axes = sheet.place(NAMES, TOP, WIDTH - NAMES - 40, high)
        axes.barh(frame.index, frame["cost"], height=0.55, color=STAGE_LOOKS[0].colour, zorder=3)
        axes.set_yticks(frame.index, frame["name"])
        axes.set_ylim(len(frame) - 0.5, -0.5)
        axes.set_xlim(0, frame["cost"].max() * 1.05)
        axes.grid(False, axis="y")
        axes.tick_params(axis="y", length=0, pad=5, labelsize=7.5)
        axes.set_xlabel("投入（万元）", size=7.5)
        numbers(axes, 21, "投入（万元）", list(frame["text"]))
        numbers(axes, 38, "学校数", [str(count) for count in frame["schools"]], colour=MUTED)
    return _invented(sheet, official)


def costs_frame(plan: Plan) -> pd.DataFrame:
    """What each measure costs: name, cost (万元, float), text (as printed), schools (count); the dearest first."""
    costs: dict[str, Fraction] = {}
    schools: dict[str, set[str]] = {}
    for measure in plan.measures:
        if measure.cost:
            costs[measure.name] = costs.get(measure.name, Fraction(0)) + measure.cost
            schools.setdefault(measure.name, set()).add(measure.school_code)
    dearest = sorted(costs.items(), key=lambda pair: pair[1], reverse=True)
    rows = [(name, float(cost), fixed(cost, 2), len(schools[name])) for name, cost in dearest]
    return pd.DataFrame(rows, columns=["name", "cost", "text", "schools"])


def forecast_figure(made: Forecast) -> ReportFigure:
    """Draw the pupils of each stage to the target year: the middle case as a line, low to high as a band."""
    base = made.base
    caption = f"{base.county.title}{base.year}年至{made.target}年在校生数预测"
    said = [_pupils_said(made, stage) for stage in STAGES]
    with report_style():
        alt = f"折线图：{caption}。{'；'.join(said)}。"
        sheet = ReportFigure(TOP + BAND + FOOT, "forecast", caption, alt)
        width = (WIDTH - GAP) / len(STAGES) - SCALE - 3
        for number, (stage, told) in enumerate(zip(STAGES, said, strict=True)):
            left = number * (width + SCALE + GAP)
            axes = sheet.place(left + SCALE, TOP, width, BAND)
            _band(axes, made, stage, STAGE_LOOKS[number % len(STAGE_LOOKS)])
            sheet.write(left + 1, TOP - 5, told, size=7.5)
        note = "实线为中方案，阴影为低、高方案之间，纵轴不从0起。预测，不是评估结果。"
        sheet.write(1, TOP + BAND + 15, note, color=MUTED, size=7.5)
    return _invented(sheet, base)


def _pupils_said(made: Forecast, stage: str) -> str:
    """小学：2024年39800人，2026年39500人（38900—40100人）."""
    low, middle, high = (plain(made.totals[made.target, stage, case]) for case in CASES)
    year = made.base.year
    now = plain(made.totals[year, stage, "middle"])
    name = made.base.national.standard.stage(stage).name
    return f"{name}：{year}年{now}人，{made.target}年{middle}人（{low}—{high}人）"


def _band(axes: Axes, made: Forecast, stage: str, look: StageLook) -> None:
    """Draw one stage: a scale at least a fifth of the pupils high, so that a change of nothing looks like nothing."""
    years = list(range(made.base.year, made.target + 1))
    low, middle, high = ([float(made.totals[year, stage, case]) for year in years] for case in CASES)
    axes.fill_between(years, low, high, color=look.colour, alpha=0.25, linewidth=0)
    for edge in (low, high):
        axes.plot(years, edge, color=look.colour, linewidth=0.8, linestyle="--")
    axes.plot(years, middle, color=look.colour, marker=look.marker, markersize=4)
    centre = (min(low) + max(high)) / 2
    half = max((max(high) - min(low)) * 0.6, centre * 0.1, 1.0)
    axes.set_ylim(max(centre - half, 0), centre + half)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("年度", size=7.5)
    axes.set_ylabel("在校生数（人）", size=7.5)


def _invented(sheet: ReportFigure, official: Assessment) -> ReportFigure:
    """Mark a figure as a trial, which no report prints, and where its numbers are made up."""
    sheet.trial = True
    with report_style():
        made = marked(sheet, official.book.demo)
    assert made is not None
    return made
