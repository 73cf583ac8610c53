"""Parts every table is made of: columns that follow the standard, cells that carry text, number and mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from junheng.assess.model import Assessment, Cell, Result, Unit, Verdict
from junheng.exact import fixed, plain
from junheng.params.standard import Indicator, Standard
from junheng.params.tables import TableColumn, TableSpec
from junheng.report.content.model import Block, FigureOrigin, Mark, Paragraph, Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK, EDGE_MARK, beside_limit, difference, source_places
from junheng.report.content.phrases import PhraseBook, hanzi
from junheng.workbook.model import Source

MARKS: dict[Verdict, Mark] = {Verdict.MET: "", Verdict.UNMET: "unmet", Verdict.UNKNOWN: "unknown"}
Cells = Mapping[str, TableCell | str]
"""The cells of one row by column; a text alone is a cell without number or mark."""


def expanded(spec: TableSpec, standard: Standard, **words: str) -> TableSpec:
    """Return `spec` with its repeated columns written out, one an indicator, and `{words}` in headings and notes.

    `{next}` is the number after the last indicator, so that 综合 stays L8 until the standard grows; `{national}` is
    the standard's title, `{floor}` 85%, `{may_miss}` how many indicators a unit may miss.
    """
    rule = standard.unit_rule
    filling = {
        "next": str(len(standard.indicators) + 1),
        "national": standard.title,
        "floor": f"{plain(rule.floor * 100)}%",
        "may_miss": hanzi(Fraction(rule.may_miss)),
        **words,
    }
    columns: list[TableColumn] = []
    for column in spec.columns:
        if column.repeat == "indicators":
            columns += [_repeated(column, indicator) for indicator in standard.indicators]
        else:
            columns.append(_filled(column, filling))
    notes = tuple(
        tuple(part.model_copy(update={"text": part.text.format(**filling)}) for part in note)
        for note in spec.notes
    )
    return spec.model_copy(update={"columns": tuple(columns), "notes": notes})


def _filled(column: TableColumn, words: Mapping[str, str]) -> TableColumn:
    group = tuple(text.format(**words) for text in column.group)
    return column.model_copy(update={"heading": column.heading.format(**words), "group": group})


def _repeated(column: TableColumn, indicator: Indicator) -> TableColumn:
    words = {"id": indicator.id, "name": indicator.name, "short": indicator.short, "unit": indicator.unit}
    filled = {"key": column.key.format(**words), "heading": column.heading.format(**words), "repeat": None}
    return column.model_copy(update=filled)


def row(cells: Cells, kind: Literal["data", "total"] = "data") -> TableRow:
    """Return a row of these cells."""
    made = {key: cell if isinstance(cell, TableCell) else TableCell(cell) for key, cell in cells.items()}
    return TableRow(made, kind)


def numbered(found: Iterable[Cells]) -> tuple[TableRow, ...]:
    """Return rows with 1, 2, 3 … in their column `number`."""
    return tuple(row({"number": place_cell(number), **cells}) for number, cells in enumerate(found, 1))


def place_cell(number: int) -> TableCell:
    """A number that counts, as a number in Excel."""
    return TableCell(str(number), Fraction(number))


def grouped(groups: Iterable[tuple[Cells, Iterable[Cells]]]) -> tuple[TableRow, ...]:
    """Return the rows of all groups; each group's head stands in its first row and spans them all."""
    found: list[TableRow] = []
    for head, own in groups:
        rows = [row(cells) for cells in own]
        spanning = {key: replace(cell, rows=len(rows)) for key, cell in row(head).cells.items()}
        found += [TableRow({**({} if n else spanning), **each.cells}) for n, each in enumerate(rows)]
    return tuple(found)


def introduced(lead: str, table: Table) -> tuple[Block, ...]:
    """A sentence and the table it speaks of, which is left out where it has no rows."""
    return (Paragraph(lead), *([table] if table.rows else []))


def label(text: str) -> TableCell:
    """A row's label."""
    return TableCell(text, mark="label")


def text_cell(text: str) -> TableCell:
    """A text as it is; an empty one is a visible blank."""
    return TableCell(text or BLANK)


