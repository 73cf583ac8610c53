"""督导评估报告 (FORMS.md report 1): the whole document as content, ready for any renderer."""

from __future__ import annotations

from collections.abc import Callable

from junheng.report.content.context import Context
from junheng.report.content.document import compose_document
from junheng.report.content.model import Block, Document
from junheng.report.content.sections import annex, contents, findings, overview, problems, tasks, yearly

REPORT = "assessment"

SECTIONS: dict[str, Callable[[Context], tuple[Block, ...]]] = {
    "contents": contents.contents,
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
    wording = context.wording
    fields = {
        "addressee": context.assessment.county.government,
        "office": wording.city.office,
        "report_date": wording.city_year.report_date,
    }
    return compose_document(
        context, REPORT, SECTIONS, fields, author=fields["office"], day=fields["report_date"]
    )
