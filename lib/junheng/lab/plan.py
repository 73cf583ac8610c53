"""缺口、临近变化的结论、差异系数的来源和最少投入方案（plan.ipynb），在正式评估之上测算，不写出文件。

例：
    plan.show_shortfall(work, official)
    planned = plan.make_plan(work, official)
    planned
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from IPython.display import HTML

from junheng.assess.model import Assessment
from junheng.lab import county as wb
from junheng.lab import least_cost
from junheng.lab.arguments import checked
from junheng.lab.county import Workspace
from junheng.lab.display import figure_html
from junheng.lab.progress import timed
from junheng.lab.trials import saved, trial_file
from junheng.planning.plan import Plan
from junheng.report.content.model import Block, Paragraph, Table
from junheng.report.content.plan import measures_table, plan_heading, summary_table, years_table

if TYPE_CHECKING:
    from junheng.report.figures.sheet import Sheet


@dataclass(frozen=True, repr=False)
class Planned:
    """The least-cost plan of a county, for a notebook: shows itself in words and tables."""

    work: Workspace
    official: Assessment
    plan: Plan

    def __repr__(self) -> str:
        return repr(self.plan)

    @property
    def actions(self) -> list[dict[str, Any]]:
        """What changes in the workbook, for `Trial.plan`; empty when there is no plan."""
        return list(self.plan.as_json()["actions"])

    def _repr_html_(self) -> str:
        shown = str(wb.as_html(self._blocks(), box=True).data)
        return shown + figure_html(draw_costs(self)) if self.plan.cost else shown

    def _blocks(self) -> tuple[Block, ...]:
        work, found = self.work, self.plan
        told = least_cost.plan_told(work, self.official, found)
        said = tuple(Paragraph(text, "plain") for text in told)
        if found.cost is None or not found.measures:
            return said
        specs, budget = work.wording.specs, work.choices.plan.budget
        heading = plan_heading(self.official, work.wording.phrases)
        summary = summary_table(found, specs)
        tables = (measures_table(found, specs), years_table(found, budget, specs))
        return (*said, Table(summary.spec, summary.rows, title=heading), *tables)


@checked
def make_plan(work: Workspace, official: Assessment) -> Planned:
    """Find the least-cost plan to pass (some seconds, a minute at most); raises DataProblem and ParamsProblem."""
    with timed("测算最少投入方案", least_cost.longest(work)) as told:
        return Planned(work, official, least_cost.plan(work, official, told))


@checked
def draw_costs(planned: Planned) -> Sheet:
    """Return the figure of a plan: what each measure costs; raises UsageProblem for a plan that costs nothing."""
    from junheng.report.figures.trials import costs_figure

    return costs_figure(planned.plan, planned.official)


@checked
def show_shortfall(work: Workspace, official: Assessment) -> HTML:
    """Show what every failing unit lacks to the threshold and to 85%, and what its school must get."""
    return _shown(work, least_cost.shortfall_table(work, official), "lab.no_shortfall")


@checked
def show_near(work: Workspace, official: Assessment) -> HTML:
    """Show the verdicts that one teacher, one room or 2% of the pupils of one school turn."""
    return _shown(work, least_cost.flips(work, official), "lab.no_flips")


@checked
def show_drivers(work: Workspace, official: Assessment) -> HTML:
    """Show which schools drive the coefficients of variation above their limits, and what they are without each."""
    return _shown(work, least_cost.drivers(work, official), "lab.no_drivers")


def _shown(work: Workspace, table: Table, none: str) -> HTML:
    blocks: tuple[Block, ...] = (table,)
    if not table.rows:
        blocks = (Paragraph(work.wording.phrases.say(none), "plain"),)
    return wb.as_html(blocks, box=True)


@checked
def save_plan(planned: Planned, name: str) -> HTML:
    """Write a plan (xlsx, and json as `junheng plan` does) into the draft folder, under 试算; an empty name writes nothing."""
    work = planned.work
    if name:
        least_cost.write_plan(work, planned.official, planned.plan, trial_file(work, name, "xlsx"))
        text = json.dumps(planned.plan.as_json(), ensure_ascii=False, indent=2)
        trial_file(work, name, "json").write_bytes(f"{text}\n".encode())
    return saved(work, name)
