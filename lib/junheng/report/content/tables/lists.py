"""The report's lists: failing units, what is no unit, missing inputs, edge values, issues, city tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from junheng.assess.gaps import Edge, Shortfall, edges, missing_inputs, shortfalls
from junheng.assess.model import Assessment, MissingInput, Unit, Verdict
from junheng.assess.units import certain_miss
from junheng.exact import fixed, honest_decimals, plain
from junheng.params.dictionary import Dictionary
from junheng.params.standard import Standard
from junheng.params.tables import TableSpec
from junheng.report.content.failures import failures_by_school, school_figures
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK, gap_amount, unit_name
from junheng.report.content.phrases import PhraseBook
from junheng.report.content.tables.basic import basic_gaps
from junheng.report.content.tables.building import (
    edge_notes,
    judged_cell,
    number_cell,
    text_cell,
    verdict_cell,
)
from junheng.workbook.alike import joined
from junheng.workbook.model import Issue, Severity

Specs = Mapping[str, TableSpec]


MOST_ISSUES = 20
"""How many rows of the workbook's issues a report prints."""


def failing_schools_table(assessment: Assessment, specs: Specs) -> Table:
    """未达标学校清单: every unit that is 未达标, its unmet indicators with value, standard and gap."""
    result = assessment.national
    groups: dict[tuple[str, str], list[Shortfall]] = {}
    for short in shortfalls(result):
        groups.setdefault(short.unit.key, []).append(short)
    names = {stage.id: stage.name for stage in result.standard.stages}
    rows: list[TableRow] = []
    for number, group in enumerate(groups.values(), 1):
        unit = group[0].unit
        head = {
            "number": TableCell(str(number), Fraction(number), rows=len(group)),
            "school": TableCell(unit_name(unit, result.standard), rows=len(group)),
            "stage": TableCell(names[unit.stage], rows=len(group)),
            "students": TableCell(fixed(unit.students or Fraction(0), 0), unit.students, rows=len(group)),
        }
        rows += [TableRow({**({} if n else head), **short_cells(short)}) for n, short in enumerate(group)]
    hidden = [u for u in result.units if u.verdict is Verdict.UNMET and u.key not in groups]
    for number, unit in enumerate(hidden, len(groups) + 1):
        rows.append(_certain_row(unit, number, names[unit.stage], result.standard))
    return Table(specs["failing_schools"], tuple(rows), notes=edge_notes(r.cells["value"] for r in rows))


def failing_items_table(assessment: Assessment, specs: Specs, phrases: PhraseBook) -> Table:
    """Every school that fails an item of its own, under either standard, item by item with what it has and what is asked."""
    rows: list[TableRow] = []
    by_school = failures_by_school(assessment)
    for number, failures in enumerate(by_school.values(), 1):
        head = {
            "number": TableCell(str(number), Fraction(number), rows=len(failures)),
            "school": TableCell(failures[0][1].name, rows=len(failures)),
        }
        for position, (item, school) in enumerate(failures):
            told = {"item": TableCell(item.short), "figures": TableCell(school_figures(school, phrases))}
            rows.append(TableRow({**({} if position else head), **told}))
    return Table(specs["failing_items"], tuple(rows))


def _certain_row(unit: Unit, number: int, stage: str, standard: Standard) -> TableRow:
    """A unit that fails by no known figure: by the best that its open indicators can still be."""
    missed = [c.indicator for c in unit.cells.values() if certain_miss(c) is not None]
    return TableRow(
        {
            "number": TableCell(str(number), Fraction(number)),
            "school": TableCell(unit_name(unit, standard)),
            "stage": TableCell(stage),
            "students": number_cell(unit.students),
            "indicator": TableCell(f"{'、'.join(missed)}（缺少数据，按最有利情形仍不达标）"),
            **{key: TableCell(BLANK) for key in ("value", "threshold", "gap")},
        }
    )


def short_cells(short: Shortfall) -> dict[str, TableCell]:
    """Return indicator, value, standard and gap of an unmet indicator."""
    indicator, cell = short.indicator, short.cell
    return {
        "indicator": TableCell(f"{indicator.id} {indicator.short}（{indicator.unit}）"),
        "value": judged_cell(
            cell.value, cell.threshold, indicator.comparator, indicator.decimals, cell.verdict
        ),
        "threshold": TableCell(plain(cell.threshold), cell.threshold),
        "gap": TableCell(gap_amount(short.gap, indicator)),
    }


def excluded_table(assessment: Assessment, specs: Specs) -> Table:
    """What takes no part in the resource assessment, with the reason."""
    rows = [
        TableRow(
            {
                "number": TableCell(str(number), Fraction(number)),
                "school": text_cell(entry.school_name),
                "type": text_cell(entry.school_type),
                "students": number_cell(entry.students),
                "reason": text_cell(entry.reason),
            }
        )
        for number, entry in enumerate(assessment.national.excluded, 1)
    ]
    return Table(specs["excluded"], tuple(rows))


