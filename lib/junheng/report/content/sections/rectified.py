"""The county's papers on rectification, from the ledger: what came of last year's items, and what is to be done about this year's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from junheng.report.content.context import CountyContext
from junheng.report.content.dates import as_date, said_date
from junheng.report.content.ledger import Entries, LedgerEntry, ledger_entries
from junheng.report.content.ledger_topics import Topic
from junheng.report.content.model import Block, Paragraph, Table
from junheng.report.content.phrases import listed
from junheng.report.content.sections.problems import list_problems
from junheng.report.content.tables.building import Cells, introduced, numbered

KINDS = ("closed", "reopened", "met", "unmet", "allowed", "open")
"""What an item of last year's ledger can have come to, in the order it is told."""
LEFT = ("reopened", "unmet")


def entries(context: CountyContext) -> Entries:
    """The lines of the county's ledger."""
    return ledger_entries(context.assessment, context.wording, context.plan)


def kind(entry: LedgerEntry) -> str:
    """What has come of an item: closed and still met, met now, not met (again), or not to be told."""
    topic = entry.topic
    if topic is not None and topic.met is False and not topic.allowed:
        return "reopened" if entry.was_closed else "unmet"
    if entry.was_closed:
        return "closed"
    if topic is None or topic.met is None:
        return "open"
    return "met" if topic.met else "allowed"


def last_year(context: CountyContext) -> tuple[Block, ...]:
    """自评整改情况: last year's items counted by what came of them, and those that are not yet met."""
    carried = entries(context).carried
    left = [entry for entry in carried if kind(entry) in LEFT]
    lead = _counted(context, carried) + context.say("rectified.left", count=len(left))
    return introduced(lead, _table(context, "rectify_left", left))


def had_items(context: CountyContext) -> bool:
    """Whether last year's ledger has items to report on."""
    return bool(entries(context).carried)


def results(context: CountyContext) -> tuple[Block, ...]:
    """整改报告: what came of last year's items, and each of them with its present value, for the annex."""
    carried = entries(context).carried
    lead = Paragraph(_counted(context, carried) + context.say("rectified.table"))
    return (lead, _table(context, "rectify_results", carried))


def _counted(context: CountyContext, carried: tuple[LedgerEntry, ...]) -> str:
    counts = Counter(map(kind, carried))
    told = (context.say(f"rectified.count.{name}", count=counts[name]) for name in KINDS if counts[name])
    return context.say("rectified.lead", total=len(carried), told="，".join(told))


def to_do(context: CountyContext) -> bool:
    """Whether anything is to be put right."""
    return bool(list_problems(context))


def demands(context: CountyContext) -> tuple[Block, ...]:
    """整改方案: every item that is open now, with measure, department, person and deadline."""
    found = entries(context)
    open_ = [e for e in found.carried if kind(e) in LEFT] + list(found.new)
    schools = {entry.school_name for entry in open_ if entry.key.school_code}
    lead = context.say("rectify_plan.tasks", count=len(open_), schools=len(schools))
    return (Paragraph(lead), _table(context, "rectify_tasks", open_))


def problem_titles(context: CountyContext) -> tuple[Block, ...]:
    """What the city found, by its headings."""
    titles = listed(problem.title for problem in list_problems(context))
    return (Paragraph(context.say("rectify_plan.problems", titles=titles)),)


def _table(context: CountyContext, spec: str, lines: Sequence[LedgerEntry]) -> Table:
    return Table(context.specs[spec], numbered(_cells(context, entry) for entry in lines))


def _cells(context: CountyContext, entry: LedgerEntry) -> Cells:
    topic = entry.topic or Topic(entry.key, entry.school_name, None, False)
    return {
        **topic.cells(),
        "school": entry.school_name,
        "result": context.say(f"rectified.{kind(entry)}"),
        **{key: entry.texts.get(key, "") for key in ("department", "person", "measure")},
        "deadline": _printed_day(entry.texts.get("deadline", "")),
    }


def _printed_day(written: str) -> str:
    """A day as offices print it; words such as 年底前 as they are."""
    found = as_date(written)
    return said_date(found) if found else written


def next_steps(context: CountyContext) -> tuple[Block, ...]:
    """What becomes of the items that are left."""
    left = sum(kind(entry) in LEFT for entry in entries(context).carried)
    return (Paragraph(context.say("rectify_report.next", left=left)),)
