"""The county's state on one sheet: verdicts, shares of units that meet each indicator, all items."""

from __future__ import annotations

from math import ceil
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from junheng.assess.model import Assessment, Verdict
from junheng.params.standard import GROUPS, Stage
from junheng.report.content.tables.building import VETO_WORDS
from junheng.report.figures.frames import (
    disparity_frame,
    items_frame,
    no_units,
    row_names,
    scope,
    shares_frame,
    tally,
)
from junheng.report.figures.sheet import (
    LABELS,
    WIDTH,
    ReportFigure,
    mark,
    numbers,
    panels,
    row_height,
    stage_panels,
)
from junheng.report.figures.style import FAIL, INK, MUTED, VERDICT_MARKS, VERDICT_PATCHES

SHARES, ROW, FOOT = 48.0, 5.4, 11.0
"""Where the shares begin, the height of a row of shares or items, and of the legend, in millimetres."""
ACROSS = {3: 14, 2: 22}
"""So many items stand in a line when no name in their group has more characters; else one."""
OPEN = VERDICT_PATCHES[Verdict.UNKNOWN]


def overview(assessment: Assessment) -> ReportFigure:
    """Draw the state of the county."""
    standard, items = assessment.national.standard, items_frame(assessment)
    labels = list(row_names(assessment.national).values())
    row = row_height(labels, ROW)
    top = SHARES + row * len(labels) + 22
    groups = {group: own for group in GROUPS if len(own := items[items["group"] == group])}
    height = top + ROW * sum(ceil(len(own) / _across(own)) for own in groups.values()) + FOOT
    caption = f"{scope(assessment)}义务教育优质均衡发展总体情况"
    sheet = ReportFigure(height, "overview", caption, _alt(caption, assessment))
    ground = sheet.place(0, 0, WIDTH, height)
    ground.set(xlim=(0, WIDTH), ylim=(height, 0))
    ground.set_axis_off()
    _verdicts(ground, assessment)
    coefficients = disparity_frame(assessment, None)
    laid_out = panels(sheet, labels, len(standard.stages), SHARES, row, (12.0, 12.0))
    shares = shares_frame(assessment, None)
    for stage, look, axes, rows in stage_panels(sheet, standard, shares, _heading, laid_out):
        _shares(axes, rows, look.colour)
        cvs = coefficients[coefficients["stage"] == stage.id]
        # The first row is the unit as a whole, which has no coefficient.
        numbers(axes, 24, "差异\n系数", ["", *cvs["text"]], [False, *cvs["over"]])
    ground.text(0.5, top - 6, "各项内容评估结果（国家标准）", va="center", size=9, weight="bold")
    _items(ground, groups, top)
    marks: list[tuple[object, str]] = [
        (
            mark(look["marker"], look["facecolor"], look["edgecolor"], look["s"] ** 0.5),
            str(verdict)
            if VETO_WORDS[verdict] == verdict
            else f"{verdict}（一票否决为{VETO_WORDS[verdict]}）",
        )
        for verdict, look in VERDICT_MARKS.items()
    ]
    sheet.explain([*marks, (Patch(**OPEN), "无法判定的单元")], height - FOOT + 1.5, 0.5)
    return sheet


def _heading(stage: Stage, own: pd.DataFrame) -> str:
    if own.empty:
        return stage.name
    units, met, unknown = (int(own[name].iloc[0]) for name in ("units", "met", "unknown"))
    text = f"{stage.name}单元：达标{met}、未达标{units - met - unknown}"
    return text + (f"、无法判定{unknown}" if unknown else "")


def _plate(
    axes: Axes, box: tuple[float, float, float, float], verdict: Verdict, text: str, size: float
) -> None:
    """Write on an area of a verdict (left, top, width, height); on a dotted one the text gets a white ground."""
    left, top, width, height = box
    axes.add_patch(Rectangle((left, top), width, height, **VERDICT_PATCHES[verdict]))
    style: dict[str, Any] = {"color": "white" if verdict is Verdict.UNMET else INK}
    if verdict is Verdict.UNKNOWN:
        style["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    axes.text(
        left + width / 2, top + height / 2, text, ha="center", va="center", size=size, weight="bold", **style
    )


def _verdicts(axes: Axes, assessment: Assessment) -> None:
    """Draw the verdicts under both standards and one for each aspect."""
    half = (WIDTH - 3) / 2
    for number, result in enumerate((assessment.national, assessment.local)):
        box = (0.5 + number * (half + 2), 0.5, half, 8.5)
        _plate(axes, box, result.overall, f"{result.standard.title}：{result.overall}", 11)
    aspects = _aspects(assessment)
    width = (WIDTH - 1 - 2 * (len(aspects) - 1)) / len(aspects)
    for number, (name, verdict, notes) in enumerate(aspects):
        left = 0.5 + number * (width + 2)
        axes.text(left + width / 2, 13, name, ha="center", va="center", weight="bold")
        said = VETO_WORDS[verdict] if name == GROUPS["veto"] else str(verdict)
        _plate(axes, (left, 15.5, width, 7), verdict, said, 9.5)
        style: dict[str, Any] = {
            "ha": "center",
            "va": "top",
            "color": MUTED,
            "size": 7.5,
            "linespacing": 1.15,
        }
        axes.text(left + width / 2, 23.6, "\n".join(notes), **style)


