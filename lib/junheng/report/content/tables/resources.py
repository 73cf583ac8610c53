"""表Ⅱ-1, 表Ⅱ-2 and 表Ⅲ of the standard form, and the same figures for the report's body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from junheng.assess.disparity import COMPOSITE
from junheng.assess.model import Assessment, Disparity, Result, Unit, Verdict
from junheng.assess.units import certain_miss
from junheng.exact import in_full, plain
from junheng.params.dictionary import Dictionary
from junheng.params.standard import Indicator, Stage
from junheng.params.tables import TableSpec
from junheng.report.content.census import ORDINARY
from junheng.report.content.model import Origin, Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK, unit_name
from junheng.report.content.phrases import PhraseBook
from junheng.report.content.tables.building import (
    edge_notes,
    expanded,
    judged_cell,
    label,
    number_cell,
    origin,
    text_cell,
    unit_origin,
    verdict_cell,
)

ALL = Fraction(100)
CONSISTENT = (ORDINARY["nine"], ORDINARY["twelve"])


def unit_counts_table(assessment: Assessment, phrases: PhraseBook, spec: TableSpec) -> Table:
    """表Ⅱ-1: units that meet each indicator and the whole, in number and per cent, by stage."""
    result = assessment.national
    rows: list[TableRow] = []
    notes: list[str] = []
    for stage in result.standard.stages:
        verdicts = _stage_verdicts(result, stage)
        units = len(result.stage_units(stage.id))
        counts = {key: _count_cells(list(found), units) for key, found in verdicts.items()}
        rows += [
            TableRow({"stage": label(stage.name, 2), "label": label("达标学校总数"), **_column(counts, 0)}),
            TableRow({"label": label("达标学校比例（%）"), **_column(counts, 1)}),
        ]
        notes += _open_note(phrases, stage, verdicts, units)
    return Table(expanded(spec, result.standard), tuple(rows), notes=(*notes, *_row_edges(rows)))


def _stage_verdicts(result: Result, stage: Stage) -> dict[str, tuple[Verdict, ...]]:
    units = result.stage_units(stage.id)
    found = {i.id: tuple(u.cells[i.id].verdict for u in units) for i in result.standard.indicators}
    return {**found, COMPOSITE: tuple(unit.verdict for unit in units)}


def _count_cells(verdicts: list[Verdict], units: int) -> tuple[TableCell, TableCell]:
    """A count and its share of the units; both open while a unit is open, for then the total is not known."""
    if Verdict.UNKNOWN in verdicts:
        return number_cell(None), number_cell(None)
    met = verdicts.count(Verdict.MET)
    if not units:
        return number_cell(0), TableCell(BLANK)
    share = judged_cell(met * ALL / units, ALL, ">=", 1, Verdict.MET)
    return number_cell(met), share


def _column(cells: Mapping[str, tuple[TableCell, TableCell]], side: int) -> dict[str, TableCell]:
    return {key: pair[side] for key, pair in cells.items()}


def _open_note(
    phrases: PhraseBook, stage: Stage, verdicts: Mapping[str, tuple[Verdict, ...]], units: int
) -> list[str]:
    """Say what is known of columns that stay open."""
    told = []
    for key, found in verdicts.items():
        if Verdict.UNKNOWN in found:
            name = "综合评估" if key == COMPOSITE else key
            known, met = units - found.count(Verdict.UNKNOWN), found.count(Verdict.MET)
            told.append(f"{name}已判定{known}个、达标{met}个")
    if not told:
        return []
    return [phrases.say("table.open_units", stage=stage.name, units=units, known="；".join(told))]


def _row_edges(rows: list[TableRow]) -> tuple[str, ...]:
    return edge_notes(cell for row in rows for cell in row.cells.values())


def schools_table(
    assessment: Assessment, dictionary: Dictionary, phrases: PhraseBook, spec: TableSpec
) -> Table:
    """表Ⅱ-2: every unit with its values, the verdict and which indicators miss, by stage and school code."""
    result = assessment.national
    rows: list[TableRow] = []
    for stage in result.standard.stages:
        units = result.stage_units(stage.id)
        rows.append(TableRow(kind="group", text=f"{stage.name}（{len(units)}个评估单元）"))
        rows += [TableRow(_unit_cells(assessment, phrases, unit, n)) for n, unit in enumerate(units, 1)]
    notes = (*_row_edges(rows), *_unit_notes(result, phrases), *_sponsor_note(dictionary, result))
    return Table(expanded(spec, result.standard), tuple(rows), notes=notes)


def _unit_cells(assessment: Assessment, phrases: PhraseBook, unit: Unit, number: int) -> dict[str, TableCell]:
    result = assessment.national
    cells = {
        "number": TableCell(str(number), Fraction(number)),
        "school": text_cell(unit_name(unit, result.standard)),
        "sponsor": text_cell(unit.sponsor),
        "students": number_cell(unit.students),
        "grades": number_cell(unit.grades),
        "classes": number_cell(unit.classes),
    }
    for indicator in result.standard.indicators:
        cell = unit.cells[indicator.id]
        shown = judged_cell(
            cell.value, cell.threshold, indicator.comparator, indicator.decimals, cell.verdict
        )
        cells[indicator.id] = replace(shown, origin=unit_origin(assessment, phrases, unit, indicator.id))
    remark = TableCell(_remark(result, phrases, unit))
    return {**cells, "verdict": verdict_cell(unit.verdict), "remark": remark}


def _remark(result: Result, phrases: PhraseBook, unit: Unit) -> str:
    """Say which indicators miss, which of these reach the floor of 85%, and which stay open."""
    floor = result.standard.unit_rule.floor
    unmet = [cell for cell in unit.cells.values() if cell.verdict is Verdict.UNMET]
    near = [cell for cell in unmet if cell.ratio is not None and cell.ratio >= floor]
    unknown = [cell for cell in unit.cells.values() if cell.verdict is Verdict.UNKNOWN]
    certain = [c.indicator for c in unknown if unit.verdict is Verdict.UNMET and certain_miss(c) is not None]
    exceptions = sorted({cell.exception for cell in unit.cells.values() if cell.exception})
    said = phrases.say(
        "table.remark",
        met=unit.met_count,
        total=len(unit.cells),
        unmet="、".join(cell.indicator for cell in unmet),
        unmet_count=len(unmet),
        near="、".join(cell.indicator for cell in near),
        near_count=len(near),
        unknown="、".join(cell.indicator for cell in unknown),
        unknown_count=len(unknown),
        floor=f"{plain(floor * 100)}%",
    )
    if certain:
        said += phrases.say("table.remark_certain", cells="、".join(certain))
    return said + "".join(phrases.say("table.remark_exception", id=used) for used in exceptions)


def _unit_notes(result: Result, phrases: PhraseBook) -> Iterator[str]:
    """Count the units of each stage and the kinds among them that are named in the form's foot notes."""
    least = result.standard.unit_rule.minimum_students
    for stage in result.standard.stages:
        units = result.stage_units(stage.id)
        yield phrases.say(
            f"table.units_{stage.id}",
            units=len(units),
            consistent=sum(unit.school_type in CONSISTENT for unit in units),
            points=sum(unit.school_type in least for unit in units),
            least=min(least.values(), default=Fraction(0)),
            complete=sum(unit.school_type == ORDINARY["complete"] for unit in units),
        )


