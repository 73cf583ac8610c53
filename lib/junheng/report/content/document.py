"""What every report of a county has in common: its title, file name, fields and blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from junheng.errors import ParamsProblem
from junheng.params.tasks import chinese_date
from junheng.report.content.context import Context
from junheng.report.content.model import Block, Contents, Document, Paragraph
from junheng.report.content.names import report_name

TITLE_LINES = ("title_line1", "title_line2")
"""The title is broken by sense, not where the line happens to end (GB/T 9704)."""


def compose_document(
    context: Context,
    report: str,
    sections: Mapping[str, Callable[[Context], tuple[Block, ...]]],
    fields: Mapping[str, str],
    author: str,
    day: str,
) -> Document:
    """Return the content of `report` for the template of the same name; its phrases begin with the report's name.

    `author` is who signs, `day` the 成文日期 as printed.
    """
    assessment, wording = context.assessment, context.wording
    year = str(assessment.year)
    lines = {name: context.say(f"{report}.{name}", county=context.county, year=year) for name in TITLE_LINES}
    blocks = {name: (*section(context), *_remarks(context, name)) for name, section in sections.items()}
    listed = any(isinstance(block, Contents) for made in blocks.values() for block in made)
    demo = wording.city.demo_keyword if assessment.book.demo else ""
    return Document(
        name=report_name(report, assessment.county, assessment.year),
        template=report,
        title="".join(lines.values()),
        fields={
            **lines,
            "contents_title": context.say("contents.title") if listed else "",
            "county": context.county,
            "year": year,
            "demo_mark": demo,
            **fields,
        },
        blocks=blocks,
        subject=context.say(f"{report}.subject", county=context.county, year=year),
        keywords=demo,
        author=author,
        date=signed_on(day),
    )


def _remarks(context: Context, section: str) -> tuple[Paragraph, ...]:
    """The office's remark on this county at this section: a paragraph a line, the last one says whose it is."""
    lines = [line.strip() for line in context.remarks.get(section, "").splitlines() if line.strip()]
    source = context.wording.city_year.remark_source
    if lines and source:
        lines[-1] += f"（{source}）"
    return tuple(Paragraph(line) for line in lines)


def signed_on(day: str) -> date | None:
    """Return the 成文日期 as a date; None where it is left to be written by hand."""
    try:
        return chinese_date(day, "")
    except ParamsProblem:
        return None
