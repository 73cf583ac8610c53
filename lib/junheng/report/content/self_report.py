"""县级自评报告 (FORMS.md report 2), county to city by the end of January: the document as content."""

from __future__ import annotations

from collections.abc import Callable

from junheng.report.content.context import Context
from junheng.report.content.document import compose_document
from junheng.report.content.model import Block, Document
from junheng.report.content.sections import (
    annex,
    contents,
    findings,
    overview,
    problems,
    selfcheck,
    tasks,
    yearly,
)

REPORT = "self"

SECTIONS: dict[str, Callable[[Context], tuple[Block, ...]]] = {
    "contents": contents.contents,
    "opening": selfcheck.opening,
    "basic": overview.basic,
    "tasks": tasks.state,
    "conclusion": selfcheck.conclusion,
    "resource": findings.resource,
    "disparity": findings.disparity,
    "government": lambda context: findings.items(context, "government", "表Ⅳ"),
    "quality": lambda context: findings.items(context, "quality", "表Ⅴ"),
    "social": findings.social,
    "veto": findings.veto,
    "trend": yearly.trend,
    "undone": tasks.undone,
    "problems": problems.problems,
    "measures": selfcheck.measures,
    "cycle": selfcheck.cycle,
    "annex_tables": annex.tables,
    "annex_schools": annex.schools,
    "annex_figures": annex.figures,
    "annex_gaps": annex.gaps,
    "annex_method": annex.method,
}
"""Block name in the Word template → the section that fills it. Their order on paper is the template's."""


def compose(context: Context) -> Document:
    """Return the report's content; raises ParamsProblem when a phrase, table form or date is missing."""
    city_year = context.wording.city_year
    fields = {
        "addressee": context.wording.city.office,
        "government": context.assessment.county.government,
        "self_report_date": city_year.self_report_date or city_year.report_date,
    }
    return compose_document(
        context, REPORT, SECTIONS, fields, author=fields["government"], day=fields["self_report_date"]
    )
