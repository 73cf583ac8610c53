"""表Ⅱ-1, 表Ⅱ-2 and 表Ⅲ of the standard form, and the same figures for the report's body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from junheng.assess.disparity import COMPOSITE
from junheng.assess.model import Disparity, Result, Unit, Verdict
from junheng.assess.units import certain_miss
from junheng.exact import in_full, plain
from junheng.params.formula_text import SIGN_OF
from junheng.params.standard import Indicator, Stage
from junheng.report.content.context import BaseContext, CountyContext
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK, unit_name
from junheng.report.content.phrases import listed
from junheng.report.content.tables.building import (
    Cells,
    expanded,
    grouped,
    indicator_cell,
    judged_cell,
    label,
    number_cell,
    numbered,
    origin,
    text_cell,
    unit_origin,
    verdict_cell,
)

ALL = Fraction(100)


def consistent(context: CountyContext) -> tuple[str, str]:
    """The school types that are 一贯制."""
    types = context.wording.dictionary.school_types
    return types["nine"], types["twelve"]


def unit_counts_table(context: CountyContext) -> Table:
    """表Ⅱ-1: units that meet each indicator and the whole, in number and per cent, by stage."""
    result = context.assessment.national
    groups: list[tuple[Cells, list[Cells]]] = []
    notes: list[str] = []
    for stage in result.standard.stages:
        units = result.stage_units(stage.id)
        verdicts = {i.id: [u.cells[i.id].verdict for u in units] for i in result.standard.indicators}
        verdicts[COMPOSITE] = [unit.verdict for unit in units]
        counts = {key: _count_cells(found, len(units)) for key, found in verdicts.items()}
        met, shares = ({key: pair[side] for key, pair in counts.items()} for side in (0, 1))
        own: list[Cells] = [
            {"label": label("达标学校总数"), **met},
            {"label": label("达标学校比例（%）"), **shares},
        ]
        groups.append(({"stage": label(stage.name)}, own))
        notes += _open_note(context, stage, verdicts, len(units))
    rows = grouped(groups)
    return Table(expanded(context.specs["II-1"], result.standard), rows, notes=tuple(notes))


def _count_cells(verdicts: Sequence[Verdict], units: int) -> tuple[TableCell, TableCell]:
    """A count and its share of the units; both open while a unit is open, for then the total is not known."""
    if Verdict.UNKNOWN in verdicts:
        return number_cell(None), number_cell(None)
    met = verdicts.count(Verdict.MET)
    if not units:
        return TableCell(BLANK), TableCell(BLANK)
    # Judged against 100%: 1999 of 2000 units are not printed as 100.0%, which would say that all of them pass.
    return number_cell(met), judged_cell(met * ALL / units, ALL, ">=", 1, Verdict.MET)


def _open_note(
    context: CountyContext, stage: Stage, verdicts: Mapping[str, list[Verdict]], units: int
) -> list[str]:
    """Say what is known of columns that stay open, and of a stage that has no units."""
    if not units:
        return [context.say("table.no_units", stage=stage.name)]
    told = [
        context.say(
            "table.known",
            name="综合评估" if key == COMPOSITE else key,
            judged=units - found.count(Verdict.UNKNOWN),
            met=found.count(Verdict.MET),
        )
        for key, found in verdicts.items()
        if Verdict.UNKNOWN in found
    ]
    if not told:
        return []
    return [context.say("table.open_units", stage=stage.name, units=units, known="；".join(told))]


def schools_table(context: CountyContext) -> Table:
    """表Ⅱ-2: every unit with its values, the verdict and which indicators miss, by stage and school code."""
    result = context.assessment.national
    rows: list[TableRow] = []
    for stage in result.standard.stages:
        if units := result.stage_units(stage.id):
            rows.append(TableRow(kind="group", text=f"{stage.name}（{len(units)}个评估单元）"))
            rows += numbered(_unit_cells(context, unit) for unit in units)
    notes = (*_unit_notes(context), _sponsor_note(context))
    return Table(expanded(context.specs["II-2"], result.standard), tuple(rows), notes=notes)


def _unit_cells(context: CountyContext, unit: Unit) -> Cells:
    assessment, phrases = context.assessment, context.wording.phrases
    standard = assessment.national.standard
    values = {
        i.id: replace(
            indicator_cell(unit.cells[i.id], i), origin=unit_origin(assessment, phrases, unit, i.id)
        )
        for i in standard.indicators
    }
    return {
        "school": text_cell(unit_name(unit, standard)),
        "sponsor": text_cell(unit.sponsor),
        "students": number_cell(unit.students),
        "grades": number_cell(unit.grades),
        "classes": number_cell(unit.classes),
        **values,
        "verdict": verdict_cell(unit.verdict),
        "remark": _remark(context, unit),
    }


def _remark(context: CountyContext, unit: Unit) -> str:
    """Say which indicators miss, which of these reach the floor of 85%, and which stay open."""
    floor = context.assessment.national.standard.unit_rule.floor
    cells = unit.cells.values()
    unmet = [cell for cell in cells if cell.verdict is Verdict.UNMET]
    near = [cell.indicator for cell in unmet if cell.ratio is not None and cell.ratio >= floor]
    unknown = [cell for cell in cells if cell.verdict is Verdict.UNKNOWN]
    certain = [c.indicator for c in unknown if unit.verdict is Verdict.UNMET and certain_miss(c) is not None]
    said = context.say(
        "table.remark",
        met=unit.met_count,
        total=len(unit.cells),
        unmet="、".join(cell.indicator for cell in unmet),
        unmet_count=len(unmet),
        near="、".join(near),
        near_count=len(near),
        unknown="、".join(cell.indicator for cell in unknown),
        unknown_count=len(unknown),
    )
    if certain:
        said += context.say("table.remark_certain", cells="、".join(certain))
    exceptions = sorted({cell.exception for cell in cells if cell.exception})
    return said + "".join(context.say("table.remark_exception", id=used) for used in exceptions)


def _unit_notes(context: CountyContext) -> Iterator[str]:
    """Count the units of each stage and the kinds among them that are named in the form's foot notes."""
    result = context.assessment.national
    least = result.standard.unit_rule.minimum_students
    kinds, complete = consistent(context), context.wording.dictionary.school_types["complete"]
    for stage in result.standard.stages:
        types = [unit.school_type for unit in result.stage_units(stage.id)]
        yield context.say(
            f"table.units_{stage.id}",
            units=len(types),
            consistent=sum(kind in kinds for kind in types),
            points=sum(kind in least for kind in types),
            least=min(least.values(), default=Fraction(0)),
            complete=types.count(complete),
        )


