"""整改台账 (FORMS.md report 4): last year's items carried over and judged anew, new failures appended.

An item is known by school code, stage and what the column 指标 says (`L4 …`, `L4 …差异系数`, `G4 …规模`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from junheng.assess.model import Assessment
from junheng.params.city import CityYear
from junheng.params.tables import TableSpec
from junheng.planning.plan import Plan
from junheng.report.content.dates import as_date
from junheng.report.content.ledger_topics import Key, Topic, current_topics, is_item, met_topic, topic_label
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.content.phrases import PhraseBook
from junheng.report.content.plan import with_plan
from junheng.report.content.statements import sentence
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


def ledger_table(
    assessment: Assessment,
    city_year: CityYear,
    specs: Mapping[str, TableSpec],
    phrases: PhraseBook,
    plan: Plan | None = None,
    rule: str = "",
) -> Table:
    """Return the ledger as a table: carried items first, in last year's order, then the new ones."""
    entries = ledger_entries(assessment, city_year, phrases, plan)
    rows = tuple(_row(number, entry) for number, entry in enumerate((*entries.carried, *entries.new), 1))
    notes = [phrases.say("ledger.note"), *([rule] if rule else [])]
    if assessment.book.demo:
        notes.append(phrases.say("ledger.demo"))
    return Table(specs["ledger"], rows, notes=tuple(notes))


@dataclass(frozen=True)
class Entries:
    """The lines of the ledger: those of last year as they stand now, and this year's new ones."""

    carried: tuple[LedgerEntry, ...]
    new: tuple[LedgerEntry, ...]


def ledger_entries(
    assessment: Assessment, city_year: CityYear, phrases: PhraseBook, plan: Plan | None = None
) -> Entries:
    """Return the lines of the ledger, for itself and for the county's papers on rectification."""
    topics = current_topics(assessment, phrases)
    if plan is not None:
        topics = with_plan(topics, plan, assessment.national.standard, phrases)
    carried = tuple(_carried(assessment, city_year, topics, phrases))
    known = {entry.key for entry in carried}
    new = (
        LedgerEntry(topic.key, topic.school_name, topic, _new_texts(topic, city_year))
        for topic in topics.values()
        if topic.failing and topic.key not in known
    )
    return Entries(carried, tuple(new))


def _new_texts(topic: Topic, city_year: CityYear) -> dict[str, str]:
    return {
        "department": topic.department,
        "measure": topic.measure,
        "deadline": city_year.rectification_deadline,
        "state": OPEN,
    }


def _carried(
    assessment: Assessment, city_year: CityYear, topics: Mapping[Key, Topic], phrases: PhraseBook
) -> Iterator[LedgerEntry]:
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
        texts |= _judged(texts, topic, assessment, city_year, phrases)
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


def _judged(
    old: Mapping[str, str],
    topic: Topic | None,
    assessment: Assessment,
    city_year: CityYear,
    phrases: PhraseBook,
) -> dict[str, str]:
    """Return the free texts that change: what is proposed, by what evidence, until when."""
    if topic is None:
        progress = phrases.say("ledger.gone", year=str(assessment.year))
        return {"progress": _before(progress, old, phrases), "state": old["state"] or OPEN}
    values = {
        "year": str(assessment.year),
        "value": topic.current_value.text,
        "standard": topic.standard_value.text,
    }
    closed = old["state"] == CLOSED
    if topic.met:
        return _met_texts(old, closed, values, phrases)
    pending = topic.met is False and not topic.allowed
    other = "allowed" if topic.allowed else "undefined" if topic.undefined else "unknown"
    name = ("reopened" if closed else "still") if pending else other
    progress = _before(phrases.say(f"ledger.{name}", **values), old, phrases)
    if not pending:
        return {"progress": progress, "state": old["state"] or OPEN}
    changed = {"progress": progress, "deadline": city_year.rectification_deadline}
    reopened = {"state": OPEN, "closed_on": "", "evidence": ""}
    return {**changed, **(reopened if closed else {"state": old["state"] or OPEN})}


def _met_texts(
    old: Mapping[str, str], closed: bool, values: Mapping[str, str], phrases: PhraseBook
) -> dict[str, str]:
    evidence = phrases.say("ledger.close_evidence", **values) + old["evidence"]
    name = "ledger.closed" if closed else "ledger.close"
    progress = _before(phrases.say(name, **values), old, phrases)
    return {"progress": progress, "evidence": evidence, "state": old["state"] or OPEN}


def _before(said: str, old: Mapping[str, str], phrases: PhraseBook) -> str:
    """What is said now, then what the county wrote last year."""
    return said + (phrases.say("ledger.before", text=sentence(old["progress"])) if old["progress"] else "")


def _row(number: int, entry: LedgerEntry) -> TableRow:
    topic = entry.topic
    cells = {
        "number": TableCell(str(number), Fraction(number)),
        "school_code": TableCell(entry.key.school_code),
        "school_name": TableCell(entry.school_name),
        "stage": TableCell(entry.key.stage),
        "indicator": TableCell(entry.key.label),
        **{name: TableCell(entry.texts.get(name, "")) for name in FREE},
    }
    if topic:
        cells |= {
            "standard_value": topic.standard_value,
            "current_value": topic.current_value,
            "gap": topic.gap,
        }
    return TableRow(cells)
