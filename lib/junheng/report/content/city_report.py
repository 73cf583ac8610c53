"""全市汇总报告 (FORMS.md report 5): the document and the workbook as content, ready for the renderers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from junheng.report.content.city_context import CityContext
from junheng.report.content.model import Block, Document
from junheng.report.content.names import city_report_name
from junheng.report.content.sections import city as sections
from junheng.report.content.tables.city import CITY_TABLES
from junheng.report.excel.sheets import SheetForm, write_workbook

TEMPLATE = "city"
SECTIONS: dict[str, Callable[[CityContext], tuple[Block, ...]]] = {
    "contents": sections.contents,
    "opening": sections.opening,
    "overall": sections.overall,
    "resource": sections.resource,
    "disparity": sections.disparity,
    "ranking": sections.ranking,
    "plan": sections.plan,
    "tasks": sections.tasks,
    "trend": sections.trend,
    "common": sections.common,
    "notices": sections.notices,
    "next": sections.next_steps,
    "annex_tables": sections.annex_tables,
    "annex_figures": sections.annex_figures,
    "annex_method": sections.annex_method,
}
"""Block name in the Word template → the section that fills it. Their order on paper is the template's."""

SHEETS = {
    "conclusions": "评估结论",
    "matrix": "指标矩阵",
    "disparity": "差异系数",
    "ranking": "排名",
    "plan": "目标任务进展",
    "tasks": "市定任务",
    "goals": "全市性目标",
    "trend": "年度比较",
    "common": "共性问题",
    "notices": "通报名单",
    "left_out": "未纳入",
    "failing": "未达标学校",
}


def compose(context: CityContext) -> Document:
    """Return the report's content; raises ParamsProblem when a phrase or table form is missing."""
    wording, year = context.wording, str(context.city.year)
    lines = {
        name: context.say(f"city.{name}", city=wording.city.name, year=year)
        for name in ("title_line1", "title_line2")
    }
    mark = wording.city.demo_keyword if context.city.demo else ""
    fields = {
        **lines,
        "contents_title": context.say("contents.title"),
        "city": wording.city.name,
        "year": year,
        "office": wording.city.office,
        "report_date": wording.city_year.report_date,
        "demo_mark": mark,
    }
    return Document(
        name=city_report_name(wording.city.name, context.city.year),
        template=TEMPLATE,
        title="".join(lines.values()),
        fields=fields,
        blocks={name: section(context) for name, section in SECTIONS.items()},
        subject=context.say("city.subject", city=wording.city.name, year=year),
        keywords=mark,
    )


def write_city_workbook(context: CityContext, target: Path) -> None:
    """Write every table of the summary to one workbook, a sheet each; an empty list keeps its sheet."""
    mark = f"（{context.wording.city.demo_keyword}）" if context.city.demo else ""
    title = city_report_name(context.wording.city.name, context.city.year)
    sheets = []
    for name, sheet in SHEETS.items():
        table = CITY_TABLES[name](context)
        columns = 4 if name == "failing" else 1
        form = SheetForm(sheet, heading=f"{title}{mark}", frozen=columns, filtered=name == "failing")
        sheets.append((table, form))
    write_workbook(sheets, target, title=title)
