"""缺口、临近变化的结论、差异系数的来源和最少投入方案（plan.ipynb），在正式评估之上测算，不写出文件。

例：
    plan.show_shortfall(work, official)
    planned = plan.make_plan(work, official)
    planned
"""

from __future__ import annotations

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
from junheng.lab.trials import saved
from junheng.planning.plan import Plan
from junheng.report.content.firmness import influences_table
from junheng.report.content.model import Block, Paragraph, Table
from junheng.report.content.plan import (
    measures_table,
    plan_heading,
    plan_sentences,
    summary_table,
    years_table,
)

if TYPE_CHECKING:
    from junheng.report.figures.sheet import ReportFigure


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
        told = plan_sentences(found, self.official, work.wording.phrases)
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
    """测算使资源配置达标的最少投入方案，几秒至一分钟；采集工作簿有错误时不能测算。

    例：
        planned = plan.make_plan(work, official)
    """
    with timed("测算最少投入方案", least_cost.longest(work)) as told:
        return Planned(work, official, least_cost.plan(work, official, told))


@checked
def draw_costs(planned: Planned) -> ReportFigure:
    """取出各项措施投入图（matplotlib的Figure），可修改；没有投入时给出提示。

    例：
        fig = plan.draw_costs(planned)
    """
    from junheng.report.figures.trials import costs_figure

    return costs_figure(planned.plan, planned.official)


@checked
def show_shortfall(work: Workspace, official: Assessment) -> HTML:
    """显示未达标单元的各项缺口：补到标准值、补到单元达标下限各需多少。

    例：
        plan.show_shortfall(work, official)
    """
    return _shown(work, least_cost.shortfall_table(work, official), "lab.no_shortfall")


@checked
def show_near(work: Workspace, official: Assessment) -> HTML:
    """显示一所学校增减1名教师、1间教室或2%在校生就会改变的结论。

    例：
        plan.show_near(work, official)
    """
    return _shown(work, least_cost.flips(work, official), "lab.no_flips")


@checked
def show_drivers(work: Workspace, official: Assessment) -> HTML:
    """显示超过限值的差异系数由哪些学校拉高，去掉该校后变为多少。

    例：
        plan.show_drivers(work, official)
    """
    return _shown(work, influences_table(official, work.wording.specs), "lab.no_drivers")


def _shown(work: Workspace, table: Table, none: str) -> HTML:
    blocks: tuple[Block, ...] = (table,)
    if not table.rows:
        blocks = (Paragraph(work.wording.phrases.say(none), "plain"),)
    return wb.as_html(blocks, box=True)


@checked
def save_plan(planned: Planned, name: str) -> HTML:
    """把方案（xlsx和json）存入草稿目录的“试算”文件夹；名称为空则不写。

    例：
        plan.save_plan(planned, "2025年方案")
    """
    work = planned.work
    if not name:
        return saved(work, name)
    workbook = least_cost.plan_file(work, planned.official, planned.plan)
    return saved(work, name, workbook, planned.plan.as_json())
