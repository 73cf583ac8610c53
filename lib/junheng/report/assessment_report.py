"""督导评估报告 (FORMS.md report 1): the whole document as content, ready for any renderer."""

from __future__ import annotations

from collections.abc import Callable

from junheng.report.context import Context
from junheng.report.model import Block, Document
from junheng.report.names import report_name
from junheng.report.sections import annex, findings, overview, problems, tasks, yearly

REPORT = TEMPLATE = "assessment"
TITLE_LINES = ("title_line1", "title_line2")
"""The title is broken by sense, not where the line happens to end (GB/T 9704)."""

SECTIONS: dict[str, Callable[[Context], tuple[Block, ...]]] = {
    "opening": overview.opening,
    "basic": overview.basic,
    "conclusion": overview.conclusion,
    "resource": findings.resource,
    "disparity": findings.disparity,
    "government": lambda context: findings.items(context, "government", "表Ⅳ"),
    "quality": lambda context: findings.items(context, "quality", "表Ⅴ"),
    "social": findings.social,
    "veto": findings.veto,
    "tasks": tasks.tasks,
    "trend": yearly.trend,
    "problems": problems.problems,
    "rectification": problems.rectification,
    "annex_tables": annex.tables,
    "annex_schools": annex.schools,
    "annex_figures": annex.figures,
    "annex_gaps": annex.gaps,
    "annex_method": annex.method,
}
"""Block name in the Word template → the section that fills it. Their order on paper is the template's."""


def compose(context: Context) -> Document:
    """Return the report's content; raises ParamsProblem when a phrase or table form is missing."""
    assessment, wording = context.assessment, context.wording
    year = str(assessment.year)
    lines = {name: context.say(f"report.{name}", county=context.county, year=year) for name in TITLE_LINES}
    fields = {
        **lines,
        "addressee": assessment.county.government,
        "county": context.county,
        "year": year,
        "office": wording.city.office,
        "report_date": wording.city_year.report_date,
        "demo_mark": wording.city.demo_keyword if assessment.book.demo else "",
    }
    return Document(
        name=report_name(REPORT, assessment.county, assessment.year),
        template=TEMPLATE,
        title="".join(lines.values()),
        fields=fields,
        blocks={name: section(context) for name, section in SECTIONS.items()},
        subject=context.say("report.subject", county=context.county, year=year),
        keywords=wording.city.demo_keyword if assessment.book.demo else "",
    )
