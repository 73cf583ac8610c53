"""全市汇总报告 (FORMS.md report 5): the document and the workbook as content, ready for the renderers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from junheng.report.content.context import CityContext
from junheng.report.content.document import Letter, Sections, contents, filled
from junheng.report.content.model import Document
from junheng.report.content.names import city_name
from junheng.report.content.sections import city as sections
from junheng.report.content.sections import supervision
from junheng.report.content.sections.annex import figures
from junheng.report.content.tables.city import CITY_TABLES
from junheng.report.content.tables.supervision import supervision_register
from junheng.report.excel.sheets import SheetForm, write_workbook

SECTIONS: Sections[CityContext] = {
    "contents": contents(1),
    "opening": sections.opening,
    "overall": sections.overall,
    "resource": sections.resource,
    "disparity": sections.disparity,
    "ranking": sections.ranking,
    "plan": sections.plan,
    "tasks": sections.tasks,
    "trend": sections.trend,
    "common": sections.common,
    "next": sections.next_steps,
    "annex_tables": sections.annex_tables,
    "annex_figures": figures,
    "annex_method": sections.annex_method,
}
INTERNAL_SECTIONS: Sections[CityContext] = {
    "scope": sections.internal_scope,
    "notices": lambda context: (*sections.internal_notices(context), *sections.internal_register(context)),
    "rule": sections.internal_rule,
}
SHEETS = {
    "conclusions": "评估结论",
    "matrix": "指标矩阵",
    "disparity": "差异系数",
    "ranking": "排名",
    "unranked": "不列名次",
    "plan": "目标任务进展",
    "tasks": "市定任务",
    "goals": "全市性目标",
    "requirements": "市级任务落实",
    "teams": "专班台账",
    "progress": "年度工作进度",
    "visits": "实地督导",
    "third_parties": "第三方评估",
    "trend": "年度比较",
    "common": "共性问题",
    "left_out": "未纳入",
    "failing": "未达标学校",
}


def compose(context: CityContext) -> Document:
    """Return the report's content; raises ParamsProblem when a phrase or table form is missing."""
    name = city_name("report", context.wording.city.name, context.city.year)
    return _document(context, name, "city", SECTIONS)


def compose_internal(context: CityContext) -> Document:
    """Return the annex that stays in the office: the counties proposed for 通报 and what is proposed for each."""
    name = city_name("internal", context.wording.city.name, context.city.year)
    return _document(context, name, "city_internal", INTERNAL_SECTIONS)


def compose_bulletin(context: CityContext) -> Document | None:
    """Return the 督导通报 that the office has entered, a letter for each number; None when there is none."""
    if not supervision.noticed(context):
        return None
    name = city_name("bulletin", context.wording.city.name, context.city.year)
    return _document(context, name, "bulletin", {}, supervision.bulletins(context))


def _document(
    context: CityContext,
    name: str,
    template: str,
    chosen: Sections[CityContext],
    letters: Sequence[Letter] = (),
) -> Document:
    office, day = context.wording.city.office, context.wording.city_year.report_date
    fields = {"office": office, "report_date": day, "signer": office, "signed_on": day}
    fields["clause"] = context.wording.rules.clause
    return filled(context, template, name, chosen, fields, letters=letters)


def write_register(context: CityContext, target: Path) -> None:
    """Write 督办台账: every 通报, 约谈, 挂牌督办 and 问责 that the office has entered, with its state and 销号."""
    title = city_name("register", context.wording.city.name, context.city.year)
    heading = title + (f"（{context.demo_mark}）" if context.demo_mark else "")
    form = SheetForm(
        "督办台账",
        heading=heading,
        frozen=2,
        filtered=True,
        dates=frozenset({"date", "deadline", "closed_on"}),
    )
    write_workbook([(supervision_register(context), form)], target, title=title)


def write_city_workbook(context: CityContext, target: Path) -> None:
    """Write every table of the summary to one workbook, a sheet each; an empty list keeps its sheet."""
    title = city_name("report", context.wording.city.name, context.city.year)
    heading = title + (f"（{context.demo_mark}）" if context.demo_mark else "")
    forms = {
        name: SheetForm(sheet, heading=heading, frozen=1, filtered=False) for name, sheet in SHEETS.items()
    }
    forms["failing"] = SheetForm(SHEETS["failing"], heading=heading, frozen=4, filtered=True)
    write_workbook([(CITY_TABLES[name](context), form) for name, form in forms.items()], target, title=title)
