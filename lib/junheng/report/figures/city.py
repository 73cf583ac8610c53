"""The figures of the city's summary: units by verdict in every county, and all coefficients against their limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil
from pathlib import Path

from junheng.assess.city import CityAssessment, Member
from junheng.assess.disparity import COMPOSITE
from junheng.assess.model import Disparity, Verdict
from junheng.exact import in_full
from junheng.params.standard import Standard
from junheng.report.content.model import Picture
from junheng.report.figures.canvas import WIDTH, Box, Canvas, drawing_settings
from junheng.report.figures.county import finished
from junheng.report.figures.disparity import cv_text
from junheng.report.figures.panels import (
    LABELS,
    Drawing,
    Panel,
    Rows,
    Scale,
    draw_axis,
    draw_rows,
    percent,
    side_by_side,
    tally,
)
from junheng.report.figures.style import FAIL, INK, VERDICT_LOOKS, stage_look

TOP, FOOT, ROW, BAR = 13.0, 17.0, 8.0, 4.4
WORD, COUNT, CHANGE = 30.0, 19.0, 18.0
"""Widths of the columns beside the bars: the county's verdict, units, and share."""


def draw_city_figures(city: CityAssessment, folder: Path) -> tuple[Picture, ...]:
    """Write the city's figures into `folder`; the bytes depend on the assessment only. Raises JunhengError."""
    with drawing_settings():
        return tuple(
            finished(drawing, folder / f"{number:02d}_{name}.png", city.demo)
            for number, (name, drawing) in enumerate(_drawings(city), start=1)
        )


def _drawings(city: CityAssessment) -> Iterator[tuple[str, Drawing]]:
    yield "city_units", units_figure(city)
    yield "city_disparity", disparity_figure(city)


def units_figure(city: CityAssessment) -> Drawing:
    """Draw the shares of units 达标, 未达标 and 无法判定, counties in their order of rank."""
    members = [rank.member for rank in city.ranking]
    rows = Rows(tuple(member.county.name for member in members), TOP, ROW)
    canvas = Canvas(rows.bottom + FOOT)
    draw_rows(canvas, rows)
    right = WIDTH - COUNT - CHANGE - 3
    scale = Scale(LABELS + WORD - 8, right, 1.0)
    draw_axis(canvas, scale, rows, "评估单元占比（%）", "percent")
    canvas.text(LABELS, TOP - 4, "总体结论")
    canvas.text(WIDTH - CHANGE - 2, TOP - 4, "达标单元", align="right")
    canvas.text(WIDTH - 1, TOP - 4, "占比", align="right")
    for number, member in enumerate(members):
        _unit_bar(canvas, scale, rows.middle(number), member)
    _verdict_legend(canvas, rows.bottom + 12.5)
    caption = f"全市各县（市、区）{city.year}年评估单元结论（按名次排列）"
    said = "；".join(_units_said(rank.place, rank.member) for rank in city.ranking)
    return Drawing(canvas, caption, f"条形图：{caption}。{said}。")


def _unit_bar(canvas: Canvas, scale: Scale, y: float, member: Member) -> None:
    counts = tally(unit.verdict for unit in member.assessment.units)
    total = sum(counts.values())
    failed = member.verdict is Verdict.UNMET
    canvas.text(LABELS, y, str(member.verdict), bold=failed, colour=FAIL if failed else INK)
    canvas.text(WIDTH - CHANGE - 2, y, f"{counts[Verdict.MET]}/{total}" if total else "——", align="right")
    canvas.text(
        WIDTH - 1, y, "—" if counts[Verdict.UNKNOWN] else percent(counts[Verdict.MET], total), align="right"
    )
    done = 0
    for verdict, count in counts.items():
        look = VERDICT_LOOKS[verdict]
        if count:
            left, end = scale(Fraction(done, total)), scale(Fraction(done + count, total))
            box = Box(left, y - BAR / 2, end - left, BAR)
            canvas.boxes([box], fill=look.fill, edge=look.edge, hatch=look.hatch)
        done += count


def _verdict_legend(canvas: Canvas, y: float) -> None:
    x = LABELS
    for verdict, look in VERDICT_LOOKS.items():
        canvas.boxes([Box(x, y - 1.6, 6, 3.2)], fill=look.fill, edge=look.edge, hatch=look.hatch)
        canvas.text(x + 7.5, y, str(verdict))
        x += 26


def _units_said(place: int, member: Member) -> str:
    units = len(member.assessment.units)
    return f"第{place}位{member.county.title}{member.verdict}，{units}个单元达标{member.met_units}个"


