"""Shortfall and sensitivity as tables: what each unit lacks, which verdicts are near turning, who drives a CV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from junheng.assess.gaps import failing_disparities
from junheng.assess.model import Assessment, Disparity, Verdict
from junheng.assess.sensitivity import Influence, Probe, Sensitivity, influences
from junheng.assess.shortfall import Lack, UnitLack
from junheng.exact import ceil_div, fixed, plain
from junheng.params.dictionary import Dictionary
from junheng.params.tables import TableSpec
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.content.numbers import cell_text, cv_text, difference, unit_name
from junheng.report.content.tables.building import expanded, number_cell, verdict_cell

Specs = Mapping[str, TableSpec]


def lacks_table(lacks: tuple[UnitLack, ...], assessment: Assessment, specs: Specs) -> Table:
    """One row a failing unit and unmet indicator; gaps rounded up, so that adding what is printed is enough."""
    rows = [
        TableRow(_lack_cells(lack, unit_lack, assessment)) for unit_lack in lacks for lack in unit_lack.lacks
    ]
    return Table(expanded(specs["plan_lacks"], assessment.national.standard), tuple(rows))


def _lack_cells(lack: Lack, unit_lack: UnitLack, assessment: Assessment) -> dict[str, TableCell]:
    unit, standard = unit_lack.unit, assessment.national.standard
    return {
        "school": TableCell(unit_name(unit, standard)),
        "stage": TableCell(standard.stage(unit.stage).name),
        "indicator": TableCell(f"{lack.indicator.id} {lack.indicator.short}"),
        "value": TableCell(cell_text(lack.cell, lack.indicator), lack.cell.value),
        "threshold": TableCell(plain(lack.cell.threshold), lack.cell.threshold),
        "gap": _up(lack.gap),
        "floor_gap": _up(lack.floor_gap),
        "school_gap": _up(lack.school_gap),
        "school_floor_gap": _up(lack.school_floor_gap),
        "unit": TableCell(lack.indicator.numerator_unit),
        "row_code": TableCell(lack.row_code),
        "leave": TableCell("可留" if lack.indicator.id in unit_lack.leave else ""),
    }


def _up(value: Fraction) -> TableCell:
    """Two decimals, rounded up; whole as whole."""
    shown = Fraction(ceil_div(value * 100), 100)
    return TableCell(plain(shown), shown)


def flips_table(found: Sensitivity, assessment: Assessment, dictionary: Dictionary, specs: Specs) -> Table:
    """One row a verdict that a small change of one school turns: units first, then coefficients of variation."""
    standard = assessment.national.standard
    names = {unit.school_code: unit.school_name for unit in assessment.units}
    rows = []
    for unit_flip in found.units:
        told = _probe_cells(unit_flip.probe, names, assessment, dictionary)
        told["subject"] = TableCell(f"{unit_name(unit_flip.before, standard)}单元结论")
        told["before"] = verdict_cell(unit_flip.before.verdict)
        told["after"] = verdict_cell(unit_flip.after.verdict)
        rows.append(TableRow(told))
    for flip in found.spreads:
        told = _probe_cells(flip.probe, names, assessment, dictionary)
        place = f"{standard.stage(flip.stage).name}{standard.indicator(flip.indicator).short}"
        told["subject"] = TableCell(f"{place}差异系数")
        told["before"] = verdict_cell(Verdict.UNMET if flip.verdict is Verdict.MET else Verdict.MET)
        told["after"] = verdict_cell(flip.verdict)
        rows.append(TableRow(told))
    return Table(specs["plan_flips"], tuple(rows))


def _probe_cells(
    probe: Probe, names: Mapping[str, str], assessment: Assessment, dictionary: Dictionary
) -> dict[str, TableCell]:
    field = dictionary.sheet("schools").by_key[probe.field]
    verb = "增加" if probe.change > 0 else "减少"
    return {
        "school": TableCell(names[probe.school_code]),
        "stage": TableCell(assessment.national.standard.stage(probe.stage).name),
        "change": TableCell(f"{field.header}{verb}{plain(abs(probe.change))}{field.unit or ''}"),
    }


def influences_table(assessment: Assessment, specs: Specs, most: int = 10) -> Table:
    """For every coefficient of variation above its limit the units that drive it up most."""
    rows = [
        TableRow(_influence_cells(row, influence, assessment))
        for row, influence in _influences(assessment, most)
    ]
    return Table(specs["plan_influences"], tuple(rows))


def _influences(assessment: Assessment, most: int) -> Iterator[tuple[Disparity, Influence]]:
    for row in failing_disparities(assessment.national):
        for influence in influences(assessment, row)[:most]:
            yield row, influence


def _influence_cells(row: Disparity, influence: Influence, assessment: Assessment) -> dict[str, TableCell]:
    standard = assessment.national.standard
    indicator, cell = standard.indicator(row.indicator), influence.unit.cells[row.indicator]
    now, without = cv_text(row, standard), fixed(influence.without, standard.disparity.decimals)
    change = difference(now, without)
    return {
        "stage": TableCell(standard.stage(row.stage).name),
        "indicator": TableCell(f"{indicator.id} {indicator.short}"),
        "cv": TableCell(now, row.cv),
        "school": TableCell(unit_name(influence.unit, standard)),
        "value": TableCell(cell_text(cell, indicator), cell.value),
        "without": TableCell(without, influence.without),
        "change": number_cell(None) if change is None else TableCell(change.plain, change.value),
        "share": TableCell(fixed(influence.share * 100, 1), influence.share * 100),
    }
