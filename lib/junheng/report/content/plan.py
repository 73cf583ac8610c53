"""The least-cost plan in words and tables: for the command line, the Excel file, the report and the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from junheng.assess.model import Assessment
from junheng.exact import ZERO, ceil_div, fixed, plain
from junheng.params.dictionary import Dictionary
from junheng.params.standard import Standard
from junheng.params.tables import TableSpec
from junheng.planning.plan import Measure, Plan
from junheng.report.content.context import Wording
from junheng.report.content.ledger_topics import Key, Topic, indicator_label
from junheng.report.content.model import Block, Paragraph, Table, TableCell, TableRow
from junheng.report.content.numbers import difference
from junheng.report.content.phrases import PhraseBook
from junheng.report.content.tables.building import Cells, numbered, row

Specs = Mapping[str, TableSpec]
SHOWN = 5
"""How many reasons the report gives before it says how many there are."""


def plan_sentences(plan: Plan, assessment: Assessment, phrases: PhraseBook) -> tuple[str, ...]:
    """Say what the plan costs and saves, or why there is none."""
    place = {"county": assessment.county.title, "year": str(assessment.year)}
    if plan.cost is None:
        return (phrases.say("plan.none", **place), *plan.reasons, *plan.remedies)
    if not plan.measures:
        return (phrases.say("plan.done", **place),)
    found = phrases.say(
        "plan.found",
        **place,
        optimal="是" if plan.status == "optimal" else "否",
        cost=plan.cost,
        gap=_percent_up(plan.gap or ZERO),
        schools=len({m.school_code for m in plan.measures}),
        measures=len(plan.measures),
        after=str(plan.after.resource) if plan.after else "",
    )
    saved = None if plan.greedy is None else _saved(plan.greedy, plan.cost)
    greedy = phrases.say("plan.greedy", greedy=plan.greedy, saved=saved, saving=plan.saving)
    return (found, greedy, phrases.say("plan.basis", basis=plan.basis))


def _saved(greedy: Fraction, cost: Fraction) -> Fraction | None:
    """What is saved, of the two sums as they are printed (ten thousand yuan, two decimals)."""
    saved = difference(fixed(greedy, 2), fixed(cost, 2))
    return saved.value if saved else None


def _percent_up(gap: Fraction) -> str:
    """A gap in per cent, rounded up so that the promise holds."""
    # 10000 = per cent with two places; up, for a promise of 0.01% that rounds from 0.014% would be broken.
    return fixed(Fraction(ceil_div(gap * 10000), 100), 2)


def summary_table(plan: Plan, specs: Specs) -> Table:
    """One row a measure over all schools, the dearest first, and the total."""
    groups: dict[str, list[Measure]] = {}
    for measure in plan.measures:
        if measure.quantity > 0:
            groups.setdefault(measure.lever, []).append(measure)
    dearest = sorted(groups.values(), key=lambda group: sum(m.cost for m in group), reverse=True)
    return Table(specs["plan_summary"], (*numbered(map(_summary_cells, dearest)), _total("measure", plan)))


def _total(column: str, plan: Plan) -> TableRow:
    return row({column: "合计", "cost": _money(plan.cost or ZERO)}, "total")


def _summary_cells(group: list[Measure]) -> Cells:
    quantity = sum((m.quantity for m in group), ZERO)
    return {
        "measure": group[0].name,
        "schools": _count(len({m.school_code for m in group})),
        "quantity": f"{plain(quantity)}{group[0].unit}",
        "cost": _money(sum((m.cost for m in group), ZERO)),
    }


def measures_table(plan: Plan, specs: Specs) -> Table:
    """One row a school, measure and year; what leaves a school is negative."""
    rows = numbered(
        {
            "school_code": measure.school_code,
            "school_name": measure.school_name,
            "measure": measure.name,
            "year": _count(year),
            "quantity": _count(quantity),
            "unit": measure.unit,
            "price": _count(measure.price),
            "cost": _money(abs(quantity) * measure.price),
        }
        for measure in plan.measures
        for year, quantity in measure.years.items()
    )
    return Table(specs["plan_measures"], (*rows, _total("measure", plan)))


def years_table(plan: Plan, budget: Mapping[int, Fraction], specs: Specs) -> Table:
    """Cost beside budget, by year, and where the county would stand at each year's end."""
    ends = {milestone.year: milestone for milestone in plan.milestones}
    rows = []
    for year in sorted({*ends, *budget}):
        cells = {
            "year": _count(year),
            "cost": _money(plan.yearly.get(year, ZERO)),
            "budget": _money(budget[year]) if year in budget else TableCell("未设"),
        }
        if year in ends:
            cells |= {"failing": _count(ends[year].failing), "uneven": _count(ends[year].uneven)}
        rows.append(row(cells))
    return Table(specs["plan_years"], (*rows, _total("year", plan)))


