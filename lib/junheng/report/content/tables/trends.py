"""This year beside last year: share of units that meet the standard, and coefficients of variation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from junheng.assess.disparity import COMPOSITE
from junheng.assess.model import Disparity
from junheng.assess.trend import StageTrend, Trend
from junheng.params.tables import TableSpec
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.content.numbers import cv_text, difference
from junheng.report.content.tables.building import edge_notes, expanded, label, number_cell


def trend_table(trend: Trend, specs: Mapping[str, TableSpec]) -> Table:
    """与上年度主要指标比较: last year, this year, change."""
    standard = trend.now.national.standard
    spec = expanded(specs["trend"], standard, year=str(trend.now.year), last=str(trend.before.year))
    rows: list[TableRow] = []
    for stage in trend.stages:
        own = list(_stage_rows(trend, stage))
        head = {"stage": label(standard.stage(stage.stage).name, len(own))}
        rows += [TableRow({**({} if n else head), **cells}) for n, cells in enumerate(own)]
    return Table(spec, tuple(rows), notes=edge_notes(cell for row in rows for cell in row.cells.values()))


def _stage_rows(trend: Trend, stage: StageTrend) -> Iterator[dict[str, TableCell]]:
    now, before = share_cell(stage.share_now), share_cell(stage.share_before)
    yield {
        "label": label("达标单元占比（%）"),
        "before": before,
        "now": now,
        "change": change_cell(now, before, "个百分点"),
    }
    for mine, theirs in trend.disparities(stage.stage):
        yield {"label": label(_name(trend, mine)), **_disparity_cells(trend, mine, theirs)}


def share_cell(share: Fraction | None) -> TableCell:
    """A share in per cent, with one decimal."""
    return number_cell(None if share is None else share * 100, 1)


def _name(trend: Trend, row: Disparity) -> str:
    if row.indicator == COMPOSITE:
        return "综合差异系数"
    indicator = trend.now.national.standard.indicator(row.indicator)
    return f"{indicator.id} {indicator.short}差异系数"


def _disparity_cells(trend: Trend, now: Disparity, before: Disparity | None) -> dict[str, TableCell]:
    mine = _cv_cell(trend, now)
    theirs = _cv_cell(trend, before) if before else number_cell(None)
    return {"before": theirs, "now": mine, "change": change_cell(mine, theirs)}


def _cv_cell(trend: Trend, row: Disparity) -> TableCell:
    if row.cv is None:
        return number_cell(None)
    return TableCell(cv_text(row, trend.now.national.standard), row.cv)


def change_cell(now: TableCell, before: TableCell, unit: str = "") -> TableCell:
    """What two cells differ by as they are printed: 上升, 下降 or 持平; a blank when one of them has no figure."""
    change = difference(now.text, before.text)
    return number_cell(None) if change is None else TableCell(change.worded(unit), change.value)
