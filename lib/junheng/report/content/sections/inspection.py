"""检查概况 from the city's own workbook: when, who, which schools, meetings, questionnaires, third parties, papers received.

What the workbook does not say stays a visible blank: an office fills it in by hand, and nothing is invented.
"""

from __future__ import annotations

from collections import Counter

from junheng.assess.city_records import NO_ROW, day
from junheng.report.content.context import DAY_TO_WRITE, CountyContext
from junheng.report.content.dates import period_said, said_date
from junheng.report.content.model import Block, Paragraph
from junheng.report.content.phrases import listed
from junheng.workbook.model import Row


def inspection(context: CountyContext) -> tuple[Block, ...]:
    """A paragraph a visit, then one a third party; one of blanks where nothing is entered."""
    visits = _own(context, "visits")
    parties = [row for row in context.records.rows("third_parties") if _concerns(row.text("scope"), context)]
    return (
        *(Paragraph(_visit(context, row)) for row in visits or [NO_ROW]),
        *(Paragraph(_party(context, row)) for row in parties or [NO_ROW]),
    )


def received(context: CountyContext) -> dict[str, object]:
    """The days on which the city's office received the county's papers, in print."""
    found = context.records.received(context.assessment.county)
    return {name: said_date(on) if on else None for name, on in vars(found).items()}


def _own(context: CountyContext, sheet: str) -> list[Row]:
    names = (context.assessment.county.name, context.assessment.county.title)
    return [row for row in context.records.rows(sheet) if row.text("county") in names]


def _concerns(scope: str, context: CountyContext) -> bool:
    """Whether a third party's scope is this county or all of them; one that names others alone is left out."""
    county, city = context.assessment.county, context.wording.city.name
    return not scope or any(word in scope for word in (county.name, county.title, city, "全市", "各县"))


def _visit(context: CountyContext, row: Row) -> str:
    begun, ended = day(row, "begun"), day(row, "ended")
    days = (said_date(on) if on else DAY_TO_WRITE for on in (begun, ended))
    time = period_said(begun, ended) if begun and ended else "至".join(days)
    return context.left_open(
        "inspection.visit",
        time=time,
        schools_said=context.say("inspection.kinds", kinds=_kinds(context, row.text("school_names"))),
        **{key: _given(row, key) for key in ("leader", "members")},
        **{key: row.figure(key) for key in ("schools", "meetings", "questionnaires")},
    )


def _party(context: CountyContext, row: Row) -> str:
    texts = {key: _given(row, key) for key in ("party", "method", "findings")}
    return context.left_open("inspection.party", ended=_day(row, "ended") or DAY_TO_WRITE, **texts)


def _kinds(context: CountyContext, names: str) -> str:
    """The schools that were visited, counted by type; empty unless every one of them is known by its name."""
    types = {
        row.text("school_name"): row.text("school_type") for row in context.assessment.book.rows("schools")
    }
    named = [
        name.strip() for name in names.replace("，", "、").replace("；", "、").split("、") if name.strip()
    ]
    if not named or not all(name in types for name in named):
        return ""
    counts = Counter(types[name] for name in named)
    return listed(context.say("basic.kind", name=name, count=count) for name, count in counts.items())


def _given(row: Row, key: str) -> str | None:
    return row.text(key).strip().removesuffix("。") or None


def _day(row: Row, key: str) -> str | None:
    found = day(row, key)
    return said_date(found) if found else None