def _aspects(assessment: Assessment) -> list[tuple[str, Verdict, list[str]]]:
    """Return each aspect with its verdict and what is counted in it."""
    result = assessment.national
    met = sum(unit.verdict is Verdict.MET for unit in result.units)
    within = [row.verdict for row in result.disparities if row.verdict is not None]
    told = [
        f"单元达标{met}/{len(result.units)}个",
        f"差异系数达标{within.count(Verdict.MET)}/{len(within)}项",
    ]
    aspects = [("资源配置", result.resource, told)]
    verdicts = {"government": result.government, "quality": result.quality, "social": result.social}
    for group, verdict in verdicts.items():
        found = [item.verdict for item in result.group(group)]
        aspects.append((GROUPS[group], verdict, [f"达标{found.count(Verdict.MET)}/{len(found)}项"]))
    counted = tally(item.verdict for item in result.group("veto"))
    note = f"存在{counted[Verdict.UNMET]}项"
    note += f"、待定{counted[Verdict.UNKNOWN]}项" if counted[Verdict.UNKNOWN] else ""
    return [*aspects, (GROUPS["veto"], result.veto, [note])]


def _shares(axes: Axes, own: pd.DataFrame, colour: str) -> None:
    """Draw a bar for the units that meet each row, the open ones dotted behind it, and write the shares."""
    met, unknown = own["met"] / own["units"] * 100, own["unknown"] / own["units"] * 100
    axes.barh(own.index, met, 0.56, color=colour, zorder=3)
    some = unknown > 0
    axes.barh(own.index[some], unknown[some], 0.56, left=met[some], zorder=3, **OPEN)
    axes.set_xlim(0, 100)
    axes.set_xticks(range(0, 101, 25))
    axes.set_xlabel("占本学段评估单元的比例（%）", size=7.5)
    numbers(axes, 12, "达标\n（%）", list(own["text"]))


def _across(own: pd.DataFrame) -> int:
    longest = own["label"].str.len().max()
    return next((number for number, most in ACROSS.items() if longest <= most), 1)


def _items(axes: Axes, groups: dict[str, pd.DataFrame], top: float) -> None:
    """List every item with a mark for its verdict, group by group."""
    marks: dict[Verdict, list[tuple[float, float]]] = {verdict: [] for verdict in Verdict}
    for group, own in groups.items():
        axes.text(1, top, GROUPS[group], va="center")
        across = _across(own)
        for number, item in enumerate(own.to_dict("records")):
            x = LABELS + number % across * (WIDTH - LABELS) / across
            y = top + number // across * ROW
            marks[item["verdict"]].append((x, y))
            bad = item["verdict"] is Verdict.UNMET
            style: dict[str, Any] = {"color": FAIL, "weight": "bold"} if bad else {}
            text = f"{item['key']} {item['label']}{'（市标准未达标）' if item['stricter'] else ''}"
            axes.text(x + 2.2, y, text, va="center", size=7, **style)
        top += ROW * ceil(len(own) / across)
    for verdict, places in marks.items():
        axes.scatter([x for x, _ in places], [y for _, y in places], linewidths=0.8, **VERDICT_MARKS[verdict])


def _alt(caption: str, assessment: Assessment) -> str:
    national, local = assessment.national, assessment.local
    parts = [f"{result.standard.title}{result.overall}" for result in (national, local)]
    for name, verdict, notes in _aspects(assessment):
        said = VETO_WORDS[verdict] if name == GROUPS["veto"] else str(verdict)
        parts.append(f"{name}{said}（{'，'.join(notes)}）")
    parts += [_stage_said(assessment, stage) for stage in national.standard.stages]
    missed = [f"{item.item.id}{item.item.short}" for item in national.items if item.verdict is Verdict.UNMET]
    parts.append(f"未达标项目：{'、'.join(missed)}" if missed else "没有未达标项目")
    return f"总览图：{caption}。{'；'.join(parts)}。"


def _stage_said(assessment: Assessment, stage: Stage) -> str:
    counted = tally(unit.verdict for unit in assessment.national.stage_units(stage.id))
    if not (units := sum(counted.values())):
        return no_units(stage)
    over = sum(d.verdict is Verdict.UNMET for d in assessment.national.disparities if d.stage == stage.id)
    text = f"{stage.name}{units}个评估单元中达标{counted[Verdict.MET]}个、未达标{counted[Verdict.UNMET]}个"
    unknown = counted[Verdict.UNKNOWN]
    return text + (f"、无法判定{unknown}个" if unknown else "") + f"，差异系数超过限值{over}项"
