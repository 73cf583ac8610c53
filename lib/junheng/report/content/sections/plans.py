"""The pages of 一校一策: a school's seven values, other failed items, what to add, who does it, by when."""

from __future__ import annotations

from collections.abc import Iterator

from junheng.assess.model import MissingInput, Unit, Verdict
from junheng.assess.plans import Line, SchoolPlan, UnitPlan, school_plans
from junheng.params.standard import Item
from junheng.report.content.census import POINT
from junheng.report.content.context import Context
from junheng.report.content.failures import SchoolFailures, failures_by_school, school_figures
from junheng.report.content.model import Block, Contents, Heading, Paragraph, Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK, gap_amount, unit_name
from junheng.report.content.phrases import listed
from junheng.report.content.tables.plans import plan_table

Items = tuple[tuple[Item, SchoolFailures], ...]
"""The other items a school fails, with what it fails of each."""

FEW = 12
"""A document with more schools than this runs over 15 pages and gets a contents list."""


def chosen(context: Context) -> tuple[SchoolPlan, ...]:
    """The schools that get a page (setting `all_schools` of the year: all)."""
    return school_plans(context.assessment, context.trend, every=context.wording.city_year.all_schools)


def opening(context: Context) -> tuple[Block, ...]:
    """How many schools are meant, and the rule they are judged by."""
    plans = chosen(context)
    points = {unit.school_code for unit in context.assessment.units if unit.school_type == POINT}
    schools = {unit.school_code for unit in context.assessment.units} - points
    verdicts = [plan.verdict for plan in plans]
    said = context.say(
        "schools.opening",
        county=context.county,
        year=str(context.assessment.year),
        assessed=context.say("schools.assessed", schools=len(schools), points=len(points)),
        pages=len(plans),
        unmet=verdicts.count(Verdict.UNMET),
        unknown=verdicts.count(Verdict.UNKNOWN),
        every="是" if context.wording.city_year.all_schools else "否",
    )
    return (Paragraph(said), *([Paragraph(context.say("schools.rule"))] if plans else []))


def contents(context: Context) -> tuple[Block, ...]:
    """A contents list when there are many schools."""
    return (Contents(levels=1),) if len(chosen(context)) > FEW else ()


def pages(context: Context) -> tuple[Block, ...]:
    """Every school on a page of its own."""
    items = failures_by_school(context.assessment)
    return tuple(
        block
        for number, plan in enumerate(chosen(context), 1)
        for block in _page(
            context, number, plan, tuple(i for code in _codes(plan) for i in items.get(code, ()))
        )
    )


def _codes(plan: SchoolPlan) -> tuple[str, ...]:
    """The codes of the school and of its campuses, which some items judge by themselves."""
    return tuple(dict.fromkeys((plan.code, *(code for each in plan.units for code in each.unit.campuses))))


def _page(context: Context, number: int, plan: SchoolPlan, items: Items) -> Iterator[Block]:
    yield Heading(1, f"{number}. {plan.name}", page=True)
    yield Paragraph(_facts(context, plan))
    for unit in plan.units:
        yield plan_table(context.assessment, unit, context.wording.specs)
        yield Paragraph(_way(context, unit))
    if items:
        yield Paragraph(_others(context, items))
    rows = tuple(_rows(context, plan, items))
    if rows:
        yield Table(context.wording.specs["school_measures"], rows)


def _facts(context: Context, plan: SchoolPlan) -> str:
    standard = context.assessment.national.standard
    unit = plan.units[0].unit
    sponsor = context.wording.dictionary.term("sponsor", unit.sponsor)
    stages = "；".join(
        context.say(
            "schools.stage",
            stage=standard.stage(each.unit.stage).name,
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
        stages=stages,
    )


def _way(context: Context, plan: UnitPlan) -> str:
    """What to add so that the unit is 达标; in the words of the rule, some may stay at the floor (85%).

    A floor that needs as much as the threshold, once whole people or rooms are counted, is no relief and not named.
    """
    lacking = plan.lacking
    missing = dict.fromkeys(_absent(plan.unit, m) for line in plan.lines for m in line.cell.missing)
    eased = [line for line in lacking if _floor_amount(line) != _amount(line)]
    return context.say(
        "schools.way",
        name=unit_name(plan.unit, context.assessment.national.standard),
        verdict=str(plan.unit.verdict),
        lacking=len(lacking),
        missing=listed(missing),
        gaps=listed(_gap(line) for line in lacking),
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


def _floor(context: Context, line: Line) -> str:
    return context.say(
        "schools.floor",
        name=line.indicator.gap_name,
        amount=_floor_amount(line),
        reached="否" if line.floor_gap else "是",
    )


def _others(context: Context, items: Items) -> str:
    said = listed(_item_said(context, item, school) for item, school in items)
    return context.say("schools.others", count=len(items), said=said)


def _item_said(context: Context, item: Item, school: SchoolFailures) -> str:
    """An item with all that the school fails of it: 音乐美术专用教室配备（音乐专用教室2间，应不少于3间；……）."""
    return f"{item.short}（{school_figures(school, context.wording.phrases)}）"


def _rows(context: Context, plan: SchoolPlan, items: Items) -> Iterator[TableRow]:
    """What to do: one row a measure, whichever stages and requirements it is for."""
    county, deadline = context.assessment.county, context.wording.city_year.rectification_deadline
    asked = [*_resource_measures(context, plan), *_missing_measures(context, plan)]
    asked += [
        (
            item.short,
            BLANK,
            item.measure or context.say("ledger.school_item", name=item.name),
            item.department,
        )
        for item, _ in items
    ]
    for number, (what, add, measure, department) in enumerate(asked, 1):
        yield _row(number, what, add, measure, county.department(department), deadline)


def _resource_measures(context: Context, plan: SchoolPlan) -> Iterator[tuple[str, str, str, str]]:
    """(item, what to add, measure, department) of each indicator that a stage lacks, the stages together."""
    standard = context.assessment.national.standard
    lacking: dict[str, list[tuple[UnitPlan, Line]]] = {}
    for unit in plan.units:
        for line in unit.lacking if unit.unit.verdict is not Verdict.MET else ():
            lacking.setdefault(line.indicator.id, []).append((unit, line))
    for lines in lacking.values():
        indicator = lines[0][1].indicator
        stages = [
            f"{standard.stage(u.unit.stage).part_name}：" if len(plan.units) > 1 else "" for u, _ in lines
        ]
        add = "；".join(f"{stage}{_gap(line)}" for stage, (_, line) in zip(stages, lines, strict=True))
        yield indicator.short, add, indicator.measure, indicator.department


def _missing_measures(context: Context, plan: SchoolPlan) -> Iterator[tuple[str, str, str, str]]:
    if any(line.cell.missing for unit in plan.units for line in unit.lines):
        yield "采集数据", BLANK, context.say("schools.send"), plan.units[0].lines[0].indicator.department


def _row(number: int, item: str, add: str, measure: str, who: str, deadline: str) -> TableRow:
    texts = {"item": item, "add": add, "measure": measure, "department": who, "deadline": deadline}
    cells = {name: TableCell(text) for name, text in texts.items()}
    return TableRow({"number": TableCell(str(number)), **cells})
