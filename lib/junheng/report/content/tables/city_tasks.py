"""The tables of the city's 18 tasks over all counties (RULES §9)."""

from __future__ import annotations

from fractions import Fraction

from junheng.assess.city_tasks import GoalResult, TaskCount, count_tasks, sum_goals
from junheng.assess.model import Verdict
from junheng.exact import plain
from junheng.report.content.city_context import CityContext
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK
from junheng.report.content.phrases import listed
from junheng.report.content.tables.building import MARKS, label, number_cell, text_cell
from junheng.report.content.tables.tasks import UNDER_WAY


def city_tasks_table(context: CityContext) -> Table:
    """Every task: by how many counties it is reported as done, and what the figures show."""
    counts = count_tasks(context.wording.tasks, context.tasks)
    return Table(context.specs["city_tasks"], tuple(_task_row(context, count) for count in counts))


def _task_row(context: CityContext, count: TaskCount) -> TableRow:
    names = [m.county.name for m in context.city.members if m.county.code in count.unmet]
    judged = bool(count.task.checks)
    unmet, unknown = count.computed[Verdict.UNMET], count.computed[Verdict.UNKNOWN]
    return TableRow(
        {
            "number": TableCell(count.task.id, Fraction(count.task.id)),
            "task": label(count.task.title),
            "done": number_cell(count.reported[True]),
            "undone": TableCell(
                str(count.reported[False]),
                Fraction(count.reported[False]),
                "unmet" if count.reported[False] else "",
            ),
            "silent": number_cell(count.reported[None]),
            "met": number_cell(count.computed[Verdict.MET]) if judged else TableCell(BLANK),
            "unmet": _count_cell(unmet, "unmet" if unmet else "") if judged else TableCell(BLANK),
            "unknown": _count_cell(unknown, "unknown" if unknown else "") if judged else TableCell(BLANK),
            "names": text_cell(listed(names)),
            "responsible": TableCell(count.task.departments),
        }
    )


def _count_cell(count: int, mark: str) -> TableCell:
    return TableCell(str(count), Fraction(count), mark)  # type: ignore[arg-type]


def city_goals_table(context: CityContext) -> Table:
    """The counts the whole city is to reach, with the sum of what the counties report."""
    goals = sum_goals(context.wording.tasks, context.city)
    return Table(context.specs["city_goals"], tuple(_goal_row(goal) for goal in goals))


def _goal_row(result: GoalResult) -> TableRow:
    goal = result.goal
    verdict = TableCell(UNDER_WAY)
    if result.verdict is not None:
        verdict = TableCell(str(result.verdict), mark=MARKS[result.verdict])
    total = TableCell(BLANK, mark="unknown")
    if result.reporting:
        total = TableCell(f"{plain(result.total)}{goal.unit}", result.total)
    return TableRow(
        {
            "number": TableCell(result.task.id, Fraction(result.task.id)),
            "goal": label(goal.name),
            "target": TableCell(f"{plain(goal.target)}{goal.unit}", goal.target),
            "by": TableCell("每年" if goal.period == "year" else f"{goal.by}年" if goal.by else BLANK),
            "total": total,
            "reporting": number_cell(result.reporting),
            "verdict": verdict,
        }
    )
