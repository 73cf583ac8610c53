"""约谈通知, 挂牌督办通知 (to one county) and 督导通报 (to all): letters the office has entered in 督办登记, and nothing else.

What a letter says of a ground comes from the figures of the year; where they do not show the ground, or the office wrote
words of its own, these stand alone. What is not given (文号, time and place of a talk) is a blank to be written in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from junheng.assess.city import AssessedCounty, notice
from junheng.assess.city_records import day
from junheng.report.content.context import DAY_TO_WRITE, BaseContext, CityContext, CountyContext
from junheng.report.content.dates import said_date
from junheng.report.content.document import Letter, numbered_as
from junheng.report.content.ledger import overdue_items
from junheng.report.content.model import Block, Paragraph, Table
from junheng.report.content.phrases import listed
from junheng.report.content.sections import city as summary
from junheng.report.content.tables.building import numbered
from junheng.report.content.tables.city import notice_fact
from junheng.workbook.model import Row

NOTICE, TALK, WATCH = "通报", "约谈", "挂牌督办"
"""What of vocabulary measure_kind is done by a letter of ours."""
PHRASES = {NOTICE: "bulletin.demand", TALK: "interview.demand", WATCH: "supervision.demand"}
"""What each asks of the county."""


def talked(context: CountyContext) -> bool:
    """Whether the office has entered a talk with the county."""
    return bool(context.records.letters(TALK, context.assessment.county))


def watched(context: CountyContext) -> bool:
    """Whether the office has put the county under watch."""
    return bool(context.records.letters(WATCH, context.assessment.county))


def talks(context: CountyContext) -> tuple[Letter, ...]:
    """约谈通知: why, when and where, who comes, what is asked."""
    return _letters(context, TALK, lambda rows: {"meeting": _meeting(context, rows)})


def watches(context: CountyContext) -> tuple[Letter, ...]:
    """挂牌督办通知: what is watched, item by item where it is the ledger, until when, how it is closed."""
    return _letters(context, WATCH, lambda rows: {})


def _letters(
    context: CountyContext,
    kind: str,
    more: Callable[[Sequence[Row]], dict[str, tuple[Block, ...]]],
) -> tuple[Letter, ...]:
    made = []
    for rows in context.records.letters(kind, context.assessment.county):
        # Several rows under one 文号 are one letter with several grounds.
        told = _numbered(_cause(context, _assessed(context), row) for row in rows)
        listed_items = kind == WATCH and any(_is_overdue(context, row) for row in rows)
        items = _overdue_table(context) if listed_items else ()
        blocks: dict[str, tuple[Block, ...]] = {
            "causes": (*map(Paragraph, told), *items),
            "demands": (Paragraph(_demand(context, rows, PHRASES[kind])),),
        }
        made.append(Letter(heading(context, rows), {**blocks, **more(rows)}))
    return tuple(made)


def heading(context: BaseContext, rows: Sequence[Row]) -> dict[str, str]:
    """The number and day of a letter, as they are printed."""
    on = day(rows[0], "date")
    return {
        "document_number": numbered_as(rows[0].text("document"), on.year if on else int(context.year) + 1),
        "signed_on": said_date(on) if on else DAY_TO_WRITE,
    }


def _numbered(told: Iterable[str]) -> list[str]:
    """Number what is more than one."""
    texts = list(told)
    return texts if len(texts) == 1 else [f"{number}. {text}" for number, text in enumerate(texts, 1)]


def _assessed(context: CountyContext) -> AssessedCounty:
    overdue = overdue_items(context.assessment, context.wording.phrases, context.day)
    return AssessedCounty(context.assessment, context.trend, len(overdue))


def _cause(
    context: BaseContext, county: AssessedCounty | None, row: Row, phrase: str = "supervision.cause"
) -> str:
    """The ground as the office wrote it, with what the figures show of it."""
    ground = context.wording.rules.named(row.text("ground"))
    found = notice(county, ground) if county and ground else None
    fact = notice_fact(context, found) if found else ""
    return context.say(phrase, ground=row.text("ground").removesuffix("。"), fact=fact)


def _is_overdue(context: CountyContext, row: Row) -> bool:
    ground = context.wording.rules.named(row.text("ground"))
    return ground is not None and ground.id == "overdue"


def _overdue_table(context: CountyContext) -> tuple[Table, ...]:
    """The items of the ledger that are past their deadline and still unmet."""
    found = overdue_items(context.assessment, context.wording.phrases, context.day)
    rows = numbered({**topic.cells(), "deadline": said_date(due)} for topic, due in found.values())
    return (Table(context.specs["supervision_items"], rows),) if rows else ()


def _meeting(context: CountyContext, rows: Sequence[Row]) -> tuple[Block, ...]:
    """When and where, and who is to come."""
    place = listed(dict.fromkeys(filter(None, (row.text("meeting").removesuffix("。") for row in rows))))
    county = context.assessment.county
    told = ("interview.meeting", "interview.attending")
    values = {
        "place": place or None,
        "education": county.department(county.education),
        "office": context.wording.city.office,
    }
    return tuple(Paragraph(context.left_open(phrase, **values)) for phrase in told)


def _demand(context: BaseContext, rows: Sequence[Row], phrase: str) -> str:
    """What is asked by the grounds of the letter, until the day that the office has set (a blank where it has not)."""
    grounds = (context.wording.rules.named(row.text("ground")) for row in rows)
    demands = dict.fromkeys(ground.demand for ground in grounds if ground and ground.demand)
    limits = [on for row in rows if (on := day(row, "deadline"))]
    return context.left_open(
        phrase,
        demand="；".join(demands),
        deadline=said_date(max(limits)) if limits else DAY_TO_WRITE,
    )


def _overall(context: CityContext) -> str:
    """How many counties were assessed, and how they stand."""
    members, gone = len(context.city.members), len(context.city.left_out)
    counts = {"total": members + gone, "members": members, "left_out": gone}
    return context.say("bulletin.overall", told=summary.verdicts_said(context), **counts)


def noticed(context: CityContext) -> bool:
    """Whether the office has issued a 通报 this year."""
    return bool(context.city.records.letters(NOTICE))


def bulletins(context: CityContext) -> tuple[Letter, ...]:
    """督导通报: how the city stands, then the counties that are told of, each with its grounds."""
    members = {member.county.title: member for member in context.city.members}
    made = []
    for rows in context.city.records.letters(NOTICE):
        by_county: dict[str, list[Row]] = {}
        for each in rows:
            by_county.setdefault(each.text("county"), []).append(each)
        cases = [
            context.say(
                "bulletin.case",
                county=name,
                causes="；".join(_cause(context, members.get(name), row, "bulletin.cause") for row in own),
            )
            for name, own in by_county.items()
        ]
        blocks: dict[str, tuple[Block, ...]] = {
            "overall": (Paragraph(_overall(context)),),
            "cases": tuple(Paragraph(text) for text in _numbered(cases)),
            "demands": (Paragraph(_demand(context, rows, PHRASES[NOTICE])),),
        }
        made.append(Letter(heading(context, rows), blocks))
    return tuple(made)
