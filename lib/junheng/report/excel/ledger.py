"""整改台账 (FORMS.md report 4) as a workbook: a sheet to be filled in, and the plan's sheets where there is a plan."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from junheng.assess.model import Assessment
from junheng.planning.plan import Plan
from junheng.report.content.context import Wording
from junheng.report.content.ledger import ledger_table
from junheng.report.content.names import ledger_name
from junheng.report.content.plan import measures_table, years_table
from junheng.report.excel.sheets import write_workbook


def write_ledger(
    assessment: Assessment,
    wording: Wording,
    target: Path,
    plan: Plan | None = None,
    rule: str = "",
    budget: Mapping[int, Fraction] | None = None,
) -> None:
    """Write the ledger of `assessment` to `target`; `rule` is a note on small counts.

    A plan fills the column 措施 of new items (carried ones keep the county's own words) and adds its measures school by
    school and year by year, beside the yearly `budget` in 万元, as two more sheets.
    """
    say, specs = wording.phrases.say, wording.specs
    heading = say("ledger.title", county=assessment.county.title, year=str(assessment.year))
    if assessment.book.demo:
        heading += f"（{say('ledger.demo')}）"
    tables = [ledger_table(assessment, wording, plan, rule)]
    if plan and plan.measures:
        tables += [measures_table(plan, specs), years_table(plan, budget or {}, specs)]
    write_workbook(tables, target, ledger_name(assessment.county, assessment.year), heading)
