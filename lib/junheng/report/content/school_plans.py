"""一校一策 (FORMS.md report 3): a page or two for every school that is not 达标."""

from __future__ import annotations

from collections.abc import Callable

from junheng.report.content.context import Context
from junheng.report.content.document import compose_document
from junheng.report.content.model import Block, Document
from junheng.report.content.sections import plans

REPORT = "schools"

SECTIONS: dict[str, Callable[[Context], tuple[Block, ...]]] = {
    "opening": plans.opening,
    "contents": plans.contents,
    "schools": plans.pages,
}


def compose(context: Context) -> Document:
    """Return the document's content; raises ParamsProblem when a phrase or table form is missing."""
    fields = {
        "government": context.assessment.county.government,
        "report_date": context.wording.city_year.report_date,
    }
    return compose_document(
        context, REPORT, SECTIONS, fields, author=fields["government"], day=fields["report_date"]
    )