def _sponsor_note(dictionary: Dictionary, result: Result) -> tuple[str, ...]:
    """The codes of sponsors that stand in the table."""
    used = {unit.sponsor for unit in result.units}
    terms = [term for term in dictionary.vocabularies["sponsor"] if term.value in used]
    return (
        (f"举办者类型代码：{'，'.join(f'{term.value} {term.label}' for term in terms)}。",) if terms else ()
    )


def spread_table(assessment: Assessment, phrases: PhraseBook, spec: TableSpec) -> Table:
    """表Ⅲ: the county's mean and coefficient of variation of each indicator, by stage."""
    result = assessment.national
    rows: list[TableRow] = []
    for stage in result.standard.stages:
        spread = {row.indicator: row for row in result.disparities if row.stage == stage.id}
        means = {i.id: _mean_cell(spread.get(i.id), i) for i in result.standard.indicators}
        spreads = {
            key: replace(spread_cell(result, row), origin=_spread_origin(assessment, phrases, row))
            for key, row in spread.items()
        }
        blanks = {key: TableCell(BLANK) for key in (*means, COMPOSITE)}
        rows += [
            TableRow({"stage": label(stage.name, 2), "label": label("全县平均值"), **blanks, **means}),
            TableRow({"label": label("差异系数"), **blanks, **spreads}),
        ]
    return Table(
        expanded(spec, result.standard),
        tuple(rows),
        notes=(*_limit_note(result), *_undefined_note(result), *_row_edges(rows)),
    )


