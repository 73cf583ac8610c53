"""This year beside last year: share of units that meet the standard, and coefficients of variation."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from junheng.assess.disparity import COMPOSITE
from junheng.assess.model import Disparity
from junheng.assess.trend import StageTrend, Trend
from junheng.report.content.context import CountyContext
from junheng.report.content.model import Table, TableCell
from junheng.report.content.numbers import cv_text, difference
from junheng.report.content.tables.building import Cells, edge_notes, expanded, grouped, label, number_cell


def trend_table(context: CountyContext, trend: Trend) -> Table:
    """与上年度主要指标比较: last year, this year, change."""
    standard = trend.now.national.standard
    spec = expanded(context.specs["trend"], standard, year=str(trend.now.year), last=str(trend.before.year))
    rows = grouped(
        ({"stage": label(standard.stage(stage.stage).name)}, _stage_rows(trend, stage))
        for stage in trend.stages
        if stage.now or stage.before
    )
    return Table(spec, rows, notes=edge_notes(rows))


def _stage_rows(trend: Trend, stage: StageTrend) -> Iterator[Cells]:
    shares = share_cell(stage.share_before), share_cell(stage.share_now)
    yield {"label": label("达标单元占比（%）"), **compared(*shares, "个百分点")}
    compares = (trend.now.national.has_peers(stage.stage), trend.before.national.has_peers(stage.stage))
    for mine, theirs in trend.disparities(stage.stage) if any(compares) else ():
        yield {"label": label(_name(trend, mine)), **compared(_cv_cell(trend, theirs), _cv_cell(trend, mine))}


def share_cell(share: Fraction | None) -> TableCell:
    """A share in per cent, with one decimal."""
    return number_cell(None if share is None else share * 100, 1)


def _name(trend: Trend, row: Disparity) -> str:
    if row.indicator == COMPOSITE:
        return "综合差异系数"
    indicator = trend.now.national.standard.indicator(row.indicator)
    return f"{indicator.id} {indicator.short}差异系数"


def _cv_cell(trend: Trend, row: Disparity | None) -> TableCell:
    if row is None or row.cv is None:
        return number_cell(None)
    return TableCell(cv_text(row, trend.now.national.standard), row.cv)


def compared(before: TableCell, now: TableCell, unit: str = "", prefix: str = "") -> Cells:
    """Last year's cell, this year's, and what they differ by as they are printed: 上升, 下降, 持平 or a blank."""
    change = difference(now.text, before.text)
    told = number_cell(None) if change is None else TableCell(change.worded(unit), change.value)
    return {f"{prefix}before": before, f"{prefix}now": now, f"{prefix}change": told}
