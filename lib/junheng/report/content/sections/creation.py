"""创建方案 (实施意见四（一）, 一县一案): gaps, measures, yearly steps to the target year, money, who does what, and a forecast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from junheng.assess.model import Verdict, tally
from junheng.exact import fixed, plain
from junheng.report.content.context import CountyContext
from junheng.report.content.creation import Creation, Roadmap, failing, uneven
from junheng.report.content.forecast import (
    assumptions_table,
    falling_said,
    falling_table,
    pupils_table,
)
from junheng.report.content.ledger_topics import Topic, current_topics
from junheng.report.content.model import Block, Paragraph, Table, TableCell
from junheng.report.content.numbers import BLANK, amount_said, in_print
from junheng.report.content.phrases import listed
from junheng.report.content.plan import measures_table, reasons_said, summary_table
from junheng.report.content.sections.duties import parted
from junheng.report.content.sections.problems import planned
from junheng.report.content.tables.building import Cells, introduced, numbered, place_cell, row

LANES = 8
"""How many kinds of measure the road map shows before it counts the rest."""


def basis(context: CountyContext) -> Creation:
    """What the plan rests on; only a context that has it gets this report."""
    assert context.creation is not None
    return context.creation


def standing(context: CountyContext) -> tuple[Block, ...]:
    """一、现状与差距: what is met and what is not, in counts; the problems follow, school by school in an annex."""
    result = context.assessment.national
    verdicts = tally(unit.verdict for unit in result.units)
    told = context.say("creation.units", units=len(result.units), **verdicts)
    unknown = sum(line.verdict is Verdict.UNKNOWN for line in result.disparities)
    told += context.say("creation.uneven", over=uneven(result), unknown=unknown)
    told += context.say("creation.items", items=sum(r.verdict is Verdict.UNMET for r in result.items))
    rows = numbered(_gap_rows(context))
    told += context.say("creation.where", count=len(rows))
    return introduced(told, Table(context.specs["creation_gaps"], rows))


def _gap_rows(context: CountyContext) -> Iterator[Cells]:
    """What is below the standard, item by item: at how many schools, and what they lack together."""
    groups: dict[tuple[str, str], list[Topic]] = {}
    for topic in _failing_topics(context):
        groups.setdefault((topic.key.label, topic.key.stage), []).append(topic)
    for (name, stage), own in groups.items():
        count = place_cell(len(own)) if own[0].key.school_code else BLANK
        yield {"indicator": name, "stage": stage or BLANK, "schools": count, "gap": _together(own)}


def _together(topics: list[Topic]) -> TableCell:
    """What units lack of one indicator, added; what is below in an item is no amount, so several have a blank."""
    # One school's gap stands as it is told there, of an item too.
    if len(topics) == 1:
        return topics[0].gap
    lacking = [topic.lacking for topic in topics if topic.lacking]
    if len(lacking) < len(topics):
        return TableCell(BLANK)
    total = sum((amount for amount, _ in lacking), Fraction(0)), lacking[0][1]
    return TableCell(amount_said(*total), in_print(*total)[0])


def _failing_topics(context: CountyContext) -> tuple[Topic, ...]:
    topics = current_topics(context.assessment, context.wording.phrases).values()
    return tuple(topic for topic in topics if topic.failing)


def key_tasks(context: CountyContext) -> tuple[Block, ...]:
    """三、重点任务和措施: every task and item with its measure, then what the resources need at the least cost."""
    plan = basis(context).plan
    rows = numbered(planned(context))
    tasks = introduced(
        context.say("creation.tasks", count=len(rows)), Table(context.specs["creation_tasks"], rows)
    )
    said = context.say(
        "creation.plan",
        cost=plan.cost,
        measures=len(plan.measures),
        schools=len({measure.school_code for measure in plan.measures if measure.quantity > 0}),
        reasons=reasons_said(plan, context.wording.phrases),
    )
    summary = (summary_table(plan, context.specs),) if plan.measures else ()
    return (*tasks, Paragraph(said), *summary)


def schedule(context: CountyContext) -> tuple[Block, ...]:
    """四、时间表和路线图: what is reached and done in each year, as a table and as a figure."""
    made = basis(context)
    lead = context.say("creation.schedule", planned=bool(made.plan.measures), budget=bool(made.budget))
    rows = tuple(row(_year_cells(context, year)) for year in made.years)
    drawn = (made.picture,) if made.picture else ()
    return (Paragraph(lead), Table(context.specs["creation_years"], rows), *drawn)


def _year_cells(context: CountyContext, year: int) -> Cells:
    made = basis(context)
    done = made.quantities(year)
    measures = [f"{name}{plain(amount)}{unit}" for name, (amount, unit) in done.items()]
    return {
        "year": f"{year}年",
        "aim": "；".join(filter(None, _aims(context, year))),
        "measures": "；".join([*measures, *_other_work(context, year)]) or BLANK,
        "schools": place_cell(made.schools(year)) if measures else BLANK,
        "cost": BLANK if made.plan.cost is None else _money(made.plan.yearly.get(year, Fraction(0))),
    }


def _money(cost: Fraction) -> TableCell:
    return TableCell(fixed(cost, 2), cost)


def _aims(context: CountyContext, year: int) -> tuple[str, ...]:
    """What is to be reached by the end of a year; without a plan only the last year's aim is known."""
    made, last = basis(context), year == basis(context).years[-1]
    if made.plan.cost is None:
        return (context.say("creation.aim.last") if last else context.say("creation.aim.data"),)
    result = made.standing(year)
    reached = context.say("creation.aim.resource", failing=failing(result), uneven=uneven(result))
    return (reached, context.say("creation.aim.last") if last else "")


