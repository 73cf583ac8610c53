"""全市汇总报告 (FORMS.md report 5): the documents as content, ready for the renderers."""

from __future__ import annotations

from collections.abc import Sequence

from junheng.report.content.context import CityContext
from junheng.report.content.document import Letter, Sections, contents, filled, phrases
from junheng.report.content.model import Document
from junheng.report.content.names import city_name
from junheng.report.content.sections import city as sections
from junheng.report.content.sections import supervision
from junheng.report.content.sections.annex import figures

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
    "scope": phrases("city_internal.scope"),
    "notices": lambda context: (*sections.internal_notices(context), *sections.internal_register(context)),
    "rule": sections.internal_rule,
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
