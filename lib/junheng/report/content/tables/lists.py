"""The report's lists: failing units, what is no unit, missing inputs, edge values, issues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from junheng.assess.gaps import Edge, Shortfall, edges, missing_inputs, shortfalls
from junheng.assess.model import MissingInput, Unit, Verdict
from junheng.assess.units import certain_miss
from junheng.exact import fixed, honest_decimals, plain
from junheng.report.content.context import CountyContext
from junheng.report.content.failures import failures_by_school, school_figures
from junheng.report.content.model import Table, TableCell
from junheng.report.content.numbers import BLANK, gap_amount, unit_name
from junheng.report.content.tables.basic import basic_gaps
from junheng.report.content.tables.building import (
    Cells,
    grouped,
    indicator_cell,
    number_cell,
    numbered,
    place_cell,
    text_cell,
    verdict_cell,
)
from junheng.workbook.alike import joined
from junheng.workbook.model import Issue, Severity

MOST_ISSUES = 20
"""How many rows of the workbook's issues a report prints."""


def failing_schools_table(context: CountyContext) -> Table:
    """未达标学校清单: every unit that is 未达标, its unmet indicators with value, standard and gap."""
    result = context.assessment.national
    lacking: dict[tuple[str, str], list[Cells]] = {}
    for short in shortfalls(result):
        lacking.setdefault(short.unit.key, []).append(short_cells(short))
    units = {unit.key: unit for unit in result.units if unit.verdict is Verdict.UNMET}
    # Units that fail by no known figure follow those that do.
    ordered = [units[key] for key in (*lacking, *(key for key in units if key not in lacking))]
    rows = grouped(
        (_unit_head(context, number, unit), lacking.get(unit.key) or [_certain_cells(context, unit)])
        for number, unit in enumerate(ordered, 1)
    )
    return Table(context.specs["failing_schools"], rows)


def _unit_head(context: CountyContext, number: int, unit: Unit) -> Cells:
    return {
        "number": place_cell(number),
        "school": unit_name(unit, context.standard),
        "stage": context.standard.stage(unit.stage).name,
        "students": number_cell(unit.students),
    }


def _certain_cells(context: CountyContext, unit: Unit) -> Cells:
    """A unit that fails by no known figure: by the best that its open indicators can still be."""
    missed = "、".join(c.indicator for c in unit.cells.values() if certain_miss(c) is not None)
    blanks = dict.fromkeys(("value", "threshold", "gap"), BLANK)
    return {"indicator": context.say("table.certain", cells=missed), **blanks}


def short_cells(short: Shortfall) -> Cells:
    """Return indicator, value, standard and gap of an unmet indicator."""
    indicator, cell = short.indicator, short.cell
    return {
        "indicator": f"{indicator.id} {indicator.short}（{indicator.unit}）",
        "value": indicator_cell(cell, indicator),
        "threshold": TableCell(plain(cell.threshold), cell.threshold),
        "gap": gap_amount(short.gap, indicator),
    }


def failing_items_table(context: CountyContext) -> Table:
    """Every school that fails an item of its own, under either standard, item by item with what it has and what is asked."""
    phrases = context.wording.phrases
    rows = grouped(
        (
            {"number": place_cell(number), "school": failures[0][1].name},
            [{"item": item.short, "figures": school_figures(own, phrases)} for item, own in failures],
        )
        for number, failures in enumerate(failures_by_school(context.assessment).values(), 1)
    )
    return Table(context.specs["failing_items"], rows)


def excluded_table(context: CountyContext) -> Table:
    """What takes no part in the resource assessment, with the reason."""
    rows = numbered(
        {
            "school": text_cell(entry.school_name),
            "type": text_cell(entry.school_type),
            "students": number_cell(entry.students),
            "reason": text_cell(entry.reason),
        }
        for entry in context.assessment.national.excluded
    )
    return Table(context.specs["excluded"], rows)


