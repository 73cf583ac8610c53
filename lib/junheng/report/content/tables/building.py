"""Parts every table is made of: columns that follow the standard, cells that carry text, number and mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from junheng.assess.model import Assessment, Unit, Verdict
from junheng.exact import fixed, plain
from junheng.params.standard import Indicator, Standard
from junheng.params.tables import Column, TableSpec
from junheng.report.content.model import Mark, Origin, TableCell
from junheng.report.content.numbers import BLANK, EDGE_MARK, beside_limit, source_places
from junheng.report.content.phrases import PhraseBook, hanzi
from junheng.workbook.model import Source

MARKS: dict[Verdict, Mark] = {Verdict.MET: "", Verdict.UNMET: "unmet", Verdict.UNKNOWN: "unknown"}
EDGE_NOTE = f"{EDGE_MARK}为临界值：按规定位数修约会与结论相矛盾，故增加小数位数，结论以精确值为准。"


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
    columns: list[Column] = []
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


def _filled(column: Column, words: Mapping[str, str]) -> Column:
    group = tuple(text.format(**words) for text in column.group)
    return column.model_copy(update={"heading": column.heading.format(**words), "group": group})


def _repeated(column: Column, indicator: Indicator) -> Column:
    words = {"id": indicator.id, "name": indicator.name, "short": indicator.short, "unit": indicator.unit}
    filled = {"key": column.key.format(**words), "heading": column.heading.format(**words), "repeat": None}
    return column.model_copy(update=filled)


def label(text: str, rows: int = 1) -> TableCell:
    """A row's label, over `rows` rows."""
    return TableCell(text, mark="label", rows=rows)


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
) -> Origin:
    """Where a figure comes from: its cells, and the call and the command that explain it in full.

    `where`: a school's code; `stage`: the stage of a coefficient, or of a school that has two.
    """
    places = source_places(sources)
    quoted = [f'"{word}"' for word in (what, where) if word] + ([f'stage="{stage}"'] if stage else [])
    words = (assessment.county.code, str(assessment.year), what, where, stage and f"--stage {stage}")
    return Origin(
        phrases.say("explain.origin", places=places) if places else "",
        phrases.say("explain.in_notebook", asked=", ".join(quoted)),
        phrases.say("explain.in_terminal", asked=" ".join(filter(None, words))),
    )


def unit_origin(assessment: Assessment, phrases: PhraseBook, unit: Unit, indicator: str) -> Origin:
    """Where a unit's value of an indicator comes from."""
    stage = unit.stage if unit.combined else ""
    return origin(assessment, phrases, indicator, unit.school_code, stage, unit.cells[indicator].sources)


def verdict_cell(verdict: Verdict) -> TableCell:
    """A verdict, set apart when it is not 达标."""
    return TableCell(str(verdict), mark=MARKS[verdict])


VETO_WORDS = {Verdict.MET: "未发现", Verdict.UNMET: "存在", Verdict.UNKNOWN: "无法判定"}
"""What is said of vetoes: 达标 would praise that nothing forbidden was found."""


def veto_cell(verdict: Verdict) -> TableCell:
    """Whether a veto was found, set apart when it was or is open."""
    return TableCell(VETO_WORDS[verdict], mark=MARKS[verdict])


def both_verdicts_cell(assessment: Assessment, national: Verdict, local: Verdict) -> TableCell:
    """The national verdict, and the local one only where it differs: 达标（国家）／未达标（济宁市）."""
    if national is local:
        return verdict_cell(national)
    sides = ((national, assessment.national.standard), (local, assessment.local.standard))
    text = "／".join(f"{verdict}（{standard.title.removesuffix('标准')}）" for verdict, standard in sides)
    return TableCell(
        text, mark=MARKS[Verdict.UNMET if Verdict.UNMET in (national, local) else Verdict.UNKNOWN]
    )


def edge_notes(cells: Iterable[TableCell]) -> tuple[str, ...]:
    """The note on ※, when any of `cells` bears it."""
    return (EDGE_NOTE,) if any(EDGE_MARK in cell.text for cell in cells) else ()