def _spread_origin(assessment: Assessment, phrases: PhraseBook, row: Disparity) -> Origin:
    asked = "综合" if row.indicator == COMPOSITE else row.indicator
    return origin(assessment, phrases, f"CV-{asked}", stage=row.stage)


def _mean_cell(row: Disparity | None, indicator: Indicator) -> TableCell:
    return TableCell(BLANK) if row is None else number_cell(row.mean, indicator.decimals)


def spread_cell(result: Result, row: Disparity) -> TableCell:
    """A coefficient of variation, marked by its verdict."""
    places = result.standard.disparity.decimals
    if row.undefined:
        return TableCell(BLANK)
    if row.limit is None or row.verdict is None:
        return number_cell(row.cv, places)
    return judged_cell(row.cv, row.limit, "<=", places, row.verdict)


def _limit_note(result: Result) -> tuple[str, ...]:
    limits = result.standard.disparity.limits
    told = "、".join(f"{stage.name}不大于{in_full(limits[stage.id], 2)}" for stage in result.standard.stages)
    return (f"差异系数限值：{told}；综合差异系数为各指标差异系数的平均值，不设限值。",)


def _undefined_note(result: Result) -> tuple[str, ...]:
    """Say which coefficients do not exist because nobody has any of the resource; never called missing data."""
    told = "、".join(
        f"{result.standard.stage(row.stage).name}{row.indicator}"
        for row in result.disparities
        if row.undefined and row.indicator != COMPOSITE
    )
    return (f"{told}全县平均值为0，差异系数没有意义，印作“{BLANK}”，不作判定。",) if told else ()


def resource_table(assessment: Assessment, specs: Mapping[str, TableSpec]) -> Table:
    """For the body: how many units meet each indicator, by stage, with the standard beside it."""
    result = assessment.national
    rows: list[TableRow] = []
    for stage in result.standard.stages:
        for position, indicator in enumerate(result.standard.indicators):
            verdicts = [unit.cells[indicator.id].verdict for unit in result.stage_units(stage.id)]
            head = {} if position else {"stage": label(stage.name, len(result.standard.indicators))}
            rows.append(TableRow({**head, **_resource_cells(stage, indicator, verdicts)}))
    return Table(specs["resource"], tuple(rows), notes=_row_edges(rows))


def _resource_cells(stage: Stage, indicator: Indicator, verdicts: list[Verdict]) -> dict[str, TableCell]:
    open_units = verdicts.count(Verdict.UNKNOWN)
    met, rate = _count_cells([v for v in verdicts if v is not Verdict.UNKNOWN], len(verdicts))
    sign = {">=": "≥", "<=": "≤"}[indicator.comparator]
    return {
        "indicator": TableCell(f"{indicator.id} {indicator.name}"),
        "threshold": TableCell(f"{sign}{plain(indicator.thresholds[stage.id])}{indicator.unit}"),
        "met": met,
        "rate": number_cell(None) if open_units else rate,
        "open": number_cell(open_units),
    }


def disparity_table(assessment: Assessment, specs: Mapping[str, TableSpec]) -> Table:
    """For the body: mean, coefficient of variation, limit and verdict of each indicator, by stage."""
    result = assessment.national
    rows: list[TableRow] = []
    for stage in result.standard.stages:
        spread = [row for row in result.disparities if row.stage == stage.id]
        for position, row in enumerate(spread):
            head = {} if position else {"stage": label(stage.name, len(spread))}
            rows.append(TableRow({**head, **_disparity_cells(result, row)}))
    return Table(specs["disparity"], tuple(rows), notes=(*_undefined_note(result), *_row_edges(rows)))


def _disparity_cells(result: Result, row: Disparity) -> dict[str, TableCell]:
    name, mean, limit = "综合", TableCell(BLANK), TableCell(BLANK)
    if row.indicator != COMPOSITE and row.limit is not None:
        indicator = result.standard.indicator(row.indicator)
        name, mean = f"{indicator.id} {indicator.name}", _mean_cell(row, indicator)
        limit = TableCell(f"≤{in_full(row.limit, 2)}")
    verdict = TableCell(BLANK) if row.verdict is None else verdict_cell(row.verdict)
    return {
        "indicator": TableCell(name),
        "mean": mean,
        "cv": spread_cell(result, row),
        "limit": limit,
        "verdict": verdict,
    }