def gaps_table(context: CountyContext, more: Iterable[MissingInput] = ()) -> Table:
    """缺少的数据: every input that left something open, and every blank of annex 1.

    `more` are those found elsewhere (the city's tasks).
    """
    missing = (*missing_inputs(context.assessment), *more, *basic_gaps(context), *_row_gaps(context))
    rows = numbered(
        {
            "subject": text_cell(entry.subject),
            "item": text_cell(entry.header),
            "place": f"〔{entry.source.sheet}〕{entry.source.cell}" if entry.source else BLANK,
            "reason": text_cell(entry.reason),
        }
        for entry in dict.fromkeys(missing)
    )
    return Table(context.specs["gaps"], rows)


def _row_gaps(context: CountyContext) -> Iterator[MissingInput]:
    """Blanks of 表Ⅱ-2 (grades and classes) and 表Ⅵ (questionnaires sent) that no verdict hangs on."""
    book, dictionary = context.assessment.book, context.wording.dictionary
    schools = dictionary.sheet("schools").by_key
    rows = {row.text("school_code"): row for row in book.rows("schools")}
    for unit in context.assessment.units:
        for key, value in ((f"grades_{unit.stage}", unit.grades), (f"classes_{unit.stage}", unit.classes)):
            if value is None and unit.school_code in rows:
                source = rows[unit.school_code].source(key)
                yield MissingInput(unit.school_name, key, schools[key].header, source)
    sheet = dictionary.sheet("survey")
    for row in book.rows("survey"):
        if row.get("sent") is None:
            subject = f"{sheet.name}“{row.text('group')}”"
            yield MissingInput(subject, "sent", sheet.by_key["sent"].header, row.source("sent"))


def edges_table(context: CountyContext) -> Table:
    """临界值: every figure whose usual rounding would suggest the other verdict."""
    return Table(context.specs["edges"], numbered(map(_edge_cells, edges(context.assessment))))


def _edge_cells(edge: Edge) -> Cells:
    places = honest_decimals(edge.value, edge.threshold, edge.comparator, edge.decimals)
    return {
        "subject": text_cell(edge.subject),
        "stage": text_cell(edge.stage),
        "item": f"{edge.label}（{edge.unit}）" if edge.unit else edge.label,
        "value": TableCell(fixed(edge.value, places), edge.value),
        "threshold": TableCell(plain(edge.threshold, 10), edge.threshold),
        "verdict": verdict_cell(edge.verdict),
    }


def issues_table(context: CountyContext) -> Table:
    """采集工作簿疑点: warnings and accepted errors (who, when, why), those of one kind in one row, MOST_ISSUES rows at most.

    The rest, notes and repairs are counted; the county has them all in its workbook with the issues marked.
    """
    book = context.assessment.book
    notes = [issue for issue in book.issue_records if issue.severity is Severity.NOTE]
    found = [i for i in book.issue_records if i.severity is not Severity.NOTE and not i.blocks]
    missing = missing_inputs(context.assessment)
    open_cells = {(entry.source.sheet, entry.source.cell) for entry in missing if entry.source}

    def weight(issue: Issue) -> int:
        """Accepted errors come first, then what leaves a verdict open, then the other warnings, as in the book."""
        if issue.severity is Severity.ERROR:
            return 0
        return 1 if (issue.sheet, issue.cell) in open_cells else 2

    kinds = joined(sorted(found, key=weight))[:MOST_ISSUES]
    rows = numbered(_issue_cells(issue) for issue, _ in kinds)
    others = context.say("issues.others", notes=len(notes), repairs=len(book.repaired))
    shown = sum(count for _, count in kinds)
    told = context.say("issues.rest", count=len(found), shown=shown, others=others)
    return Table(context.specs["issues"], rows, notes=(told,) if rows and told else ())


def _issue_cells(issue: Issue) -> Cells:
    return {
        "severity": issue.severity.label,
        # A narrow column breaks at the space, not within the sheet's name.
        "place": text_cell(f"{issue.sheet} {issue.cell}".strip()),
        "message": text_cell(issue.message.removeprefix(issue.place).removeprefix("，")),
        "accepted": text_cell(issue.accepted),
    }
