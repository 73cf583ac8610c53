"""This year beside last year: share of units that meet the standard, and coefficients of variation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from junheng.assess.disparity import COMPOSITE
from junheng.assess.model import Disparity
from junheng.assess.trend import StageTrend, Trend
from junheng.exact import fixed, scaled_half_up
from junheng.params.tables import TableSpec
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.content.numbers import cv_text
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
    now, before = _percent(stage.share_now), _percent(stage.share_before)
    yield {
        "label": label("达标单元占比（%）"),
        "before": number_cell(before, 1),
        "now": number_cell(now, 1),
        "change": change_cell(now, before, 1, "个百分点"),
    }
    for mine, theirs in trend.disparities(stage.stage):
        yield {"label": label(_name(trend, mine)), **_disparity_cells(trend, mine, theirs)}


def _percent(share: Fraction | None) -> Fraction | None:
    return None if share is None else share * 100


def _name(trend: Trend, row: Disparity) -> str:
    if row.indicator == COMPOSITE:
        return "综合差异系数"
    indicator = trend.now.national.standard.indicator(row.indicator)
    return f"{indicator.id} {indicator.short}差异系数"


def _disparity_cells(trend: Trend, now: Disparity, before: Disparity | None) -> dict[str, TableCell]:
    places = trend.now.national.standard.disparity.decimals
    old = before.cv if before else None
    return {
        "before": _cv_cell(trend, before) if before else number_cell(None),
        "now": _cv_cell(trend, now),
        "change": change_cell(now.cv, old, places),
    }


def _cv_cell(trend: Trend, row: Disparity) -> TableCell:
    if row.cv is None:
        return number_cell(None)
    return TableCell(cv_text(row, trend.now.national.standard), row.cv)


def change_cell(now: Fraction | None, before: Fraction | None, places: int, unit: str = "") -> TableCell:
    """The exact difference, rounded once: 上升, 下降, 持平 (基本持平 when it rounds to nothing)."""
    if now is None or before is None:
        return number_cell(None)
    difference = now - before
    if difference == 0:
        return TableCell("持平", Fraction(0))
    if scaled_half_up(abs(difference), places) == 0:
        return TableCell("基本持平", difference)
    word = "上升" if difference > 0 else "下降"
    return TableCell(f"{word}{fixed(abs(difference), places)}{unit}", difference)
