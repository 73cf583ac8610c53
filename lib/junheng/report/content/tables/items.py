"""表Ⅳ 政府保障程度, 表Ⅴ 教育质量 and 表Ⅵ 社会认可度 of the standard form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from junheng.assess.model import Assessment, PartResult
from junheng.params.tables import TableSpec
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.content.phrases import PhraseBook
from junheng.report.content.statements import form_statement
from junheng.report.content.tables.building import (
    both_verdicts_cell,
    edge_notes,
    judged_cell,
    label,
    number_cell,
    origin,
    text_cell,
)
from junheng.workbook.model import Row

COUNTS = ("sent", "valid", "satisfied", "visited", "visited_satisfied")
RATES = {"survey": ("satisfied", "valid"), "visit": ("visited_satisfied", "visited")}
"""Column and part of S1 → (satisfied, asked)."""


def items_table(
    assessment: Assessment, phrases: PhraseBook, spec: TableSpec, group: str, both: bool = True
) -> Table:
    """表Ⅳ or 表Ⅴ: an item a row, with the form's blanks filled in and its verdict (with `both`, the local one too)."""
    rows, notes = [], []
    for number, result in enumerate(assessment.national.group(group), 1):
        local = assessment.local.item(result.item.id) if both else result
        statement, beside = form_statement(result, assessment, phrases)
        notes += [phrases.say("blanks.note", number=str(number), text=beside)] if beside else []
        rows.append(
            TableRow(
                {
                    "name": label(f"{number}. {result.item.name}"),
                    "statement": replace(
                        text_cell(statement),
                        origin=origin(assessment, phrases, result.item.id),
                    ),
                    "verdict": both_verdicts_cell(assessment, result.verdict, local.verdict),
                }
            )
        )
    return Table(spec, tuple(rows), notes=(*notes, *edge_notes(row.cells["statement"] for row in rows)))


def social_table(assessment: Assessment, phrases: PhraseBook, spec: TableSpec) -> Table:
    """表Ⅵ: questionnaires and visits, the sum first, then group by group."""
    groups = assessment.book.rows("survey")
    parts = {part.part.id: part for part in assessment.national.item("S1").parts}
    total = {key: _sum(groups, key) for key in COUNTS}
    told = origin(assessment, phrases, "S1")
    judged = {key: replace(cell, origin=told) for key, cell in _judged(total, parts).items()}
    rows = [TableRow({"group": label("计"), **_counts(total), **judged}, kind="total")]
    for position, row in enumerate(groups):
        figures = {key: _number(row, key) for key in COUNTS}
        name = f"{'其中：' if position == 0 else ''}{row.text('group')}"
        rates = {key: number_cell(_rate(figures, key), 1) for key in RATES}
        rows.append(TableRow({"group": label(name), **_counts(figures), **rates}))
    return Table(spec, tuple(rows), notes=edge_notes(rows[0].cells.values()))


def _number(row: Row, key: str) -> Fraction | None:
    content = row.get(key)
    return content if isinstance(content, Fraction) else None


def _sum(rows: Sequence[Row], key: str) -> Fraction | None:
    values = [_number(row, key) for row in rows]
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) if values and len(known) == len(values) else None


def _counts(figures: dict[str, Fraction | None]) -> dict[str, TableCell]:
    return {key: number_cell(figures[key]) for key in COUNTS}


def _rate(figures: dict[str, Fraction | None], key: str) -> Fraction | None:
    satisfied, asked = (figures[name] for name in RATES[key])
    return None if satisfied is None or not asked else satisfied / asked * 100


def _judged(total: dict[str, Fraction | None], parts: dict[str, PartResult]) -> dict[str, TableCell]:
    cells = {}
    for key in RATES:
        part, rate = parts.get(key), _rate(total, key)
        if part is None or not isinstance(part.threshold, Fraction):
            cells[key] = number_cell(rate, 1)
        else:
            cells[key] = judged_cell(rate, part.threshold * 100, part.part.comparator, 1, part.verdict)
    return cells