def _sponsor_note(context: CountyContext) -> str:
    """The codes of sponsors that stand in the table."""
    used = {unit.sponsor for unit in context.assessment.units}
    terms = context.wording.dictionary.vocabularies["sponsor"]
    codes = "，".join(f"{term.value} {term.label}" for term in terms if term.value in used)
    return context.say("table.sponsors", codes=codes)


def spread_table(context: CountyContext) -> Table:
    """表Ⅲ: the county's mean and coefficient of variation of each indicator, by stage."""
    assessment, result = context.assessment, context.assessment.national
    groups: list[tuple[Cells, list[Cells]]] = []
    for stage in result.standard.stages:
        spread = {row.indicator: row for row in result.disparities if row.stage == stage.id}
        # A stage without units keeps its rows in the form, each cell a visible blank.
        blanks = dict.fromkeys((*(i.id for i in result.standard.indicators), COMPOSITE), BLANK)
        means = {
            i.id: number_cell(spread[i.id].mean, i.decimals) for i in result.standard.indicators if spread
        }
        spreads = {}
        for key, row in spread.items():
            asked = f"CV-{'综合' if key == COMPOSITE else key}"
            told = origin(assessment, context.wording.phrases, asked, stage=row.stage)
            cell = spread_cell(result, row) if result.has_peers(stage.id) else TableCell(BLANK)
            spreads[key] = replace(cell, origin=told)
        own: list[Cells] = [
            {"label": label("全县平均值"), **blanks, **means},
            {"label": label("差异系数"), **blanks, **spreads},
        ]
        groups.append(({"stage": label(stage.name)}, own))
    rows = grouped(groups)
    limits = context.say("table.limits", limits=limits_said(context))
    notes = (limits, *_stage_notes(context), _undefined_note(context))
    return Table(expanded(context.specs["III"], result.standard), rows, notes=notes)