def gaps_table(
    assessment: Assessment,
    specs: Specs,
    dictionary: Dictionary | None = None,
    more: Iterable[MissingInput] = (),
) -> Table:
    """缺少的数据: every input that left something open and, with `dictionary`, every blank of annex 1.

    `more` are those found elsewhere (the city's tasks).
    """
    found = dict.fromkeys((*missing_inputs(assessment), *more))
    if dictionary is not None:
        found |= dict.fromkeys(basic_gaps(assessment, dictionary, specs["I"]))
        found |= dict.fromkeys(_row_gaps(assessment, dictionary))
    rows = [
        TableRow({"number": TableCell(str(number), Fraction(number)), **_gap_cells(entry)})
        for number, entry in enumerate(found, 1)
    ]
    return Table(specs["gaps"], tuple(rows))


def _gap_cells(entry: MissingInput) -> dict[str, TableCell]:
    place = f"〔{entry.source.sheet}〕{entry.source.cell}" if entry.source else BLANK
    return {
        "subject": text_cell(entry.subject),
        "item": text_cell(entry.header),
        "place": TableCell(place),
        "reason": text_cell(entry.reason),
    }


def _row_gaps(assessment: Assessment, dictionary: Dictionary) -> Iterable[MissingInput]:
    """Blanks of 表Ⅱ-2 (grades and classes) and 表Ⅵ (questionnaires sent) that no verdict hangs on."""
    schools = dictionary.sheet("schools").by_key
    rows = {row.text("school_code"): row for row in assessment.book.rows("schools")}
    for unit in assessment.units:
        for key, value in ((f"grades_{unit.stage}", unit.grades), (f"classes_{unit.stage}", unit.classes)):
            row = rows.get(unit.school_code)
            if value is None and row is not None:
                yield MissingInput(unit.school_name, key, schools[key].header, row.source(key))
    sheet = dictionary.sheet("survey")
    for row in assessment.book.rows("survey"):
        if row.get("sent") is None:
            subject = f"{sheet.name}“{row.text('group')}”"
            yield MissingInput(subject, "sent", sheet.by_key["sent"].header, row.source("sent"))


def edges_table(assessment: Assessment, specs: Specs) -> Table:
    """临界值: every figure whose usual rounding would suggest the other verdict."""
    rows = [
        TableRow({"number": TableCell(str(number), Fraction(number)), **_edge_cells(edge)})
        for number, edge in enumerate(edges(assessment), 1)
    ]
    return Table(specs["edges"], tuple(rows))


def _edge_cells(edge: Edge) -> dict[str, TableCell]:
    places = honest_decimals(edge.value, edge.threshold, edge.comparator, edge.decimals)
    return {
        "subject": text_cell(edge.subject),
        "stage": text_cell(edge.stage),
        "item": TableCell(f"{edge.label}（{edge.unit}）" if edge.unit else edge.label),
        "value": TableCell(fixed(edge.value, places), edge.value),
        "threshold": TableCell(plain(edge.threshold, 10), edge.threshold),
        "verdict": verdict_cell(edge.verdict),
    }


def issues_table(assessment: Assessment, specs: Specs, phrases: PhraseBook) -> Table:
    """采集工作簿疑点: warnings and accepted errors (who, when, why), those of one kind in one row, MOST_ISSUES rows at most.

    The rest, notes and repairs are counted; the county has them all in its workbook with the issues marked.
    """
    book = assessment.book
    found = [
        issue for issue in book.issue_records if issue.severity is not Severity.NOTE and not issue.blocks
    ]
    open_cells = {(m.source.sheet, m.source.cell) for m in missing_inputs(assessment) if m.source}
    weighed = sorted(found, key=lambda issue: _weight(issue, open_cells))
    kinds = joined(weighed)[:MOST_ISSUES]
    rows = [
        TableRow({"number": TableCell(str(number), Fraction(number)), **_issue_cells(issue)})
        for number, (issue, _) in enumerate(kinds, 1)
    ]
    told = phrases.say(
        "issues.rest",
        count=len(found),
        shown=sum(number for _, number in kinds),
        others=phrases.say(
            "issues.others",
            notes=sum(issue.severity is Severity.NOTE for issue in book.issue_records),
            repairs=len(book.repaired),
        ),
    )
    return Table(specs["issues"], tuple(rows), notes=(told,) if rows and told else ())


def _weight(issue: Issue, open_cells: set[tuple[str, str]]) -> int:
    """Accepted errors come first, then what leaves a verdict open, then the other warnings, each in the book's order."""
    if issue.severity is Severity.ERROR:
        return 0
    return 1 if (issue.sheet, issue.cell) in open_cells else 2


def _issue_cells(issue: Issue) -> dict[str, TableCell]:
    place = (
        f"{issue.sheet} {issue.cell}".strip()
    )  # a narrow column breaks at the space, not within the sheet's name
    message = issue.message.removeprefix(issue.place).removeprefix("，")
    return {
        "severity": TableCell(issue.severity.label),
        "place": text_cell(place),
        "message": text_cell(message),
        "accepted": text_cell(issue.accepted),
    }
