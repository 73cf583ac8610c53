"""市定任务 and the yearly cycle (RULES §9): the county's word beside its figures, causes, next steps, deadlines."""

from __future__ import annotations

from junheng.assess.cycle import current
from junheng.assess.model import tally
from junheng.report.content.context import CountyContext
from junheng.report.content.dates import said_date
from junheng.report.content.model import Block, Paragraph
from junheng.report.content.phrases import listed
from junheng.report.content.tables.building import introduced
from junheng.report.content.tables.tasks import cycle_table, tasks_table, undone_table


def tasks(context: CountyContext) -> tuple[Block, ...]:
    """（七）市定任务 of the city's letter: state (its table is in an annex), and the causes of those not done where there are any."""
    open_ = any(result.undone or result.reported is None for result in context.tasks)
    said = (block for block in state(context) if isinstance(block, Paragraph))
    return (*said, *(undone(context) if open_ else ()))


def state(context: CountyContext, voice: str = "") -> tuple[Block, ...]:
    """How many tasks are done by the county's word and by its figures, which disagree, and the table of all.

    `voice`, here and below: the phrases of who speaks, "self." of the county itself.
    """
    if not context.tasks:
        return (Paragraph(context.say("tasks.none")),)
    reported = [result.reported for result in context.tasks]
    judged = [result.verdict for result in context.tasks if result.verdict is not None]
    against = [f"“{result.task.title}”" for result in context.tasks if result.contradicts]
    said = context.say(
        f"{voice}tasks.summary",
        total=len(context.assessment.book.rows("tasks")) and len(reported),
        done=reported.count(True),
        undone=reported.count(False),
        open=reported.count(None),
    )
    said += context.say("tasks.computed", judged=len(judged), **tally(judged))
    said += context.say(f"{voice}tasks.contradicted", count=len(against), names=listed(against))
    return (Paragraph(said + context.say("tasks.lead")), tasks_table(context))


def undone(context: CountyContext, voice: str = "") -> tuple[Block, ...]:
    """未完成项目及原因: cause, next step and who is responsible."""
    if not context.tasks:
        return (Paragraph(context.say("tasks.none_undone")),)
    table = undone_table(context, voice)
    words = [result.reported for result in context.tasks]
    reported, silent = words.count(False), words.count(None)
    said = context.say(
        "tasks.undone",
        count=len(table.rows),
        silent=silent,
        how=context.say(f"{voice}tasks.undone_how", reported=reported, extra=len(table.rows) - reported),
        rest=context.say("tasks.silent", silent=silent),
    )
    return introduced(said, table)


def cycle(context: CountyContext) -> tuple[Block, ...]:
    """Which deadline the county is at on the day of its own report, and all steps of the year."""
    today = context.wording.city_year.self_report_date or context.wording.city_year.report_date
    steps = context.deadlines(today)
    now = current(steps)
    step, day = (now.step.name, said_date(now.day)) if now else ("", "")
    said = context.say("cycle.now", today=today, step=step, day=day)
    return (Paragraph(said), cycle_table(context, steps))
