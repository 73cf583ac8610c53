"""Problems, the gravest first, grouped so that a county with many failing schools stays readable, and what is asked for or planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.gaps import Shortfall, failing_disparities, missing_inputs, rounded_up, shortfalls
from junheng.assess.items import OF_SCHOOLS
from junheng.assess.model import Disparity, ItemResult, Verdict
from junheng.assess.sensitivity import Influence, influences
from junheng.exact import fixed, in_full
from junheng.params.standard import Indicator
from junheng.report.content.context import CountyContext
from junheng.report.content.failures import failed_parts, failures_said, school_failures, school_said
from junheng.report.content.model import Block, Paragraph, Table
from junheng.report.content.numbers import amount_said, cell_text, cv_text, gap_amount
from junheng.report.content.phrases import listed
from junheng.report.content.plan import plan_blocks
from junheng.report.content.sections.overview import only_local_failures
from junheng.report.content.statements import sentence
from junheng.report.content.tables.building import introduced, numbered
from junheng.report.content.tables.tasks import responsible

SHOWN = 5
"""How many schools a problem names before it points to the annex."""
DRIVERS = 3
"""How many schools a coefficient of variation above its limit names."""


@dataclass(frozen=True)
class Problem:
    """One numbered problem and what is asked for: its sentence, heading for the list, measure and department."""

    text: str
    title: str
    measure: str
    department: str

    def asked(self, context: CountyContext) -> dict[str, str]:
        """What is wrong, what is asked for, of whom and by when, as a row."""
        return _asked(
            context, self.title, self.measure, context.assessment.county.department(self.department)
        )


def _asked(context: CountyContext, problem: str, measure: str, department: str) -> dict[str, str]:
    deadline = context.wording.city_year.rectification_deadline
    return {"problem": problem, "measure": measure, "department": department, "deadline": deadline}


def problems(context: CountyContext) -> tuple[Block, ...]:
    """五、存在问题, numbered 1. 2. 3."""
    found = list_problems(context)
    if not found:
        return (Paragraph(context.say("problems.none", verdict=context.assessment.national.overall)),)
    return tuple(Paragraph(f"{number}. {problem.text}") for number, problem in enumerate(found, 1))


def rectification(context: CountyContext) -> tuple[Block, ...]:
    """六、整改要求: what is asked, of whom, by when."""
    asked = [problem.asked(context) for problem in list_problems(context)]
    missing = [Paragraph(context.say("rectify.missing"))] if missing_inputs(context.assessment) else []
    year = context.wording.city_year
    objection = context.say("rectify.objection", days=year.objection_days)
    last = [Paragraph(objection)] if objection else []
    if not asked:
        return (Paragraph(context.say("rectify.none")), *missing, *last)
    plan_asked = context.say("rectify.plan", day=year.rectification_plan_deadline)
    said = context.say("rectify.lead", plan=plan_asked)
    table = Table(context.specs["rectification"], numbered(asked))
    plan = plan_blocks(context.plan, context.wording.phrases, context.specs) if context.plan else ()
    return (Paragraph(said), *missing, table, *plan, *last)


def planned(context: CountyContext) -> list[dict[str, str]]:
    """What is to be done, a row each: undone tasks with the county's next steps, then what does not meet the standard."""
    silent = context.say("self.no_step")
    undone = [
        _asked(
            context,
            context.say("self.task", number=result.task.id, title=result.task.title),
            sentence(result.row.text("next_step")).removesuffix("。") or silent,
            responsible(context, result),
        )
        for result in context.tasks
        if result.undone
    ]
    return [*undone, *(problem.asked(context) for problem in list_problems(context))]


def measures(context: CountyContext) -> tuple[Block, ...]:
    """下步推进措施与时间表 of the county's own report."""
    rows = numbered(planned(context))
    lead = context.say("self.planned", count=len(rows)) if rows else context.say("self.nothing_planned")
    return introduced(lead, Table(context.specs["measures"], rows))


def list_problems(context: CountyContext) -> list[Problem]:
    """Vetoes, then resources by the number of units they fail, then disparity, items, and local items."""
    return [
        *_vetoes(context),
        *_indicators(context),
        *_disparities(context),
        *_items(context),
    ]


def _vetoes(context: CountyContext) -> Iterator[Problem]:
    for result in context.assessment.national.group("veto"):
        if result.verdict is Verdict.UNMET:
            item, measure = result.item, context.say("rectify.veto")
            yield Problem(context.say("problems.veto", name=item.name), item.name, measure, item.department)


def _indicators(context: CountyContext) -> Iterator[Problem]:
    groups: dict[tuple[str, str], list[Shortfall]] = {}
    for short in shortfalls(context.assessment.national):
        groups.setdefault((short.unit.stage, short.indicator.id), []).append(short)
    # Sorting keeps ties in the standard's order, so that two counties with the same problems list them alike.
    for group in sorted(groups.values(), key=len, reverse=True):
        yield _indicator_problem(context, sorted(group, key=lambda short: short.gap, reverse=True))