def number_cell(value: Fraction | int | str | None, decimals: int = 0) -> TableCell:
    """A figure no verdict hangs on; a missing one stays a visible blank, marked as open, a hidden one its mark."""
    if value is None:
        return TableCell(BLANK, mark="unknown")
    if isinstance(value, str):
        return TableCell(value)
    return TableCell(fixed(Fraction(value), decimals), Fraction(value))


def share_cell(share: Fraction | None) -> TableCell:
    """A share in per cent, with one decimal."""
    return number_cell(None if share is None else share * 100, 1)


def compared(before: TableCell, now: TableCell, unit: str = "", prefix: str = "") -> Cells:
    """Last year's cell, this year's, and what they differ by as they are printed: 上升, 下降, 持平 or a blank."""
    change = difference(now.text, before.text)
    told = number_cell(None) if change is None else TableCell(change.worded(unit), change.value)
    return {f"{prefix}before": before, f"{prefix}now": now, f"{prefix}change": told}


def indicator_cell(cell: Cell, indicator: Indicator) -> TableCell:
    """The value of an indicator with its verdict."""
    return judged_cell(cell.value, cell.threshold, indicator.comparator, indicator.decimals, cell.verdict)


def judged_cell(
    value: Fraction | None, threshold: Fraction, comparator: str, decimals: int, verdict: Verdict
) -> TableCell:
    """A figure and the verdict that hangs on it: marked when not met or open, with ※ when near its limit."""
    text = beside_limit(value, threshold, comparator, decimals)
    mark = MARKS[verdict]
    return TableCell(text, value, mark or ("edge" if text.endswith(EDGE_MARK) else ""))


def origin(
    assessment: Assessment,
    phrases: PhraseBook,
    what: str,
    where: str = "",
    stage: str = "",
    sources: Iterable[Source | None] = (),
) -> FigureOrigin:
    """Where a figure comes from: its cells, and the call and the command that explain it in full.

    `where`: a school's code; `stage`: the stage of a coefficient, or of a school that has two.
    """
    places = source_places(sources)
    quoted = [f'"{word}"' for word in (what, where) if word] + ([f'stage="{stage}"'] if stage else [])
    words = (assessment.county.code, str(assessment.year), what, where, stage and f"--stage {stage}")
    return FigureOrigin(
        phrases.say("explain.origin", places=places) if places else "",
        phrases.say("explain.in_notebook", asked=", ".join(quoted)),
        phrases.say("explain.in_terminal", asked=" ".join(filter(None, words))),
    )


def unit_origin(assessment: Assessment, phrases: PhraseBook, unit: Unit, indicator: str) -> FigureOrigin:
    """Where a unit's value of an indicator comes from."""
    stage = unit.stage if unit.combined else ""
    return origin(assessment, phrases, indicator, unit.school_code, stage, unit.cells[indicator].sources)


def verdict_cell(verdict: Verdict) -> TableCell:
    """A verdict, set apart when it is not 达标."""
    return TableCell(str(verdict), mark=MARKS[verdict])


VETO_WORDS = {Verdict.MET: "未发现", Verdict.UNMET: "存在", Verdict.UNKNOWN: "无法判定"}
"""What is said of vetoes: 达标 would praise that nothing forbidden was found."""


def aspect_cell(result: Result, aspect: str) -> TableCell:
    """The verdict of an aspect; of the vetoes, whether one was found."""
    verdict: Verdict = getattr(result, aspect)
    text = VETO_WORDS[verdict] if aspect == "veto" else str(verdict)
    return TableCell(text, mark=MARKS[verdict])


def both_verdicts_cell(assessment: Assessment, national: Verdict, local: Verdict) -> TableCell:
    """The national verdict, and the local one on a line of its own where it differs."""
    if national is local:
        return verdict_cell(national)
    sides = ((national, assessment.national.standard), (local, assessment.local.standard))
    text = "\n".join(f"{verdict}（{standard.title.removesuffix('标准')}）" for verdict, standard in sides)
    return TableCell(text, mark=MARKS[worse(national, local)])


def worse(one: Verdict, other: Verdict) -> Verdict:
    """Return the worse of two verdicts that differ."""
    return Verdict.UNMET if Verdict.UNMET in (one, other) else Verdict.UNKNOWN
