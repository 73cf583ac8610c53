"""The pages of 一校一策: a school's seven values, other failed items, what to add, who does it, by when."""

from __future__ import annotations

from collections.abc import Iterator

from junheng.assess.model import MissingInput, Unit, Verdict
from junheng.assess.plans import Line, SchoolPlan, UnitPlan, school_plans
from junheng.exact import fixed, plain
from junheng.params.standard import Item
from junheng.report.content.context import CountyContext
from junheng.report.content.failures import SchoolFailures, failures_by_school, school_figures
from junheng.report.content.model import Block, ContentsList, Heading, Paragraph, Table, TableCell
from junheng.report.content.numbers import BLANK, gap_amount, unit_name
from junheng.report.content.phrases import listed
from junheng.report.content.tables.building import (
    Cells,
    indicator_cell,
    label,
    number_cell,
    numbered,
    row,
    verdict_cell,
)

Items = tuple[tuple[Item, SchoolFailures], ...]
"""The other items a school fails, with what it fails of each."""
FEW = 12
"""A document with more schools than this runs over 15 pages and gets a contents list."""


def chosen(context: CountyContext) -> tuple[SchoolPlan, ...]:
    """The schools that get a page (setting `all_schools` of the year: all)."""
    return school_plans(context.assessment, context.trend, every=context.wording.city_year.all_schools)


def opening(context: CountyContext) -> tuple[Block, ...]:
    """How many schools are meant, and the rule they are judged by."""
    plans, units = chosen(context), context.assessment.units
    point = context.wording.dictionary.school_types["points"]
    points = {unit.school_code for unit in units if unit.school_type == point}
    schools = {unit.school_code for unit in units} - points
    verdicts = [plan.verdict for plan in plans]
    said = context.say(
        "schools.opening",
        assessed=context.say("schools.assessed", schools=len(schools), points=len(points)),
        pages=len(plans),
        unmet=verdicts.count(Verdict.UNMET),
        unknown=verdicts.count(Verdict.UNKNOWN),
        every="是" if context.wording.city_year.all_schools else "否",
    )
    return (Paragraph(said), *([Paragraph(context.say("schools.rule"))] if plans else []))


def contents(context: CountyContext) -> tuple[Block, ...]:
    """A contents list when there are many schools."""
    return (ContentsList(levels=1),) if len(chosen(context)) > FEW else ()


def pages(context: CountyContext) -> tuple[Block, ...]:
    """Every school on a page of its own."""
    found: list[Block] = []
    for number, (plan, items) in enumerate(with_items(context), 1):
        found += _page(context, number, plan, items)
    return tuple(found)


def with_items(context: CountyContext) -> Iterator[tuple[SchoolPlan, Items]]:
    """Yield every chosen school with the items that it or one of its campuses fails."""
    items = failures_by_school(context.assessment)
    for plan in chosen(context):
        # Items are asked of each campus; the school's page has all of them, its own first.
        codes = dict.fromkeys((plan.code, *(code for each in plan.units for code in each.unit.campuses)))
        yield plan, tuple(item for code in codes for item in items.get(code, ()))


def _page(context: CountyContext, number: int, plan: SchoolPlan, items: Items) -> Iterator[Block]:
    yield Heading(1, f"{number}. {plan.name}", page=True)
    yield Paragraph(_facts(context, plan))
    for unit in plan.units:
        yield _indicators_table(context, unit)
        yield Paragraph(_way(context, unit))
    if items:
        phrases = context.wording.phrases
        said = listed(f"{item.short}（{school_figures(school, phrases)}）" for item, school in items)
        yield Paragraph(context.say("schools.others", count=len(items), said=said))
    rows = numbered(measures(context, plan, items))
    if rows:
        yield Table(context.specs["school_measures"], rows)


def _indicators_table(context: CountyContext, plan: UnitPlan) -> Table:
    """Seven values with standard, gap, rank in the county and last year's value."""
    rows = tuple(row(_line_cells(line)) for line in plan.lines)
    title = f"{unit_name(plan.unit, context.standard)}资源配置指标"
    return Table(context.specs["plan"], rows, title=title)


def _line_cells(line: Line) -> Cells:
    indicator, cell = line.indicator, line.cell
    before = "" if line.before is None else fixed(line.before, indicator.decimals)
    return {
        "indicator": label(f"{indicator.id} {indicator.short}（{indicator.unit}）"),
        "value": indicator_cell(cell, indicator),
        "threshold": TableCell(plain(cell.threshold), cell.threshold),
        "verdict": verdict_cell(cell.verdict),
        "gap": TableCell(gap_amount(line.gap, indicator), line.gap) if line.gap else BLANK,
        "rank": BLANK if line.rank is None else f"{line.rank}／{line.ranked}",
        "before": TableCell(before, line.before) if before else number_cell(None),
    }