def _indicator_problem(context: CountyContext, group: list[Shortfall]) -> Problem:
    indicator, stage = group[0].indicator, group[0].unit.stage
    below = _below(context, stage, indicator)
    # The sum of the gaps as they are printed, so that what is named adds up.
    total = sum((rounded_up(short.gap, indicator.gap_unit) for short in group), Fraction(0))
    values = {
        "stage": context.standard.stage(stage).name,
        "indicator": indicator.name,
        "count": len(group),
        "below": below.total(),
        "threshold": indicator.thresholds[stage],
        "unit": indicator.unit,
    }
    text = context.say(
        "problems.indicator",
        **values,
        below_said=context.say(
            "problems.below", **values, allowed=below[Verdict.MET], open=below[Verdict.UNKNOWN]
        ),
        shown=min(SHOWN, len(group)),
        gap=amount_said(total, indicator.gap_unit),
        gap_name=indicator.gap_name,
        schools=listed(_school_said(context, short) for short in group[:SHOWN]),
    )
    title = context.say("problems.indicator_title", **values)
    return Problem(text, title, indicator.measure, indicator.department)


def _below(context: CountyContext, stage: str, indicator: Indicator) -> Counter[Verdict]:
    """Count the units below the standard by their own verdict: what the table beside counts, and why fewer are named."""
    units = context.assessment.national.stage_units(stage)
    return Counter(unit.verdict for unit in units if unit.cells[indicator.id].verdict is Verdict.UNMET)


def _school_said(context: CountyContext, short: Shortfall) -> str:
    return context.say(
        "problems.school",
        name=short.unit.school_name,  # the sentence has named the stage
        value=cell_text(short.cell, short.indicator),
        unit=short.indicator.unit,
        gap=gap_amount(short.gap, short.indicator),
    )


def _disparities(context: CountyContext) -> Iterator[Problem]:
    standard = context.standard
    for row in failing_disparities(context.assessment.national):
        indicator, stage = standard.indicator(row.indicator), standard.stage(row.stage).name
        # Named by their share of the weighted variance, the largest first.
        drivers = sorted(influences(context.assessment, row), key=lambda found: found.share, reverse=True)
        low = [d for d in drivers if _under_mean(d, row)]
        text = context.say(
            "problems.disparity",
            stage=stage,
            indicator=indicator.name,
            cv=cv_text(row, standard),
            limit=in_full(row.limit or Fraction(0), 2),
            mean=fixed(row.mean or Fraction(0), indicator.decimals),
            unit=indicator.unit,
            drivers=listed(_driver_said(context, row, d) for d in drivers[:DRIVERS]),
        )
        names = listed(d.unit.school_name for d in low[:DRIVERS])
        measure = context.say("rectify.disparity", low=names, more=len(low) - DRIVERS)
        title = context.say("problems.disparity_title", stage=stage, indicator=indicator.name)
        yield Problem(text, title, measure, indicator.department)


def _under_mean(driver: Influence, row: Disparity) -> bool:
    value = driver.unit.cells[row.indicator].value
    return value is not None and row.mean is not None and value < row.mean


def _driver_said(context: CountyContext, row: Disparity, driver: Influence) -> str:
    indicator = context.standard.indicator(row.indicator)
    return context.say(
        "problems.driver",
        name=driver.unit.school_name,
        value=cell_text(driver.unit.cells[row.indicator], indicator),
        unit=indicator.unit,
        side="低于" if _under_mean(driver, row) else "高于",
        share=driver.share,
    )


def _items(context: CountyContext) -> Iterator[Problem]:
    for result in context.assessment.national.items:
        if result.item.group != "veto" and result.verdict is Verdict.UNMET:
            yield _item_problem(context, "problems.item", result)
    for result in only_local_failures(context.assessment.national, context.assessment.local):
        yield _item_problem(context, "problems.item_local", result)


def _item_problem(context: CountyContext, phrase: str, result: ItemResult) -> Problem:
    """What failed and the schools concerned, each counted and named once; the heading only names the item."""
    assessment, phrases = context.assessment, context.wording.phrases
    national = assessment.national.item(result.item.id)
    parts = failed_parts(national, assessment.local.item(result.item.id))
    text = context.say(
        phrase,
        name=result.item.short,
        standard=assessment.local.standard.title,
        national=national.verdict,
        failed=failures_said(parts, assessment, phrases),
    )
    schools = school_failures(parts)
    concerned = context.say(
        "problems.concerned",
        count=len(schools),
        shown=SHOWN,
        counted="是" if sum(part.result.part.over in OF_SCHOOLS for part in parts) == 1 else "否",
        schools=listed(school_said(school, phrases) for school in schools[:SHOWN]),
    )
    measure = result.item.measure or context.say("rectify.item", name=result.item.name)
    short = context.say(
        "problems.item_title",
        name=result.item.short,
        standard=assessment.local.standard.title,
        national=national.verdict,
    )
    return Problem(text + concerned, short, measure, result.item.department)
