"""表Ⅳ 政府保障程度, 表Ⅴ 教育质量 and 表Ⅵ 社会认可度 of the standard form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from junheng.assess.model import known_sum
from junheng.report.content.context import CountyContext
from junheng.report.content.model import Table, TableCell
from junheng.report.content.statements import form_statement
from junheng.report.content.tables.building import (
    Cells,
    both_verdicts_cell,
    judged_cell,
    label,
    number_cell,
    origin,
    row,
    text_cell,
)
from junheng.workbook.model import Row

COUNTS = ("sent", "valid", "satisfied", "visited", "visited_satisfied")
RATES = {"survey": ("satisfied", "valid"), "visit": ("visited_satisfied", "visited")}
"""Column and part of S1 → (satisfied, asked)."""
Figures = Mapping[str, Fraction | None]


def items_table(context: CountyContext, form: str, group: str, both: bool = True) -> Table:
    """表Ⅳ or 表Ⅴ: an item a row, with the form's blanks filled in and its verdict (with `both`, the local one too)."""
    assessment, phrases = context.assessment, context.wording.phrases
    rows, notes = [], []
    for number, result in enumerate(assessment.national.group(group), 1):
        statement, beside = form_statement(result, assessment, phrases)
        if beside:
            notes.append(context.say("blanks.note", number=str(number), text=beside))
        local = assessment.local.item(result.item.id) if both else result
        told = origin(assessment, phrases, result.item.id)
        cells = {
            "name": label(f"{number}. {result.item.name}"),
            "statement": replace(text_cell(statement), origin=told),
            "verdict": both_verdicts_cell(assessment, result.verdict, local.verdict),
        }
        rows.append(row(cells))
    return Table(context.specs[form], tuple(rows), notes=tuple(notes))


def social_table(context: CountyContext) -> Table:
    """表Ⅵ: questionnaires and visits, the sum first, then group by group."""
    groups = context.assessment.book.rows("survey")
    total = _sums(groups)
    told = origin(context.assessment, context.wording.phrases, "S1")
    judged = {key: replace(cell, origin=told) for key, cell in _judged(context, total).items()}
    rows = [row({"group": label("计"), **_counts(total), **judged}, "total")]
    for position, each in enumerate(groups):
        figures = _sums([each])
        name = f"{'其中：' if position == 0 else ''}{each.text('group')}"
        rates = {key: number_cell(_rate(figures, key), 1) for key in RATES}
        rows.append(row({"group": label(name), **_counts(figures), **rates}))
    return Table(context.specs["VI"], tuple(rows))


def _sums(rows: Sequence[Row]) -> Figures:
    """Add up each count over these groups; one that is missing, or no group at all, leaves the sum open."""
    numbers = {key: [each.figure(key) for each in rows] for key in COUNTS}
    # [None]: a survey of no group at all has no sum, which known_sum of nothing would call 0.
    return {key: known_sum(found or [None]) for key, found in numbers.items()}


def _counts(figures: Figures) -> Cells:
    return {key: number_cell(figures[key]) for key in COUNTS}


def _rate(figures: Figures, key: str) -> Fraction | None:
    satisfied, asked = (figures[name] for name in RATES[key])
    return None if satisfied is None or not asked else satisfied / asked * 100


def _judged(context: CountyContext, total: Figures) -> dict[str, TableCell]:
    parts = {part.part.id: part for part in context.assessment.national.item("S1").parts}
    cells = {}
    for key in RATES:
        part, rate = parts.get(key), _rate(total, key)
        if part is None or not isinstance(part.threshold, Fraction):
            cells[key] = number_cell(rate, 1)
        else:
            cells[key] = judged_cell(rate, part.threshold * 100, part.part.comparator, 1, part.verdict)
    return cells