def _other_work(context: CountyContext, year: int) -> list[str]:
    """What the plan does not say: items and tasks, to be put right first; data that are missing."""
    if year != basis(context).years[0]:
        return []
    return [context.say(f"creation.work.{name}", count=count) for name, count in _other(context).items()]


def _other(context: CountyContext) -> dict[str, int]:
    """How much there is to do beside the plan, by kind; only what there is."""
    counts = {
        "data": int(basis(context).plan.cost is None),
        "items": sum(result.verdict is Verdict.UNMET for result in context.assessment.national.items),
        "tasks": sum(result.undone for result in context.tasks),
    }
    return {name: count for name, count in counts.items() if count}


def roadmap(context: CountyContext) -> Roadmap:
    """Return the road map: failing units and coefficients from year to year, a lane for each of the dearest measures."""
    made, start = basis(context), context.assessment.year
    known = made.plan.cost is not None
    columns = (start, *(made.years if known else ()))
    counts = {"failing": failing, "uneven": uneven}
    states = {
        context.say(f"creation.road.{name}"): {year: str(count(made.standing(year))) for year in columns}
        for name, count in counts.items()
    }
    if known:
        spent = {year: fixed(made.plan.yearly.get(year, Fraction(0)), 2) for year in made.years}
        states[context.say("creation.road.cost")] = spent
    title = context.say("creation.road.title")
    return Roadmap(title, start, tuple(made.years), states, _lanes(context))


def _lanes(context: CountyContext) -> Mapping[str, Mapping[int, str]]:
    made = basis(context)
    costs: dict[str, Fraction] = {}
    for measure in made.plan.measures:
        costs[measure.name] = costs.get(measure.name, Fraction(0)) + measure.cost
    dearest = sorted(costs, key=lambda name: costs[name], reverse=True)
    done = {year: made.quantities(year) for year in made.years}
    lanes = {
        name: {year: f"{plain(own[name][0])}{own[name][1]}" for year, own in done.items() if name in own}
        for name in dearest[:LANES]
    }
    rest = {year: sum(name in dearest[LANES:] for name in own) for year, own in done.items()}
    if any(rest.values()):
        lanes[context.say("creation.road.rest")] = {year: f"{n}类" for year, n in rest.items() if n}
    for name, count in _other(context).items():
        text = context.say("creation.road.count", name=name, count=count)
        lanes[context.say(f"creation.road.{name}")] = {made.years[0]: text}
    return {name: by_year for name, by_year in lanes.items() if by_year}


def funds(context: CountyContext) -> tuple[Block, ...]:
    """五、经费安排: by year, on which prices, and the county's budget where it has one."""
    made = basis(context)
    by_year = listed(f"{year}年{fixed(cost, 2)}万元" for year, cost in made.plan.yearly.items())
    budget = listed(f"{year}年{fixed(made.budget[year], 2)}万元" for year in sorted(made.budget))
    told = context.say(
        "creation.funds",
        cost=made.plan.cost,
        years=len(made.plan.yearly),
        only=str(min(made.plan.yearly, default="")),
        by_year=by_year,
        basis=made.plan.basis.removesuffix("。"),
    )
    return (Paragraph(told + context.say("creation.budget", budget=budget)),)


def division(context: CountyContext) -> tuple[Block, ...]:
    """六、责任分工: the departments of the county with their tasks."""
    found: dict[str, list[int]] = {}
    for number, cells in enumerate(planned(context), 1):
        for department in parted(context, cells["department"]):
            found.setdefault(department, []).append(number)
    rows = numbered({"department": name, "tasks": _ranges(own)} for name, own in found.items())
    lead = context.say("creation.division", count=len(rows))
    return introduced(lead, Table(context.specs["creation_division"], rows))


def _ranges(numbers: list[int]) -> str:
    """Write ascending numbers, those that follow one another as a range: 1至3、5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return listed(f"{run[0]}至{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def outlook(context: CountyContext) -> tuple[Block, ...]:
    """七、需求预测: pupils to the last year, and who would fall below; no assessment."""
    made = basis(context).forecast
    lead = context.say("creation.outlook", target=str(made.target), known=bool(made.trends.counties))
    falling = falling_said(made, context.wording)
    return (
        Paragraph(lead),
        pupils_table(made, context.wording),
        Paragraph(falling),
        *falling_table(made, context.wording),
    )


def shortfalls(context: CountyContext) -> tuple[Block, ...]:
    """附件1: every school and item below the standard, with what it lacks."""
    rows = numbered(topic.cells() for topic in _failing_topics(context))
    lead = context.say("creation.shortfalls", count=len(rows))
    return introduced(lead, Table(context.specs["creation_shortfalls"], rows))


def measures(context: CountyContext) -> tuple[Block, ...]:
    """附件2: the plan, school by school and year by year."""
    plan = basis(context).plan
    if not plan.measures:
        return (Paragraph(context.say("creation.no_measures", cost=plan.cost)),)
    return (measures_table(plan, context.specs),)


def assumptions(context: CountyContext) -> tuple[Block, ...]:
    """附件3: what the forecast rests on."""
    lead = Paragraph(context.say("forecast.no_grades"))
    return (lead, assumptions_table(basis(context).forecast, context.wording, own_years=True))