def disparity_figure(city: CityAssessment) -> Drawing:
    """Draw every coefficient of every county as a mark on its line, the stages side by side."""
    standard, members = city.standard, city.members
    rows = Rows(tuple(member.county.name for member in members), TOP + 3, ROW)
    canvas = Canvas(rows.bottom + FOOT)
    draw_rows(canvas, rows)
    for panel in side_by_side(standard.stages, _end(city), (13.0,)):
        _disparity_panel(canvas, panel, rows, members, standard)
    _disparity_legend(canvas, rows.bottom + 12.5, standard)
    caption = f"全市各县（市、区）{city.year}年各项校际差异系数与限值"
    parts = [_stage_said(members, standard, stage.id, stage.name) for stage in standard.stages]
    return Drawing(canvas, caption, f"点图：{caption}。{'；'.join(parts)}。")


def _end(city: CityAssessment) -> float:
    """Return the end of the common scale, from 0.6 to 1.5; what lies beyond stays at the end."""
    values = [row.cv for m in city.members for row in m.assessment.national.disparities if row.cv is not None]
    limits = city.standard.disparity.limits.values()
    return min(max(ceil(max([*values, *limits]) * 10 + Fraction(1, 2)) / 10, 0.6), 1.5)


def _own(member: Member, stage: str) -> list[Disparity]:
    rows = member.assessment.national.disparities
    return [row for row in rows if row.stage == stage and row.indicator != COMPOSITE]


def _disparity_panel(
    canvas: Canvas, panel: Panel, rows: Rows, members: Sequence[Member], standard: Standard
) -> None:
    limit = standard.disparity.limits[panel.stage.id]
    canvas.text(panel.left + 1.5, 3, f"{panel.stage.name}（限值{in_full(limit, 2)}）", bold=True, size=9)
    draw_axis(canvas, panel.scale, rows, "差异系数")
    x = panel.scale(limit)
    beyond = Box(x, rows.top, panel.scale.right - x, rows.bottom - rows.top)
    canvas.boxes([beyond], edge="#DDDDDD", hatch="////", line=0)
    canvas.lines([((x, rows.top - 2), (x, rows.bottom))], colour=INK, line=1.4)
    canvas.text(x, rows.top - 3.8, "限值", align="center")
    canvas.text(panel.columns[0], rows.top - 3.8, "最大值", align="right")
    look = stage_look(standard, panel.stage.id)
    for number, member in enumerate(members):
        own, y = _own(member, panel.stage.id), rows.middle(number)
        good = [(panel.scale(row.cv), y) for row in own if row.cv is not None and not _over(row)]
        bad = [(panel.scale(row.cv), y) for row in own if row.cv is not None and _over(row)]
        canvas.dots(good, marker=look.marker, size=1.9, fill=look.colour)
        canvas.dots(bad, marker="^", size=2.8, fill=FAIL)
        text, failed = _largest(own, standard)
        canvas.text(panel.columns[0], y, text, align="right", bold=failed, colour=FAIL if failed else INK)


def _over(row: Disparity) -> bool:
    return row.verdict is Verdict.UNMET


def _largest(rows: Sequence[Disparity], standard: Standard) -> tuple[str, bool]:
    """Return the largest known coefficient as printed, and whether it is above its limit."""
    known = [row for row in rows if row.cv is not None]
    if not known:
        return "——", False
    most = max(known, key=lambda row: row.cv or 0)
    return cv_text(most, standard), _over(most)


def _disparity_legend(canvas: Canvas, y: float, standard: Standard) -> None:
    x = LABELS
    for stage in standard.stages:
        look = stage_look(standard, stage.id)
        canvas.dots([(x, y)], marker=look.marker, size=1.9, fill=look.colour)
        x += 3.4
    canvas.text(x, y, "不超过限值（每个标记为一项指标）")
    canvas.dots([(x + 54, y)], marker="^", size=2.8, fill=FAIL)
    canvas.text(x + 56.5, y, "超过限值")


def _stage_said(members: Sequence[Member], standard: Standard, stage: str, name: str) -> str:
    limit = in_full(standard.disparity.limits[stage], 2)
    told = [f"{m.county.title}最大{_largest(_own(m, stage), standard)[0]}" for m in members]
    over = sum(_over(row) for m in members for row in _own(m, stage))
    return f"{name}（限值{limit}，{over}项超过）：{'、'.join(told)}"
