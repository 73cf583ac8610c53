"""How exact figures, places and inputs are written when a number is explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from junheng.assess.model import MissingInput, Result
from junheng.assess.trace import Input
from junheng.exact import exactly, fixed, plain, terminating
from junheng.report.content.context import CountyContext
from junheng.report.content.model import Block, Paragraph, Table, TableCell
from junheng.report.content.numbers import BLANK
from junheng.report.content.tables.building import row
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


def plains(texts: Iterable[str]) -> Iterator[Block]:
    """A line each."""
    return (Paragraph(text, "plain") for text in texts)


def steps(texts: Iterable[str]) -> Iterator[Block]:
    """Numbered lines."""
    return plains(f"{number}. {text}" for number, text in enumerate(texts, 1))


def results(context: CountyContext) -> tuple[Result, Result]:
    """The county under the national and the local standard."""
    return context.assessment.national, context.assessment.local


def place_text(source: Source | None, context: CountyContext) -> str:
    """Write file, sheet and cell."""
    return context.say("explain.no_place") if source is None else str(source)


def missing_said(missing: Iterable[MissingInput], context: CountyContext, reasons: bool = False) -> str:
    """Name what is missing and where it should stand."""
    places = (
        f"{m.subject}“{m.header}”{place_text(m.source, context)}{f'（{m.reason}）' if reasons else ''}"
        for m in missing
    )
    return context.say("explain.missing", missing="；".join(places))


def inputs_table(inputs: Iterable[Input], context: CountyContext) -> Table:
    """Every cell that entered the figure: what counted, what it held, where it stands, what was mended."""
    rows = tuple(
        row(
            {
                "subject": entry.subject,
                "field": entry.field.header,
                "used": TableCell(_used(entry), mark="unknown" if entry.used is None else ""),
                "text": entry.value.text or BLANK,
                "place": place_text(entry.value.source, context),
                "note": _note(entry, context) or BLANK,
            }
        )
        for entry in dict.fromkeys(inputs)
    )
    return Table(context.specs["explain_inputs"], rows)


def _used(entry: Input) -> str:
    return short_text(entry.used) + ("" if entry.used is None else entry.field.unit or "")


def _note(entry: Input, context: CountyContext) -> str:
    """Say what was mended on reading, or why something else than the cell's content counted."""
    if entry.used is None:
        return context.say("explain.note.missing")
    if entry.value.content is None and entry.field.required == "optional":
        return context.say("explain.note.blank")
    if entry.used != entry.value.content:
        return context.say("explain.note.foreign")
    return entry.value.repair or ""


def input_text(entry: Input) -> str:
    """Write one input in a line: 教学及辅助用房面积 3000㎡〔学校〕AX12."""
    source = entry.value.source
    place = f"〔{source.sheet}〕{source.cell}" if source else ""
    return f"{entry.field.header}{_used(entry)}{place}"


def headers(inputs: Iterable[Input]) -> Mapping[str, str]:
    """Return the headers of the fields behind a formula, by key."""
    return {entry.field.key: entry.field.header for entry in inputs}
