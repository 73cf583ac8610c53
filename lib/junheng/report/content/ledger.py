"""整改台账 (FORMS.md report 4): last year's items carried over and judged anew, new failures appended.

An item is known by school code, stage and what the column 指标 says (`L4 …`, `L4 …差异系数`, `G4 …规模`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from junheng.assess.model import Assessment
from junheng.planning.plan import Plan
from junheng.report.content.context import Wording
from junheng.report.content.dates import as_date
from junheng.report.content.ledger_topics import Key, Topic, current_topics, is_item, met_topic, topic_label
from junheng.report.content.model import Table, TableCell
from junheng.report.content.phrases import PhraseBook
from junheng.report.content.plan import with_plan
from junheng.report.content.statements import sentence
from junheng.report.content.tables.building import Cells, numbered
from junheng.workbook.matching import named, same_schools
from junheng.workbook.model import Row

OPEN, CLOSED = "未整改", "已销号"
FREE = ("department", "person", "measure", "deadline", "progress", "state", "closed_on", "evidence")


@dataclass(frozen=True)
class LedgerEntry:
    """One line of the ledger: its key, what the data say now (None: nothing any more) and the free texts."""

    key: Key
    school_name: str
    topic: Topic | None
    texts: Mapping[str, str]
    was_closed: bool = False
    """Last year's ledger has it as closed."""


def ledger_table(assessment: Assessment, wording: Wording, plan: Plan | None = None, rule: str = "") -> Table:
    """Return the ledger as a table: carried items first, in last year's order, then the new ones."""
    entries = ledger_entries(assessment, wording, plan)
    rows = numbered(map(_cells, (*entries.carried, *entries.new)))
    say = wording.phrases.say
    notes = (say("ledger.note"), rule, say("ledger.demo") if assessment.book.demo else "")
    return Table(wording.specs["ledger"], rows, notes=notes)


@dataclass(frozen=True)
class Entries:
    """The lines of the ledger: those of last year as they stand now, and this year's new ones."""

    carried: tuple[LedgerEntry, ...]
    new: tuple[LedgerEntry, ...]


def ledger_entries(assessment: Assessment, wording: Wording, plan: Plan | None = None) -> Entries:
    """Return the lines of the ledger, for itself and for the county's papers on rectification."""
    topics = current_topics(assessment, wording.phrases)
    if plan is not None:
        topics = with_plan(topics, plan, assessment.national.standard, wording.phrases)
    carried = tuple(_carried(assessment, wording, topics))
    known = {entry.key for entry in carried}
    new = (
        LedgerEntry(topic.key, topic.school_name, topic, _new_texts(topic, wording))
        for topic in topics.values()
        if topic.failing and topic.key not in known
    )
    return Entries(carried, tuple(new))


def _new_texts(topic: Topic, wording: Wording) -> dict[str, str]:
    return {
        "department": topic.department,
        "measure": topic.measure,
        "deadline": wording.city_year.rectification_deadline,
        "state": OPEN,
    }


def _carried(assessment: Assessment, wording: Wording, topics: Mapping[Key, Topic]) -> Iterator[LedgerEntry]:
    """Last year's items, each with this year's figures and proposal; one written twice counts once."""
    seen: set[Key] = set()
    for row, key in keyed_rows(assessment):
        # A line without 指标 names nothing that could be judged; a line twice would be closed once and stay open once.
        if key in seen or not key.label:
            continue
        seen.add(key)
        topic = topics.get(key) or met_topic(key, assessment)
        texts = {name: row.text(name) for name in FREE}
        closed = texts["state"] == CLOSED
        texts |= _judged(texts, topic, assessment, wording)
        yield LedgerEntry(key, row.text("school_name"), topic or _old_figures(row, key), texts, closed)


