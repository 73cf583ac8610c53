"""What the county's own report says otherwise than the city's: opening, conclusion, measures with their dates."""

from __future__ import annotations

from junheng.report.content.context import Context
from junheng.report.content.model import Block, Paragraph, Table, TableCell, TableRow
from junheng.report.content.sections import overview
from junheng.report.content.sections import tasks as city_tasks
from junheng.report.content.sections.problems import list_problems
from junheng.report.content.statements import sentence


def opening(context: Context) -> tuple[Block, ...]:
    """What the county checked itself against."""
    national, local = context.assessment.national.standard, context.assessment.local.standard
    said = context.say(
        "self.opening",
        national=national.basis,
        local=local.basis,
        county=context.county,
        year=str(context.assessment.year),
        source=context.wording.city_year.data_source,
    )
    return (Paragraph(said),)


def conclusion(context: Context) -> tuple[Block, ...]:
    """指标达成: the county's own conclusion under both standards."""
    return overview.conclusion(context, said="self.national")


def measures(context: Context) -> tuple[Block, ...]:
    """下步推进措施与时间表: undone tasks with the county's next steps, then what does not meet the standard."""
    deadline = context.wording.city_year.rectification_deadline
    county = context.assessment.county
    silent = context.say("self.no_step")
    planned = [
        (
            f"市定任务{result.task.id}：{result.task.title}",
            sentence(result.row.text("next_step")).removesuffix("。") or silent,
            context.wording.tasks.responsible(
                result.row.text("responsible") or result.task.departments, county.government
            ),
        )
        for result in context.tasks
        if result.undone
    ] + [
        (problem.title, problem.measure, county.department(problem.department))
        for problem in list_problems(context)
    ]
    if not planned:
        return (Paragraph(context.say("self.nothing_planned")),)
    rows = tuple(
        TableRow(
            {
                "number": TableCell(str(number)),
                "problem": TableCell(title),
                "measure": TableCell(measure),
                "department": TableCell(department),
                "deadline": TableCell(deadline),
            }
        )
        for number, (title, measure, department) in enumerate(planned, 1)
    )
    lead = context.say("self.planned", count=len(rows), deadline=deadline)
    return (Paragraph(lead), Table(context.wording.specs["measures"], rows))


def cycle(context: Context) -> tuple[Block, ...]:
    """The deadlines of the year as seen on the date of this report."""
    city_year = context.wording.city_year
    return city_tasks.cycle(context, city_year.self_report_date or city_year.report_date)
