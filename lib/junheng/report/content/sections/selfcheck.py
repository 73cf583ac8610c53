"""What the county's own report says otherwise than the city's: conclusion, measures with their dates."""

from __future__ import annotations

from junheng.report.content.context import CountyContext
from junheng.report.content.model import Block, Paragraph, Table
from junheng.report.content.sections import overview
from junheng.report.content.sections import tasks as city_tasks
from junheng.report.content.sections.problems import asked_rows, list_problems
from junheng.report.content.statements import sentence
from junheng.report.content.tables.tasks import responsible


def conclusion(context: CountyContext) -> tuple[Block, ...]:
    """指标达成: the county's own conclusion under both standards."""
    return overview.conclusion(context, said="self.national", aim="self.target")


def cycle(context: CountyContext) -> tuple[Block, ...]:
    """The deadlines of the year as seen on the date of this report."""
    city_year = context.wording.city_year
    return city_tasks.cycle(context, city_year.self_report_date or city_year.report_date)


def planned(context: CountyContext) -> list[tuple[str, str, str]]:
    """What is to be done, how and by whom: undone tasks with the county's next steps, then what does not meet the standard."""
    silent = context.say("self.no_step")
    undone = [
        (
            context.say("self.task", number=result.task.id, title=result.task.title),
            sentence(result.row.text("next_step")).removesuffix("。") or silent,
            responsible(context, result),
        )
        for result in context.tasks
        if result.undone
    ]
    return [*undone, *(problem.asked(context) for problem in list_problems(context))]


def measures(context: CountyContext) -> tuple[Block, ...]:
    """下步推进措施与时间表."""
    asked = planned(context)
    if not asked:
        return (Paragraph(context.say("self.nothing_planned")),)
    lead = context.say("self.planned", count=len(asked))
    return (Paragraph(lead), Table(context.specs["measures"], asked_rows(context, asked)))
