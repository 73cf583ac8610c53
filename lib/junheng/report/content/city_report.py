"""全市汇总报告 (FORMS.md report 5): the document and the workbook as content, ready for the renderers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from junheng.report.content.city_context import CityContext
from junheng.report.content.document import signed_on
from junheng.report.content.model import Block, Document
from junheng.report.content.names import city_internal_name, city_report_name
from junheng.report.content.sections import city as sections
from junheng.report.content.sections import city_internal as internal
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
    "next": sections.next_steps,
    "annex_tables": sections.annex_tables,
    "annex_figures": sections.annex_figures,
    "annex_method": sections.annex_method,
}
"""Block name in the Word template → the section that fills it. Their order on paper is the template's."""

INTERNAL = "city_internal"
INTERNAL_SECTIONS: dict[str, Callable[[CityContext], tuple[Block, ...]]] = {
    "scope": internal.scope,
    "notices": lambda context: (*internal.notices(context), *internal.register(context)),
    "rule": internal.rule,
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
    name = city_report_name(context.wording.city.name, context.city.year)
    return _document(context, name, TEMPLATE, SECTIONS)


def compose_internal(context: CityContext) -> Document:
    """Return the annex that stays in the office: the counties proposed for 通报 and what is proposed for each."""
    name = city_internal_name(context.wording.city.name, context.city.year)
    return _document(context, name, INTERNAL, INTERNAL_SECTIONS)


def _document(
    context: CityContext,
    name: str,
    template: str,
    sections: Mapping[str, Callable[[CityContext], tuple[Block, ...]]],
) -> Document:
    """Fill a template of the city; its phrases begin with the template's name."""
    wording, year = context.wording, str(context.city.year)
    lines = {
        line: context.say(f"{template}.{line}", city=wording.city.name, year=year)
        for line in ("title_line1", "title_line2")
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
        name=name,
        template=template,
        title="".join(lines.values()),
        fields=fields,
        blocks={block: section(context) for block, section in sections.items()},
        subject=context.say(f"{template}.subject", city=wording.city.name, year=year),
        keywords=mark,
        author=fields["office"],
        date=signed_on(fields["report_date"]),
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
