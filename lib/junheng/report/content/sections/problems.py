"""五、存在问题 and 六、整改要求: the gravest first, grouped so that a county with many failing schools stays readable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.gaps import Shortfall, failing_disparities, missing_inputs, shortfalls
from junheng.assess.model import Disparity, Failure, ItemResult, PartResult, Unit, Verdict
from junheng.exact import ceil_div, in_full, plain
from junheng.params.standard import Indicator
from junheng.report.content.context import Context
from junheng.report.content.model import Block, Paragraph, Table, TableCell, TableRow
from junheng.report.content.numbers import cell_text, cv_text, unit_name, whole_up
from junheng.report.content.phrases import listed
from junheng.report.content.plan import plan_blocks
from junheng.report.content.sections.overview import only_local_failures
from junheng.report.content.statements import item_statement

SHOWN = 5
"""How many schools a problem names before it points to the annex."""


@dataclass(frozen=True)
class Problem:
    """One numbered problem and what is asked for: its sentence, heading for the list, measure and department."""

    text: str
    title: str
    measure: str
    department: str


def problems(context: Context) -> tuple[Block, ...]:
    """五、存在问题, numbered 1. 2. 3."""
    found = list_problems(context)
    if not found:
        return (Paragraph(context.say("problems.none", verdict=context.assessment.national.overall)),)
    return tuple(Paragraph(f"{number}. {problem.text}") for number, problem in enumerate(found, 1))


def rectification(context: Context) -> tuple[Block, ...]:
    """六、整改要求: what is asked, of whom, by when."""
    found = list_problems(context)
    government, deadline = (
        context.assessment.county.government,
        context.wording.city_year.rectification_deadline,
    )
    missing = [Paragraph(context.say("rectify.missing"))] if missing_inputs(context.assessment) else []
    if not found:
        return (Paragraph(context.say("rectify.none", government=government)), *missing)
    lead = Paragraph(context.say("rectify.lead", government=government, deadline=deadline))
    rows = tuple(
        TableRow(
            {
                "number": TableCell(str(number)),
                "problem": TableCell(problem.title),
                "measure": TableCell(problem.measure),
                "department": TableCell(problem.department),
                "deadline": TableCell(deadline),
            }
        )
        for number, problem in enumerate(found, 1)
    )
    return (lead, *missing, Table(context.wording.specs["rectification"], rows), *_plan(context))


def _plan(context: Context) -> tuple[Block, ...]:
    return plan_blocks(context.plan, context.wording.phrases, context.wording.specs) if context.plan else ()


def list_problems(context: Context) -> list[Problem]:
    """Vetoes, then resources by the number of units they fail, then disparity, items, and local items."""
    return [
        *_vetoes(context),
        *_indicators(context),
        *_disparities(context),
        *_items(context),
        *_local_items(context),
    ]


def _vetoes(context: Context) -> Iterator[Problem]:
    for result in context.assessment.national.group("veto"):
        if result.verdict is Verdict.UNMET:
            name = result.item.name
            yield Problem(
                context.say("problems.veto", name=name),
                name,
                context.say("rectify.veto"),
                result.item.department,
            )


def _indicators(context: Context) -> Iterator[Problem]:
    groups: dict[tuple[str, str], list[Shortfall]] = {}
    for short in shortfalls(context.assessment.national):
        groups.setdefault((short.unit.stage, short.indicator.id), []).append(short)
    for group in sorted(groups.values(), key=len, reverse=True):
        yield _indicator_problem(context, sorted(group, key=lambda short: short.gap, reverse=True))


def _indicator_problem(context: Context, group: list[Shortfall]) -> Problem:
    indicator, unit = group[0].indicator, group[0].unit
    stage = context.assessment.national.standard.stage(unit.stage).name
    below = _below(context, unit.stage, indicator)
    text = context.say(
        "problems.indicator",
        stage=stage,
        indicator=indicator.name,
        count=len(group),
        below=sum(below.values()),
        below_said=context.say(
            "problems.below",
            count=len(group),
            below=sum(below.values()),
            allowed=below[Verdict.MET],
            open=below[Verdict.UNKNOWN],
            threshold=indicator.thresholds[unit.stage],
            unit=indicator.unit,
            floor=context.floor,
        ),
        shown=min(SHOWN, len(group)),
        threshold=indicator.thresholds[unit.stage],
        unit=indicator.unit,
        gap=str(sum(ceil_div(short.gap) for short in group)),  # so that the gaps in print add up
        gap_name=indicator.gap_name,
        gap_unit=indicator.gap_unit,
        schools=listed(_school_said(context, short) for short in group[:SHOWN]),
    )
    return Problem(
        text,
        f"{stage}{indicator.name}不足（未达标单元{len(group)}个）",
        indicator.measure,
        indicator.department,
    )


def _below(context: Context, stage: str, indicator: Indicator) -> Counter[Verdict]:
    """Count the units below the standard by their own verdict: what the table beside counts, and why fewer are named."""
    units = context.assessment.national.stage_units(stage)
    return Counter(unit.verdict for unit in units if unit.cells[indicator.id].verdict is Verdict.UNMET)


def _school_said(context: Context, short: Shortfall) -> str:
    indicator: Indicator = short.indicator
    return context.say(
        "problems.school",
        name=unit_name(short.unit, context.assessment.national.standard),
        value=cell_text(short.cell, indicator),
        unit=indicator.unit,
        gap=whole_up(short.gap),
        gap_unit=indicator.gap_unit,
    )


def _disparities(context: Context) -> Iterator[Problem]:
    standard = context.assessment.national.standard
    for row in failing_disparities(context.assessment.national):
        indicator, stage = standard.indicator(row.indicator), standard.stage(row.stage).name
        text = context.say(
            "problems.disparity",
            stage=stage,
            indicator=indicator.name,
            cv=cv_text(row, standard),
            limit=in_full(row.limit or Fraction(0), 2),
            mean=row.mean,
            unit=indicator.unit,
            low=_farthest(context, row),
        )
        measure = context.say("rectify.disparity", low=_farthest(context, row, below=True))
        yield Problem(text, f"{stage}{indicator.name}差异系数超过限值", measure, indicator.department)


def _farthest(context: Context, row: Disparity, below: bool = False, count: int = 3) -> str:
    """Name the units that add most to a coefficient of variation (with `below`, only those under the mean)."""
    result = context.assessment.national
    mean = row.mean or Fraction(0)

    def weight(unit: Unit) -> Fraction:
        return (unit.students or 0) * ((unit.cells[row.indicator].value or Fraction(0)) - mean) ** 2

    units = [
        u for u in result.stage_units(row.stage) if not below or (u.cells[row.indicator].value or 0) < mean
    ]
    return listed(unit_name(u, result.standard) for u in sorted(units, key=weight, reverse=True)[:count])


def _items(context: Context) -> Iterator[Problem]:
    for result in context.assessment.national.items:
        if result.item.group != "veto" and result.verdict is Verdict.UNMET:
            yield _item_problem(context, "problems.item", result)


def _local_items(context: Context) -> Iterator[Problem]:
    for result in only_local_failures(context.assessment.national, context.assessment.local):
        yield _item_problem(context, "problems.item_local", result)


def _item_problem(context: Context, phrase: str, result: ItemResult) -> Problem:
    failing = [
        (part, failure) for part in result.parts for failure in part.failures if part.part.over == "schools"
    ]
    text = context.say(
        phrase,
        name=result.item.short,
        standard=context.assessment.local.standard.title,
        statement=item_statement(result, context.assessment, context.wording.phrases),
        failures=len(failing),
        shown=SHOWN,
        schools=listed(failure_said(context, part, failure) for part, failure in failing[:SHOWN]),
    )
    measure = context.say("rectify.item", name=result.item.name)
    return Problem(text, f"{result.item.short}未达标", measure, result.item.department)


def failure_said(
    context: Context, part: PartResult, failure: Failure, phrase: str = "problems.failure"
) -> str:
    """Say what a school has and what is asked of it."""
    return context.say(
        phrase,
        name=failure.subject,
        part=part.part.name,
        value=_figure(failure.value, part),
        unit=part.part.unit,
        own="是" if part.threshold is None else "否",
        asked=f"{_ASKED[part.part.comparator]}{_figure(failure.threshold, part)}",
    )


_ASKED = {">=": "不少于", "<=": "不超过", ">": "大于", "<": "小于", "==": "为"}


def _figure(value: Fraction | str | None, part: PartResult) -> str:
    if not isinstance(value, Fraction):
        return str(value)
    return plain(value * 100, 4) if part.part.show == "percent" else plain(value, 8)
