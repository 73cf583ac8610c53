"""Shortfall and sensitivity as tables: what each unit lacks, which verdicts are near turning, who drives a CV."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from junheng.assess.gaps import failing_disparities
from junheng.assess.model import Assessment, Disparity, Verdict
from junheng.assess.sensitivity import Influence, Probe, Sensitivity, influences
from junheng.assess.shortfall import IndicatorLack, UnitLack
from junheng.exact import ceil_div, fixed, plain
from junheng.params.dictionary import Dictionary
from junheng.params.standard import Standard
from junheng.params.tables import TableSpec
from junheng.report.content.model import Table, TableCell
from junheng.report.content.numbers import cell_text, cv_text, difference, unit_name
from junheng.report.content.tables.building import Cells, expanded, number_cell, row, verdict_cell

Specs = Mapping[str, TableSpec]


def lacks_table(lacks: tuple[UnitLack, ...], assessment: Assessment, specs: Specs) -> Table:
    """One row a failing unit and unmet indicator; gaps rounded up, so that adding what is printed is enough."""
    standard = assessment.national.standard
    rows = tuple(row(_lack_cells(lack, own, standard)) for own in lacks for lack in own.lacks)
    return Table(expanded(specs["plan_lacks"], standard), rows)


def _lack_cells(lack: IndicatorLack, own: UnitLack, standard: Standard) -> Cells:
    return {
        "school": unit_name(own.unit, standard),
        "stage": standard.stage(own.unit.stage).name,
        "indicator": f"{lack.indicator.id} {lack.indicator.short}",
        "value": TableCell(cell_text(lack.cell, lack.indicator), lack.cell.value),
        "threshold": TableCell(plain(lack.cell.threshold), lack.cell.threshold),
        "gap": _up(lack.gap),
        "floor_gap": _up(lack.floor_gap),
        "school_gap": _up(lack.school_gap),
        "school_floor_gap": _up(lack.school_floor_gap),
        "unit": lack.indicator.numerator_unit,
        "row_code": lack.row_code,
        "leave": "可留" if lack.indicator.id in own.leave else "",
    }


def _up(value: Fraction) -> TableCell:
    """Two decimals, rounded up; whole as whole."""
    # Rounded up: whoever adds what is printed must reach the threshold.
    shown = Fraction(ceil_div(value * 100), 100)
    return TableCell(plain(shown), shown)


def flips_table(found: Sensitivity, assessment: Assessment, dictionary: Dictionary, specs: Specs) -> Table:
    """One row a verdict that a small change of one school turns: units first, then coefficients of variation."""
    standard = assessment.national.standard
    turned = [
        (flip.probe, f"{unit_name(flip.before, standard)}单元结论", flip.before.verdict, flip.after.verdict)
        for flip in found.units
    ]
    for spread in found.spreads:
        place = f"{standard.stage(spread.stage).name}{standard.indicator(spread.indicator).short}"
        # A coefficient has no open verdict here: what turns, turns from the other one.
        before = Verdict.UNMET if spread.verdict is Verdict.MET else Verdict.MET
        turned.append((spread.probe, f"{place}差异系数", before, spread.verdict))
    names = {unit.school_code: unit.school_name for unit in assessment.units}
    rows = tuple(
        row(
            {
                "school": names[probe.school_code],
                "stage": standard.stage(probe.stage).name,
                "change": _change(probe, dictionary),
                "subject": subject,
                "before": verdict_cell(before),
                "after": verdict_cell(after),
            }
        )
        for probe, subject, before, after in turned
    )
    return Table(specs["plan_flips"], rows)


def _change(probe: Probe, dictionary: Dictionary) -> str:
    field = dictionary.sheet("schools").by_key[probe.field]
    verb = "增加" if probe.change > 0 else "减少"
    return f"{field.header}{verb}{plain(abs(probe.change))}{field.unit or ''}"


def influences_table(assessment: Assessment, specs: Specs, most: int = 10) -> Table:
    """For every coefficient of variation above its limit the units that drive it up most."""
    rows = tuple(
        row(_influence_cells(spread, influence, assessment.national.standard))
        for spread in failing_disparities(assessment.national)
        for influence in influences(assessment, spread)[:most]
    )
    return Table(specs["plan_influences"], rows)


def _influence_cells(spread: Disparity, influence: Influence, standard: Standard) -> Cells:
    indicator, cell = standard.indicator(spread.indicator), influence.unit.cells[spread.indicator]
    now, without = cv_text(spread, standard), fixed(influence.without, standard.disparity.decimals)
    change = difference(now, without)
    return {
        "stage": standard.stage(spread.stage).name,
        "indicator": f"{indicator.id} {indicator.short}",
        "cv": TableCell(now, spread.cv),
        "school": unit_name(influence.unit, standard),
        "value": TableCell(cell_text(cell, indicator), cell.value),
        "without": TableCell(without, influence.without),
        "change": number_cell(None) if change is None else TableCell(change.plain, change.value),
        "share": number_cell(influence.share * 100, 1),
    }
