"""What every report has in common: its title, file name, fields and blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from junheng.report.content.context import BaseContext, CountyContext
from junheng.report.content.dates import as_date
from junheng.report.content.model import Block, ContentsList, Document, Paragraph
from junheng.report.content.names import REPORTS, report_name

TITLE_LINES = ("title_line1", "title_line2")
"""The title is broken by sense, not where the line happens to end (GB/T 9704)."""
NO_FRONT = dict.fromkeys(("cover_title", "cover_foot", "contents_title"), "")
DAY_BLANK = "　　　　年　　月　　日"
PRINTED = {
    "标题": "title_line1",
    "标题第二行": "title_line2",
    "主送机关": "addressee",
    "文号": "document_number",
    "署名": "signer",
    "成文日期": "signed_on",
    "演示标记": "demo_mark",
}
"""What a letter is none without, by the field that says it; an empty one (no 主送) is not asked for."""
UNDATED = ("duties",)
"""Templates signed and dated by hand."""
NUMBER = re.compile(r"(\S+?)\s*[\[［【〔(（]\s*(\d{4})\s*[\]］】〕)）]\s*0*(\d+)\s*号?")
"""A 文号 as offices write it, in whatever brackets."""
Party = Literal["office", "government", "superior", ""]
"""Who signs or is addressed: the city's office, the county's government, the office above the city's."""
C = TypeVar("C", bound=BaseContext)
Section = Callable[[CountyContext], tuple[Block, ...]]
Sections = Mapping[str, Callable[[C], tuple[Block, ...]]]
"""Block name in the Word template → the section that fills it. Their order on paper is the template's."""


@dataclass(frozen=True)
class Letter:
    """What one letter of a mail merge has of its own."""

    fields: Mapping[str, str]
    blocks: Mapping[str, tuple[Block, ...]]


def _always(context: CountyContext) -> bool:
    return True


@dataclass(frozen=True)
class Report:
    """A report of a county: its sections by block name, who signs it, to whom, and on which of the year's dates.

    `id` names its template and begins the names of its phrases; `day` is a field of params/<YEAR>/city.yml;
    `wanted` says whether a county gets one. A mail merge has `letters`: its template is one of them.
    """

    id: str
    sections: Sections[CountyContext]
    signer: Party
    addressee: Party = ""
    day: str = "report_date"
    wanted: Callable[[CountyContext], bool] = _always
    letters: Callable[[CountyContext], tuple[Letter, ...]] = lambda context: ()


def compose_document(report: Report, context: CountyContext) -> Document:
    """Return the content of `report` for the template of the same name; raises ParamsProblem for a missing phrase or form."""
    name = report_name(report.id, context.assessment.county, context.assessment.year)
    return filled(
        context,
        report.id,
        name,
        report.sections,
        _fields(context, report),
        workbook=REPORTS[report.id].workbook,
        letters=report.letters(context),
    )


def _fields(context: CountyContext, report: Report) -> dict[str, str]:
    """What the template of any report may name: the parties, the county and year, the dates in print."""
    county, city, year = context.assessment.county, context.wording.city, context.wording.city_year
    parties = {"office": city.office, "government": county.government, "superior": city.superior, "": ""}
    dates = {
        "report_date": year.report_date,
        "self_report_date": year.self_report_date or year.report_date,
        "application_date": year.application_date or DAY_BLANK,
        "rectification_deadline": year.rectification_deadline,
        "rectification_plan_deadline": year.rectification_plan_deadline or DAY_BLANK,
    }
    feedback = report.signer == "office" and report.addressee == "government"
    number = numbered_as(context.records.feedback_number(county), context.day.year) if feedback else ""
    return {
        "city": city.name,
        "office": city.office,
        "government": county.government,
        "education": county.department(county.education),
        "document_number": number,
        "clause": context.wording.rules.clause,
        "signer": parties[report.signer],
        "addressee": parties[report.addressee],
        "signed_on": dates[report.day],
        **dates,
    }


def numbered_as(text: str, year: int) -> str:
    """Return a 文号 as it is printed (〔2025〕, no leading zeros: GB/T 9704); one not given is a blank with the year."""
    found = NUMBER.fullmatch(text.strip())
    if found:
        return f"{found[1]}〔{found[2]}〕{found[3]}号"
    return text.strip() or f"________〔{year}〕____号"


def filled(
    context: C,
    template: str,
    name: str,
    sections: Sections[C],
    more: Mapping[str, str],
    workbook: bool = False,
    letters: Sequence[Letter] = (),
) -> Document:
    """Return the content for a template under the file name `name`; its phrases begin with the template's name.

    Of the fields in `more`, `signer` is the author and `signed_on` the 成文日期 as printed.
    """
    fields = {**context.place, "demo_mark": context.demo_mark, **more, **_own(letters, "fields")}
    lines = {line: context.say(f"{template}.{line}", **fields) for line in TITLE_LINES}
    blocks = {block: (*section(context), *_remarks(context, block)) for block, section in sections.items()}
    blocks |= _own(letters, "blocks")
    # A cover and the heading of a list are made only where a list follows: the templates have their places all the same.
    front = _front(context, lines.values(), fields) if any(map(_is_listed, blocks.values())) else NO_FRONT
    check = context.say("check.title") if blocks.get("annex_check") else ""
    return Document(
        name=name,
        template=template,
        title="".join(lines.values()),
        fields={**lines, **front, "check_title": check, **fields},
        blocks=blocks,
        subject=context.say(f"{template}.subject", **fields),
        keywords=context.demo_mark,
        author=fields["signer"],
        date=as_date(fields.get("signed_on_1", fields["signed_on"])),
        workbook=workbook,
        letters=len(letters),
        printed=PRINTED if template not in UNDATED else {**PRINTED, "成文日期": ""},
    )


def _own(letters: Sequence[Letter], what: Literal["fields", "blocks"]) -> dict[str, Any]:
    """What each letter has of its own, under names that end in its number."""
    return {
        f"{name}_{number}": own
        for number, letter in enumerate(letters, 1)
        for name, own in getattr(letter, what).items()
    }


def phrases(*names: str) -> Callable[[BaseContext], tuple[Block, ...]]:
    """A section that is sentences alone: a paragraph a phrase, said with the words of the report (`BaseContext.words`)."""
    return lambda context: tuple(Paragraph(context.say(name)) for name in names)


def contents(levels: int) -> Callable[[BaseContext], tuple[Block, ...]]:
    """A contents list down to this level of headings, with their pages; annexes are of the first.

    A letter has none unless the year's setting `contents_list` asks for it.
    """
    return lambda context: (ContentsList(levels=levels),) if context.wording.city_year.contents_list else ()


def _is_listed(made: tuple[Block, ...]) -> bool:
    return any(isinstance(block, ContentsList) for block in made)


def _front(context: BaseContext, title: Iterable[str], fields: Mapping[str, str]) -> dict[str, str]:
    """What a document with a contents list says before its text: on the cover, where its template has one, and above the list."""
    return {
        "cover_title": "\n".join(filter(None, title)),
        "cover_foot": f"{fields['signer']}\n{fields['signed_on']}",
        "contents_title": context.say("contents.title"),
    }


def _remarks(context: BaseContext, section: str) -> tuple[Paragraph, ...]:
    """The office's remark on this county at this section: a paragraph a line, the last one says whose it is."""
    lines = [line.strip() for line in context.remarks.get(section, "").splitlines() if line.strip()]
    source = context.wording.city_year.remark_source
    if lines and source:
        lines[-1] += f"（{source}）"
    return tuple(Paragraph(line) for line in lines)