def _facts(context: CountyContext, plan: SchoolPlan) -> str:
    unit = plan.units[0].unit
    sponsor = context.wording.dictionary.term("sponsor", unit.sponsor)
    stages = (
        context.say(
            "schools.stage",
            stage=context.standard.stage(each.unit.stage).name,
            students=each.unit.students,
            classes=each.unit.classes,
            verdict=str(each.unit.verdict),
            met=each.unit.met_count,
        )
        for each in plan.units
    )
    return context.say(
        "schools.facts",
        code=plan.code,
        type=unit.school_type,
        sponsor=(sponsor and sponsor.name) or unit.sponsor,
        location=unit.location,
        stages="；".join(stages),
    )


def _way(context: CountyContext, plan: UnitPlan) -> str:
    """What to add so that the unit is 达标; in the words of the rule, some may stay at the floor (85%).

    A floor that needs as much as the threshold, once whole people or rooms are counted, is no relief and not named.
    """
    lacking = plan.lacking
    missing = dict.fromkeys(_absent(plan.unit, m) for line in plan.lines for m in line.cell.missing)
    # A floor that needs as many people or rooms as the threshold is no relief (RULES §10: both are rounded up).
    eased = [line for line in lacking if _floor_amount(line) != _amount(line)]
    return context.say(
        "schools.way",
        name=unit_name(plan.unit, context.standard),
        verdict=str(plan.unit.verdict),
        lacking=len(lacking),
        missing=listed(missing),
        gaps=listed(map(_gap, lacking)),
        names=listed(line.indicator.short for line in lacking),
        eased=len(eased),
        reached=sum(not line.floor_gap for line in lacking),
        floors=listed(_floor(context, line) for line in eased),
    )


def _absent(unit: Unit, missing: MissingInput) -> str:
    """Name a missing input; a campus is named with it."""
    whose = "" if missing.subject == unit.school_name else missing.subject
    return f"{whose}“{missing.header}”"


def _amount(line: Line) -> str:
    assert line.gap is not None  # an unmet value has a gap
    return gap_amount(line.gap, line.indicator)


def _floor_amount(line: Line) -> str:
    assert line.floor_gap is not None
    return gap_amount(line.floor_gap, line.indicator)


def _gap(line: Line) -> str:
    return f"{line.indicator.gap_name}{_amount(line)}"


def _floor(context: CountyContext, line: Line) -> str:
    reached = "否" if line.floor_gap else "是"
    return context.say(
        "schools.floor", name=line.indicator.gap_name, amount=_floor_amount(line), reached=reached
    )


def measures(context: CountyContext, plan: SchoolPlan, items: Items) -> Iterator[Cells]:
    """What to do: one row a measure, whichever stages and requirements it is for."""
    asked = [*_resource_measures(context, plan), *_missing_measures(context, plan)]
    for item, _ in items:
        measure = item.measure or context.say("ledger.school_item", name=item.name)
        asked.append((item.short, BLANK, measure, item.department))
    for what, add, measure, department in asked:
        yield {
            "item": what,
            "add": add,
            "measure": measure,
            "department": context.assessment.county.department(department),
            "deadline": context.wording.city_year.rectification_deadline,
        }


def _resource_measures(context: CountyContext, plan: SchoolPlan) -> Iterator[tuple[str, str, str, str]]:
    """(item, what to add, measure, department) of each indicator that a stage lacks, the stages together."""
    lacking: dict[str, list[tuple[UnitPlan, Line]]] = {}
    for unit in plan.units:
        for line in unit.lacking if unit.unit.verdict is not Verdict.MET else ():
            lacking.setdefault(line.indicator.id, []).append((unit, line))
    for lines in lacking.values():
        indicator = lines[0][1].indicator
        gaps = [_gap(line) for _, line in lines]
        if len(plan.units) > 1:
            parts = [context.standard.stage(unit.unit.stage).part_name for unit, _ in lines]
            gaps = [f"{part}：{gap}" for part, gap in zip(parts, gaps, strict=True)]
        yield indicator.short, "；".join(gaps), indicator.measure, indicator.department


def _missing_measures(context: CountyContext, plan: SchoolPlan) -> Iterator[tuple[str, str, str, str]]:
    if any(line.cell.missing for unit in plan.units for line in unit.lines):
        yield "采集数据", BLANK, context.say("schools.send"), plan.units[0].lines[0].indicator.department