def actions_table(plan: Plan, assessment: Assessment, dictionary: Dictionary, specs: Specs) -> Table:
    """What changes in the 学校 sheet, cell by cell."""
    schools = {each.text("school_code"): each for each in assessment.book.rows("schools")}
    fields = dictionary.sheet("schools").by_key
    rows: list[Cells] = []
    for action in plan.actions:
        school = schools[action.school_code]
        before = school.figure(action.field) or ZERO
        rows.append(
            {
                "school_code": action.school_code,
                "school_name": school.text("school_name"),
                "column": fields[action.field].header,
                "before": _count(before),
                "add": _count(action.add),
                "after": _count(before + action.add),
            }
        )
    return Table(specs["plan_actions"], numbered(rows))


def _count(value: Fraction | int) -> TableCell:
    return TableCell(plain(Fraction(value)), Fraction(value))


def _money(value: Fraction) -> TableCell:
    return TableCell(fixed(value, 2), value)


def plan_tables(
    plan: Plan, assessment: Assessment, budget: Mapping[int, Fraction], wording: Wording
) -> list[Table]:
    """Return the plan's tables, a sheet each of its workbook; without a plan the first one says why there is none."""
    specs = wording.specs
    heading = plan_heading(assessment, wording.phrases)
    notes = plan_sentences(plan, assessment, wording.phrases)
    rows = summary_table(plan, specs).rows if plan.measures else ()
    summary = Table(specs["plan_summary"], rows, title=heading, notes=notes)
    if plan.cost is None:
        return [summary]
    actions = actions_table(plan, assessment, wording.dictionary, specs)
    return [summary, measures_table(plan, specs), years_table(plan, budget, specs), actions]


def plan_heading(assessment: Assessment, phrases: PhraseBook) -> str:
    """The title of the plan, marked when the figures are invented."""
    heading = phrases.say("plan.heading", county=assessment.county.title, year=str(assessment.year))
    return heading + (f"（{phrases.say('plan.demo')}）" if assessment.book.demo else "")


def reasons_said(plan: Plan, phrases: PhraseBook) -> str:
    """Why there is no plan: the first reasons, a limit that several schools share once."""
    told = (sentence for reason in plan.reasons[:SHOWN] for sentence in reason.split("。") if sentence)
    more = phrases.say("plan.more", count=len(plan.reasons)) if len(plan.reasons) > SHOWN else ""
    return "".join(f"{sentence}。" for sentence in dict.fromkeys(told)) + more


def plan_blocks(plan: Plan, phrases: PhraseBook, specs: Specs) -> tuple[Block, ...]:
    """The plan in the report's 整改要求: one sentence and the summary, or why there is none."""
    if plan.cost is None:
        return (Paragraph(phrases.say("plan.report_none", reasons=reasons_said(plan, phrases))),)
    if not plan.measures:
        return ()
    return (Paragraph(phrases.say("plan.report", cost=plan.cost)), summary_table(plan, specs))


def with_plan(
    topics: Mapping[Key, Topic], plan: Plan, standard: Standard, phrases: PhraseBook
) -> Mapping[Key, Topic]:
    """Return the ledger's topics with the column 措施 as the plan has it, where the plan does something about them."""
    measures = _by_topic(plan, standard, phrases)
    return {
        key: replace(topic, measure=measures[key]) if key in measures else topic
        for key, topic in topics.items()
    }


def _by_topic(plan: Plan, standard: Standard, phrases: PhraseBook) -> dict[Key, str]:
    said: dict[Key, list[str]] = {}
    for measure in plan.measures:
        if measure.quantity <= 0:
            continue
        text = phrases.say(
            "plan.ledger", name=measure.name, quantity=plain(measure.quantity), unit=measure.unit
        )
        for code, stage, indicator in measure.helps:
            label = indicator_label(standard.indicator(indicator))
            said.setdefault(Key(code, standard.stage(stage).name, label), []).append(text)
    return {key: "；".join(dict.fromkeys(texts)) for key, texts in said.items()}
