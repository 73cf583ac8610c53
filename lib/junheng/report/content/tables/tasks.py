"""The tables of the city's tasks and of its yearly cycle (RULES §9)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from junheng.assess.cycle import Deadline
from junheng.assess.tasks import CheckResult, TaskResult
from junheng.exact import fixed, plain
from junheng.params.tasks import Task
from junheng.report.content.context import CountyContext
from junheng.report.content.dates import said_date
from junheng.report.content.model import Table, TableCell
from junheng.report.content.numbers import BLANK, PRINT, beside_limit, requirement
from junheng.report.content.phrases import PhraseBook
from junheng.report.content.statements import missing_said, sentence
from junheng.report.content.tables.building import (
    MARKS,
    Cells,
    label,
    numbered,
    place_cell,
    row,
    text_cell,
)
from junheng.workbook.model import Row

WARNING = "▲"
FIGURE = re.compile(r"([-－−–]?)(\d+(?:\.\d+)?)([^\d\s.]{0,4})")
"""A figure as a county enters it, with or without sign and unit."""
UNDER_WAY = "推进中"


def tasks_table(context: CountyContext) -> Table:
    """Every task: target, what the county reports, what its figures show; ▲ where the two disagree."""
    rows = tuple(row(_task_cells(result, context.wording.phrases)) for result in context.tasks)
    note = context.say("tasks.note", local=context.local.title)
    return Table(context.specs["tasks"], rows, notes=(note,))


def task_head(task: Task) -> Cells:
    """A task's number and title."""
    return {"number": place_cell(int(task.id)), "task": label(task.title)}


def _task_cells(result: TaskResult, phrases: PhraseBook) -> Cells:
    return {
        **task_head(result.task),
        "target": text_cell(with_unit(result.row, "target", phrases) or result.task.goal),
        "result": text_cell(with_unit(result.row, "result", phrases)),
        "done": _done(result),
        "computed": text_cell("；".join(check_said(check, phrases) for check in result.checks)),
        "verdict": task_verdict(result),
    }


def _done(result: TaskResult) -> TableCell:
    if result.reported is None:
        return TableCell(BLANK, mark="unknown")
    text = ("是" if result.reported else "否") + (WARNING if result.contradicts else "")
    return TableCell(text, mark="unmet" if result.contradicts or not result.reported else "")


def task_verdict(result: TaskResult) -> TableCell:
    """The computed verdict: 推进中 while nothing is due, a blank when nothing can be computed."""
    if result.verdict is None:
        return TableCell(UNDER_WAY if result.checks else BLANK)
    return TableCell(f"{result.verdict}{WARNING if result.contradicts else ''}", mark=MARKS[result.verdict])


def check_said(result: CheckResult, phrases: PhraseBook) -> str:
    """Say one check: its figure beside what is asked, or why it is open."""
    check, part = result.check, result.part
    value, asked = check_figures(result)
    unit = part.part.unit if part else check.unit
    return phrases.say(
        "tasks.check",
        name=check.name,
        nothing=check.nothing if result.nothing else "",
        verdict=UNDER_WAY if result.verdict is None else str(result.verdict),
        value=value,
        asked=asked,
        unit=unit,
        due=str(check.due or ""),
        word=requirement(part.part.comparator if part else check.comparator, f"{asked}{unit}"),
        missing=missing_said(result.missing, phrases),
        each="是" if part and part.part.kind == "each" else "否",
        failures=len(part.failures) if part else 0,
    )


def check_figures(result: CheckResult) -> tuple[str, str]:
    """Return value and threshold as printed (a share in %), empty where unknown."""
    part = result.part.part if result.part else None
    factor, places = PRINT[part.show if part else result.check.show]
    if part is None and result.check.show == "decimal":
        # A task's own figure is a count (people, schools, courses); shares keep the places of every share.
        places = 0
    asked = "" if result.threshold is None else plain(result.threshold * factor)
    if result.value is None or (part and part.kind == "each"):
        return "", asked
    if isinstance(result.value, str):
        return result.value, asked
    if result.threshold is None:
        return fixed(result.value * factor, places), asked
    comparator = part.comparator if part else result.check.comparator
    return beside_limit(result.value * factor, result.threshold * factor, comparator, places), asked


def undone_table(context: CountyContext, voice: str = "") -> Table:
    """Tasks not done: cause, next step and who is responsible, as the county reports them, else by the policy."""
    silent = context.say(f"{voice}tasks.no_cause")
    rows = tuple(
        row(
            {
                **task_head(result.task),
                "cause": sentence(result.row.text("cause")) or silent,
                "next_step": sentence(result.row.text("next_step")) or silent,
                "responsible": responsible(context, result),
            }
        )
        for result in context.tasks
        if result.undone
    )
    return Table(context.specs["undone_tasks"], rows)


def responsible(context: CountyContext, result: TaskResult) -> str:
    """Name who is responsible for a task, as the county reports it, else by the policy."""
    told = result.row.text("responsible") or result.task.departments
    return context.wording.tasks.responsible(told, context.assessment.county)


def with_unit(row: Row, key: str, phrases: PhraseBook) -> str:
    """A bare number takes the row's unit, a fall is said as one (-1.2% is 下降1.2%); a sentence has its own unit."""
    match = FIGURE.fullmatch(row.text(key))
    if match is None:
        return row.text(key)
    amount, unit = match[2], match[3] or row.text("unit")
    return phrases.say("tasks.fall", amount=amount, unit=unit) if match[1] else f"{amount}{unit}"


def cycle_table(context: CountyContext, steps: Iterable[Deadline]) -> Table:
    """The steps of the yearly cycle with their last days: dates, for a count of days is wrong the day after."""
    rows = numbered(
        {"step": label(each.step.name), "who": each.step.who, "day": said_date(each.day)} for each in steps
    )
    return Table(context.specs["cycle"], rows)