def keyed_rows(assessment: Assessment) -> Iterator[tuple[Row, Key]]:
    """Yield the lines of last year's ledger with what each is known by; a school that has a new code, by that."""
    rows, schools = assessment.book.rows("ledger"), assessment.book.rows("schools")
    # A school that changes its type gets a new code (RULES): its lines follow it by name, or all would be opened anew.
    renewed = {
        old: new for new, old in same_schools(named(schools), list(dict.fromkeys(named(rows)))).items()
    }
    for row in rows:
        code = row.text("school_code")
        yield row, _key(row, renewed.get(code, code), assessment)


def overdue_items(assessment: Assessment, phrases: PhraseBook, on: date) -> Mapping[Key, tuple[Topic, date]]:
    """Return last year's items that are past their deadline on the day `on`, not closed and still unmet, with the deadlines.

    This is the ground 整改不力 (实施意见五（二）). An item whose deadline cannot be read is none of them.
    """
    topics = current_topics(assessment, phrases)
    found: dict[Key, tuple[Topic, date]] = {}
    for row, key in keyed_rows(assessment):
        deadline = as_date(row.text("deadline"))
        if row.text("state") == CLOSED or deadline is None or deadline >= on:
            continue
        topic = topics.get(key)
        if topic is not None and topic.failing:
            found.setdefault(topic.key, (topic, deadline))
    return found


def _key(row: Row, code: str, assessment: Assessment) -> Key:
    label = topic_label(row.text("indicator"), assessment.national.standard)
    stages = {stage.name for stage in assessment.national.standard.stages}
    # Items are asked of a school, not of a stage: a stage written beside one must not part it from last year's.
    staged = row.text("stage") in stages and not is_item(label, assessment.national.standard)
    return Key(code, row.text("stage") if staged else "", label)


def _old_figures(row: Row, key: Key) -> Topic:
    """Keep last year's figures of an item that this year's data no longer show."""
    standard, current, gap = (
        TableCell(row.text(name)) for name in ("standard_value", "current_value", "gap")
    )
    return Topic(key, row.text("school_name"), None, False, standard, current, gap)


def outcome(topic: Topic | None, closed: bool) -> str:
    """Return what came of an item of last year's ledger, by the name of the phrase that says so (`ledger.still`)."""
    if topic is None:
        return "gone"
    if topic.met:
        return "closed" if closed else "close"
    if topic.met is False and not topic.allowed:
        return "reopened" if closed else "still"
    return "allowed" if topic.allowed else "undefined" if topic.undefined else "unknown"


def _judged(
    old: Mapping[str, str], topic: Topic | None, assessment: Assessment, wording: Wording
) -> dict[str, str]:
    """Return the free texts that change: what is proposed, by what evidence, until when.

    The state stays the county's own; only an item that was closed and is unmet again is opened anew.
    """
    say, came = wording.phrases.say, outcome(topic, old["state"] == CLOSED)
    values: dict[str, str] = {"year": str(assessment.year)}
    if topic is not None:
        values |= {"value": topic.current_value.text, "standard": topic.standard_value.text}
    written = say("ledger.before", text=sentence(old["progress"])) if old["progress"] else ""
    changed = {"progress": say(f"ledger.{came}", **values) + written, "state": old["state"] or OPEN}
    if came in ("close", "closed"):
        changed["evidence"] = say("ledger.close_evidence", **values) + old["evidence"]
    if came in ("still", "reopened"):
        changed["deadline"] = wording.city_year.rectification_deadline
    if came == "reopened":
        changed |= {"state": OPEN, "closed_on": "", "evidence": ""}
    return changed


def _cells(entry: LedgerEntry) -> Cells:
    topic = entry.topic or Topic(entry.key, entry.school_name, None, False)
    return {
        "school_code": entry.key.school_code,
        "school_name": entry.school_name,
        "stage": entry.key.stage,
        "indicator": entry.key.label,
        "standard_value": topic.standard_value,
        "current_value": topic.current_value,
        "gap": topic.gap,
        **{name: entry.texts.get(name, "") for name in FREE},
    }