def spread_cell(result: Result, row: Disparity) -> TableCell:
    """A coefficient of variation, marked by its verdict."""
    places = result.standard.disparity.decimals
    if row.undefined:
        return TableCell(BLANK)
    if row.limit is None or row.verdict is None:
        return number_cell(row.cv, places)
    return judged_cell(row.cv, row.limit, "<=", places, row.verdict)


def limits_said(context: BaseContext) -> str:
    """The limits of coefficients of variation, stage by stage."""
    limits = context.standard.disparity.limits
    return "、".join(
        context.say("table.limit", stage=stage.name, limit=in_full(limits[stage.id], 2))
        for stage in context.standard.stages
    )


def single_stages(result: Result) -> list[str]:
    """The names of the stages that have one unit alone, among whose schools nothing differs."""
    return [stage.name for stage in result.standard.stages if len(result.stage_units(stage.id)) == 1]


def _stage_notes(context: CountyContext) -> Iterator[str]:
    """Say why a stage has no coefficients: no unit, or one alone."""
    result = context.assessment.national
    for stage in result.standard.stages:
        if not result.stage_units(stage.id):
            yield context.say("table.no_units", stage=stage.name)
    if stages := single_stages(result):
        yield context.say("table.single_units", stages=listed(stages), count=len(stages))


def _undefined_note(context: CountyContext) -> str:
    """Say which coefficients do not exist because nobody has any of the resource; never called missing data."""
    names = "、".join(
        f"{context.standard.stage(row.stage).name}{row.indicator}"
        for row in context.assessment.national.disparities
        if row.undefined and row.indicator != COMPOSITE
    )
    return context.say("table.undefined", names=names)


def resource_table(context: CountyContext) -> Table:
    """For the body: how many units meet each indicator, by stage, with the standard beside it."""
    result = context.assessment.national
    rows = grouped(
        (
            {"stage": label(stage.name)},
            [_resource_cells(result, stage, i) for i in result.standard.indicators],
        )
        for stage in result.standard.stages
        if result.stage_units(stage.id)
    )
    return Table(context.specs["resource"], rows)


def _resource_cells(result: Result, stage: Stage, indicator: Indicator) -> Cells:
    verdicts = [unit.cells[indicator.id].verdict for unit in result.stage_units(stage.id)]
    known = [verdict for verdict in verdicts if verdict is not Verdict.UNKNOWN]
    met, rate = _count_cells(known, len(verdicts))
    sign, threshold = SIGN_OF[indicator.comparator], plain(indicator.thresholds[stage.id])
    return {
        "indicator": f"{indicator.id} {indicator.name}",
        "threshold": f"{sign}{threshold}{indicator.unit}",
        "met": met,
        "rate": rate if len(known) == len(verdicts) else number_cell(None),
        "open": number_cell(len(verdicts) - len(known)),
    }


def disparity_table(context: CountyContext) -> Table:
    """For the body: mean, coefficient of variation, limit and verdict of each indicator, by stage."""
    result = context.assessment.national
    rows = grouped(
        (
            {"stage": label(stage.name)},
            [_disparity_cells(result, row) for row in result.disparities if row.stage == stage.id],
        )
        for stage in result.standard.stages
        if result.has_peers(stage.id)
    )
    return Table(context.specs["disparity"], rows, notes=(_undefined_note(context),))


def _disparity_cells(result: Result, row: Disparity) -> Cells:
    cells: dict[str, TableCell | str] = {"indicator": "综合", "mean": BLANK, "limit": BLANK}
    if row.indicator != COMPOSITE and row.limit is not None:
        indicator = result.standard.indicator(row.indicator)
        cells["indicator"] = f"{indicator.id} {indicator.name}"
        cells["mean"] = number_cell(row.mean, indicator.decimals)
        cells["limit"] = f"≤{in_full(row.limit, 2)}"
    verdict = BLANK if row.verdict is None else verdict_cell(row.verdict)
    return {**cells, "cv": spread_cell(result, row), "verdict": verdict}
