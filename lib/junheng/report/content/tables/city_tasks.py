"""The tables of the city's 18 tasks over all counties and of what is asked of the whole city (RULES §9)."""

from __future__ import annotations

from fractions import Fraction

from junheng.assess.city_tasks import GoalResult, TaskCount, city_counts, city_requirements, count_tasks
from junheng.assess.model import Verdict
from junheng.exact import plain
from junheng.params.tasks import CityGoal
from junheng.report.content.context import CityContext
from junheng.report.content.model import Mark, Table, TableCell
from junheng.report.content.numbers import BLANK
from junheng.report.content.phrases import listed
from junheng.report.content.tables.building import (
    MARKS,
    Cells,
    label,
    number_cell,
    place_cell,
    row,
    text_cell,
)
from junheng.report.content.tables.tasks import UNDER_WAY, task_head

UNANSWERED = "未填报"
OPEN = TableCell(BLANK, mark="unknown")


def city_tasks_table(context: CityContext) -> Table:
    """Every task: by how many counties it is reported as done, and what the figures show."""
    counts = count_tasks(context.wording.tasks, context.tasks)
    return Table(context.specs["city_tasks"], tuple(row(_task_cells(context, count)) for count in counts))


def _task_cells(context: CityContext, count: TaskCount) -> Cells:
    names = [m.county.name for m in context.city.members if m.county.code in count.unmet]
    judged: Cells = dict.fromkeys(("met", "unmet", "unknown"), BLANK)
    if count.task.checks:
        judged = {
            "met": number_cell(count.computed[Verdict.MET]),
            "unmet": marked_count(count.computed[Verdict.UNMET], "unmet"),
            "unknown": marked_count(count.computed[Verdict.UNKNOWN], "unknown"),
        }
    return {
        **task_head(count.task),
        "done": number_cell(count.reported[True]),
        "undone": marked_count(count.reported[False], "unmet"),
        "silent": number_cell(count.reported[None]),
        **judged,
        "names": text_cell(listed(names)),
        "responsible": count.task.departments,
    }


def marked_count(count: int, mark: Mark) -> TableCell:
    """A count, set apart when there is any."""
    return TableCell(str(count), Fraction(count), mark if count else "")


def city_goals_table(context: CityContext) -> Table:
    """The counts the whole city is to reach: the office's figure, and the sum of what the counties report."""
    goals = city_counts(context.wording.tasks, context.city)
    return Table(context.specs["city_goals"], tuple(row(_goal_cells(goal)) for goal in goals))


def _goal_cells(result: GoalResult) -> Cells:
    goal = result.goal
    return {
        **_goal_head(result),
        "target": BLANK if goal.target is None else _amount_cell(goal.target, goal),
        "own": OPEN if result.own is None else _amount_cell(result.own, goal),
        "total": _amount_cell(result.total, goal) if result.reporting else OPEN,
        "reporting": number_cell(result.reporting),
        "verdict": _state_cell(result, str(result.verdict or UNDER_WAY)),
    }


def city_requirements_table(context: CityContext) -> Table:
    """What only words can answer, each requirement a row; one without an answer stays in sight."""
    found = city_requirements(context.wording.tasks, context.city)
    return Table(context.specs["city_requirements"], tuple(row(_requirement_cells(one)) for one in found))


def _requirement_cells(result: GoalResult) -> Cells:
    """The office's words on a requirement, behind its number where there is one."""
    amount = "" if result.own is None else f"{plain(result.own)}{result.goal.unit}"
    return {
        **_goal_head(result),
        "state": _state_cell(result, result.row.text("state") or UNANSWERED),
        "told": text_cell("；".join(filter(None, (amount, result.row.text("told"))))),
    }


def _goal_head(result: GoalResult) -> Cells:
    goal = result.goal
    by = "每年" if goal.period == "year" else f"{goal.by}年" if goal.by else BLANK
    return {"number": place_cell(int(result.task.id)), "goal": label(goal.name), "by": by}


def _amount_cell(amount: Fraction, goal: CityGoal) -> TableCell:
    return TableCell(f"{plain(amount)}{goal.unit}", amount)


def _state_cell(result: GoalResult, text: str) -> TableCell:
    return TableCell(text, mark=MARKS[result.verdict] if result.verdict else "")
