"""The tables of the city's tasks and of its yearly cycle (RULES §9)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from junheng.assess.cycle import Deadline
from junheng.assess.model import Verdict
from junheng.assess.tasks import CheckResult, TaskResult
from junheng.exact import fixed, plain
from junheng.params.tables import TableSpec
from junheng.params.tasks import TaskPlan
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK, beside_limit
from junheng.report.content.phrases import PhraseBook
from junheng.report.content.statements import PRINT, missing_said, sentence
from junheng.report.content.tables.building import MARKS, edge_notes, label, text_cell
from junheng.workbook.model import Row

Specs = Mapping[str, TableSpec]
WARNING = "▲"
FIGURE = re.compile(r"([-－−–]?)(\d+(?:\.\d+)?)([^\d\s.]{0,4})")
"""A figure as a county enters it, with or without sign and unit."""
UNDER_WAY = "推进中"
WORDS = {">=": "不低于", "<=": "不超过", ">": "大于", "<": "小于", "==": "为"}


def tasks_table(results: Sequence[TaskResult], specs: Specs, phrases: PhraseBook) -> Table:
    """Every task: target, what the county reports, what its figures show; ▲ where the two disagree."""
    rows = tuple(_task_row(result, phrases) for result in results)
    notes = edge_notes(row.cells["computed"] for row in rows)
    return Table(specs["tasks"], rows, notes=(phrases.say("tasks.note"), *notes))


def _task_row(result: TaskResult, phrases: PhraseBook) -> TableRow:
    row = result.row
    return TableRow(
        {
            "number": TableCell(result.task.id, Fraction(result.task.id)),
            "task": label(result.task.title),
            "target": text_cell(with_unit(row, "target", phrases) or result.task.goal),
            "result": text_cell(with_unit(row, "result", phrases)),
            "done": _done(result),
            "computed": text_cell("；".join(check_said(check, phrases) for check in result.checks)),
            "verdict": task_verdict(result),
        }
    )


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
    return phrases.say(
        "tasks.check",
        name=check.name,
        nothing=check.nothing if result.nothing else "",
        verdict=UNDER_WAY if result.verdict is None else str(result.verdict),
        value=value,
        asked=asked,
        unit=part.part.unit if part else check.unit,
        due=str(check.due or ""),
        word=WORDS[part.part.comparator if part else check.comparator],
        missing=missing_said(result.missing),
        each="是" if part and part.part.kind == "each" else "否",
        failures=len(part.failures) if part else 0,
    )


def check_figures(result: CheckResult) -> tuple[str, str]:
    """Return value and threshold as printed (a share in %), empty where unknown."""
    part = result.part.part if result.part else None
    factor, places = PRINT.get(part.show if part else result.check.show, (1, 0))
    if part is None and result.check.show == "decimal":
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


def undone_table(
    results: Iterable[TaskResult], specs: Specs, phrases: PhraseBook, plan: TaskPlan, government: str
) -> Table:
    """Tasks not done: cause, next step and who is responsible, as the county reports them, else by the policy."""
    silent = phrases.say("tasks.no_cause")
    rows = tuple(
        TableRow(
            {
                "number": TableCell(result.task.id, Fraction(result.task.id)),
                "task": label(result.task.title),
                "cause": TableCell(sentence(result.row.text("cause")) or silent),
                "next_step": TableCell(sentence(result.row.text("next_step")) or silent),
                "responsible": TableCell(
                    plan.responsible(result.row.text("responsible") or result.task.departments, government)
                ),
            }
        )
        for result in results
        if result.undone
    )
    return Table(specs["undone_tasks"], rows)


def with_unit(row: Row, key: str, phrases: PhraseBook) -> str:
    """A bare number takes the row's unit, a fall is said as one (-1.2% is 下降1.2%); a sentence has its own unit."""
    match = FIGURE.fullmatch(row.text(key))
    if match is None:
        return row.text(key)
    amount, unit = match[2], match[3] or row.text("unit")
    return phrases.say("tasks.fall", amount=amount, unit=unit) if match[1] else f"{amount}{unit}"


def cycle_table(steps: Iterable[Deadline], specs: Specs) -> Table:
    """The steps of the yearly cycle with their last days: dates, for a count of days is wrong the day after."""
    rows = tuple(
        TableRow(
            {
                "number": TableCell(str(number), Fraction(number)),
                "step": label(deadline.step.name),
                "who": TableCell(deadline.step.who),
                "day": TableCell(said_date(deadline.day)),
            }
        )
        for number, deadline in enumerate(steps, 1)
    )
    return Table(specs["cycle"], rows)


def said_date(day: date) -> str:
    """Write a date as in official documents: 2025年4月25日."""
    return f"{day.year}年{day.month}月{day.day}日"


def counts(results: Iterable[TaskResult]) -> dict[str, int]:
    """Count computed verdicts: judged, met, unmet, unknown."""
    verdicts = [result.verdict for result in results if result.verdict is not None]
    return {
        "judged": len(verdicts),
        "met": verdicts.count(Verdict.MET),
        "unmet": verdicts.count(Verdict.UNMET),
        "unknown": verdicts.count(Verdict.UNKNOWN),
    }
