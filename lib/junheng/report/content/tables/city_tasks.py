"""The tables of the city's 18 tasks over all counties (RULES §9)."""

from __future__ import annotations

from fractions import Fraction

from junheng.assess.city_tasks import (
    GoalResult,
    TaskCount,
    city_counts,
    city_requirements,
    count_tasks,
)
from junheng.assess.model import Verdict
from junheng.exact import plain
from junheng.params.tasks import CityGoal
from junheng.report.content.city_context import CityContext
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK
from junheng.report.content.phrases import listed
from junheng.report.content.tables.building import MARKS, label, number_cell, text_cell
from junheng.report.content.tables.tasks import UNDER_WAY

UNANSWERED = "未填报"


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
    """The counts the whole city is to reach: the office's figure, and the sum of what the counties report."""
    goals = city_counts(context.wording.tasks, context.city)
    return Table(context.specs["city_goals"], tuple(_goal_row(goal) for goal in goals))


def _goal_row(result: GoalResult) -> TableRow:
    goal = result.goal
    total = TableCell(BLANK, mark="unknown")
    if result.reporting:
        total = _amount_cell(result.total, goal)
    own = TableCell(BLANK, mark="unknown") if result.own is None else _amount_cell(result.own, goal)
    return TableRow(
        {
            **_goal_head(result),
            "target": TableCell(BLANK) if goal.target is None else _amount_cell(goal.target, goal),
            "own": own,
            "total": total,
            "reporting": number_cell(result.reporting),
            "verdict": _state_cell(result, str(result.verdict or UNDER_WAY)),
        }
    )


def city_requirements_table(context: CityContext) -> Table:
    """What only words can answer, each requirement a row; one without an answer stays in sight."""
    found = city_requirements(context.wording.tasks, context.city)
    rows = tuple(
        TableRow(
            {
                **_goal_head(result),
                "state": _state_cell(result, result.row.text("state") or UNANSWERED),
                "told": text_cell(_told(result)),
            }
        )
        for result in found
    )
    return Table(context.specs["city_requirements"], rows)


def _goal_head(result: GoalResult) -> dict[str, TableCell]:
    goal = result.goal
    return {
        "number": TableCell(result.task.id, Fraction(result.task.id)),
        "goal": label(goal.name),
        "by": TableCell("每年" if goal.period == "year" else f"{goal.by}年" if goal.by else BLANK),
    }


def _amount_cell(amount: Fraction, goal: CityGoal) -> TableCell:
    return TableCell(f"{plain(amount)}{goal.unit}", amount)


def _state_cell(result: GoalResult, text: str) -> TableCell:
    return TableCell(text, mark=MARKS[result.verdict] if result.verdict else "")


def _told(result: GoalResult) -> str:
    """The office's words on a requirement, behind its number where there is one."""
    number = "" if result.own is None else f"{plain(result.own)}{result.goal.unit}"
    return "；".join(filter(None, (number, result.row.text("told"))))
