"""The table of a school's page: seven values with standard, gap, rank in the county and last year's value."""

from __future__ import annotations

from collections.abc import Mapping

from junheng.assess.model import Assessment
from junheng.assess.plans import Line, UnitPlan
from junheng.exact import fixed, plain
from junheng.params.tables import TableSpec
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK, gap_amount, unit_name
from junheng.report.content.tables.building import edge_notes, judged_cell, label, number_cell, verdict_cell


def plan_table(assessment: Assessment, plan: UnitPlan, specs: Mapping[str, TableSpec]) -> Table:
    """The indicators of one unit."""
    rows = tuple(_row(line) for line in plan.lines)
    title = f"{unit_name(plan.unit, assessment.national.standard)}资源配置指标"
    return Table(
        specs["plan"], rows, title=title, notes=edge_notes(c for row in rows for c in row.cells.values())
    )


def _row(line: Line) -> TableRow:
    indicator, cell = line.indicator, line.cell
    rank = BLANK if line.rank is None else f"{line.rank}／{line.ranked}"
    before = BLANK if line.before is None else fixed(line.before, indicator.decimals)
    return TableRow(
        {
            "indicator": label(f"{indicator.id} {indicator.short}（{indicator.unit}）"),
            "value": judged_cell(
                cell.value, cell.threshold, indicator.comparator, indicator.decimals, cell.verdict
            ),
            "threshold": TableCell(plain(cell.threshold), cell.threshold),
            "verdict": verdict_cell(cell.verdict),
            "gap": _gap(line),
            "rank": TableCell(rank),
            "before": TableCell(before, line.before) if line.before is not None else number_cell(None),
        }
    )


def _gap(line: Line) -> TableCell:
    if not line.gap:
        return TableCell(BLANK)
    return TableCell(gap_amount(line.gap, line.indicator), line.gap)
