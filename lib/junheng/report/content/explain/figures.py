"""How exact figures, places and inputs are written when a number is explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from junheng.assess.trace import Input
from junheng.exact import exactly, fixed, plain, terminating
from junheng.params.tables import TableSpec
from junheng.report.content.model import Mark, Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK
from junheng.report.content.phrases import PhraseBook
from junheng.workbook.model import Source

ABSENT = "（缺）"


def exact_text(value: Any) -> str:
    """Write a figure so that nothing is lost: a finite decimal, or fraction ≈ decimal; a word as it is."""
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "是" if value else "否"
    return exactly(value) if isinstance(value, Fraction) else str(value)


def short_text(value: Any) -> str:
    """Write a figure within an expression: a fraction that is no finite decimal stays a fraction."""
    if isinstance(value, Fraction) and not terminating(value):
        return f"{value.numerator}/{value.denominator}"
    return exact_text(value)


def percent_text(ratio: Fraction | None) -> str:
    """Write a share in per cent with two places, more than in print so that 84.996% is not read as 85.0%."""
    return BLANK if ratio is None else fixed(ratio * 100, 2) if not terminating(ratio) else plain(ratio * 100)


def place_text(source: Source | None, phrases: PhraseBook) -> str:
    """Write file, sheet and cell."""
    return phrases.say("explain.no_place") if source is None else str(source)


def inputs_table(inputs: Iterable[Input], spec: TableSpec, phrases: PhraseBook) -> Table:
    """Every cell that entered the figure: what counted, what it held, where it stands, what was mended."""
    rows = []
    for entry in dict.fromkeys(inputs):
        missing = entry.used is None
        mark: Mark = "unknown" if missing else ""
        rows.append(
            TableRow(
                {
                    "subject": TableCell(entry.subject),
                    "field": TableCell(entry.field.header),
                    "used": TableCell(f"{short_text(entry.used)}{_unit(entry)}", mark=mark),
                    "text": TableCell(entry.value.text or BLANK),
                    "place": TableCell(place_text(entry.value.source, phrases)),
                    "note": TableCell(_note(entry, phrases) or BLANK),
                }
            )
        )
    return Table(spec, tuple(rows))


def _unit(entry: Input) -> str:
    return "" if entry.used is None or not entry.field.unit else entry.field.unit


def _note(entry: Input, phrases: PhraseBook) -> str:
    """Say what was mended on reading, or why something else than the cell's content counted."""
    if entry.used is None:
        return phrases.say("explain.note.missing")
    if entry.value.content is None:
        return phrases.say(
            "explain.note.blank" if entry.field.required == "optional" else "explain.note.foreign"
        )
    if entry.used != entry.value.content:
        return phrases.say("explain.note.foreign")
    return entry.value.repair or ""


def input_text(entry: Input) -> str:
    """Write one input in a line: 教学及辅助用房面积 3000㎡〔学校〕AX12."""
    source = entry.value.source
    place = f"〔{source.sheet}〕{source.cell}" if source else ""
    return f"{entry.field.header}{short_text(entry.used)}{_unit(entry)}{place}"


def headers(inputs: Iterable[Input]) -> Mapping[str, str]:
    """Return the headers of the fields behind a formula, by key."""
    return {entry.field.key: entry.field.header for entry in inputs}
