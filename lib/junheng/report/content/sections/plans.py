"""The pages of 一校一策: a school's seven values, other failed items, what to add, who does it, by when."""

from __future__ import annotations

from collections.abc import Iterator

from junheng.assess.model import MissingInput, Unit, Verdict
from junheng.assess.plans import Line, SchoolPlan, UnitPlan, school_plans
from junheng.report.content.context import Context
from junheng.report.content.model import Block, Contents, Heading, Paragraph, Table, TableCell, TableRow
from junheng.report.content.numbers import unit_name, whole_up
from junheng.report.content.phrases import listed
from junheng.report.content.sections.problems import failure_said
from junheng.report.content.tables.plans import plan_table

FEW = 12
"""A document with more schools than this runs over 15 pages and gets a contents list."""


def chosen(context: Context) -> tuple[SchoolPlan, ...]:
    """The schools that get a page (setting `all_schools` of the year: all)."""
    return school_plans(context.assessment, context.trend, every=context.wording.city_year.all_schools)


def opening(context: Context) -> tuple[Block, ...]:
    """How many schools are meant, and the rule they are judged by."""
    plans = chosen(context)
    codes = {unit.school_code for unit in context.assessment.units}
    verdicts = [plan.verdict for plan in plans]
    said = context.say(
        "schools.opening",
        county=context.county,
        year=str(context.assessment.year),
        schools=len(codes),
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
    plans = chosen(context)
    blocks = [block for number, plan in enumerate(plans, 1) for block in _page(context, number, plan)]
    return tuple(blocks)


def _page(context: Context, number: int, plan: SchoolPlan) -> Iterator[Block]:
    yield Heading(1, f"{number}. {plan.name}", page=True)
    yield Paragraph(_facts(context, plan))
    for unit in plan.units:
        yield plan_table(context.assessment, unit, context.wording.specs)
        yield Paragraph(_way(context, unit))
    yield Paragraph(_others(context, plan))
    rows = tuple(_rows(context, plan))
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
    """What to add so that the unit is 达标; in the words of the rule, one indicator may stay at 85%."""
    name = unit_name(plan.unit, context.assessment.national.standard)
    lacking = plan.lacking
    missing = listed(dict.fromkeys(_absent(plan.unit, m) for line in plan.lines for m in line.cell.missing))
    eased = [line for line in lacking if line.floor_gap != line.gap]
    return context.say(
        "schools.way",
        name=name,
        verdict=str(plan.unit.verdict),
        lacking=len(lacking),
        missing=missing,
        gaps=listed(_gap(line) for line in lacking),
        indicator=lacking[0].indicator.short if lacking else "",
        eased=len(eased),
        floors=listed(_floor(context, line) for line in eased),
    )


def _absent(unit: Unit, missing: MissingInput) -> str:
    """Name a missing input; a campus is named with it."""
    whose = "" if missing.subject == unit.school_name else missing.subject
    return f"{whose}“{missing.header}”"


def _gap(line: Line) -> str:
    indicator = line.indicator
    assert line.gap is not None  # an unmet value has a gap
    return f"{indicator.gap_name}{whole_up(line.gap)}{indicator.gap_unit}"


def _floor(context: Context, line: Line) -> str:
    assert line.floor_gap is not None
    amount = whole_up(line.floor_gap)
    return context.say(
        "schools.floor", name=line.indicator.gap_name, amount=int(amount), unit=line.indicator.gap_unit
    )


def _others(context: Context, plan: SchoolPlan) -> str:
    said = listed(
        f"{result.item.short}（{failure_said(context, part, failure, 'schools.failure')}）"
        for result, part, failure in plan.failures
    )
    return context.say("schools.others", count=len(plan.failures), said=said)


def _rows(context: Context, plan: SchoolPlan) -> Iterator[TableRow]:
    deadline = context.wording.city_year.rectification_deadline
    county = context.assessment.county.name
    standard = context.assessment.national.standard
    number = 0
    for unit in plan.units:
        if unit.unit.verdict is Verdict.MET:
            continue
        for line in unit.lacking:
            number += 1
            stage = f"{standard.stage(unit.unit.stage).name}：" if len(plan.units) > 1 else ""
            yield _row(
                number,
                f"{stage}{line.indicator.short}",
                f"补{_gap(line)}",
                line.indicator.measure,
                f"{county}{line.indicator.department}",
                deadline,
            )
        if unit.unit.verdict is Verdict.UNKNOWN:
            number += 1
            who = f"{county}{unit.lines[0].indicator.department}"
            yield _row(number, "采集数据", "——", context.say("schools.send"), who, deadline)
    for result, _part, _failure in plan.failures:
        number += 1
        measure = context.say("ledger.school_item", name=result.item.name)
        yield _row(number, result.item.short, "——", measure, f"{county}{result.item.department}", deadline)


def _row(number: int, item: str, add: str, measure: str, who: str, deadline: str) -> TableRow:
    texts = {"item": item, "add": add, "measure": measure, "department": who, "deadline": deadline}
    cells = {name: TableCell(text) for name, text in texts.items()}
    return TableRow({"number": TableCell(str(number)), **cells})
