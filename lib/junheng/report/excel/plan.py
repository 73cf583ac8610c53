"""The least-cost plan as Excel sheets: a workbook of its own, and two sheets of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from junheng.params.tables import TableSpec
from junheng.planning.plan import Plan
from junheng.report.content.model import Table
from junheng.report.content.plan import measures_table, years_table
from junheng.report.excel.sheets import SheetForm, workbook_bytes

Specs = Mapping[str, TableSpec]


def ledger_sheets(
    plan: Plan, heading: str, budget: Mapping[int, Fraction], specs: Specs
) -> list[tuple[Table, SheetForm]]:
    """Return the plan school by school and year by year, as sheets of the ledger's workbook."""
    if not plan.measures:
        return []
    return [
        (measures_table(plan, specs), SheetForm(name="分校措施", heading=heading, frozen=3, filtered=True)),
        (years_table(plan, budget, specs), SheetForm(name="分年度投入", heading=heading)),
    ]


def plan_workbook(sheets: Sequence[tuple[Table, str, int]], heading: str) -> bytes:
    """Return tables (with sheet name and frozen columns) as one workbook."""
    forms = [
        (table, SheetForm(name=name, heading=heading, frozen=frozen, filtered=bool(frozen)))
        for table, name, frozen in sheets
    ]
    return workbook_bytes(forms, heading)
