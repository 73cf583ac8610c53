"""The city's 18 tasks over all counties (RULES §9): who has done them, and the counts the whole city is to reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.city import CityAssessment
from junheng.assess.model import Verdict
from junheng.assess.tasks import TaskResult, city_goal_share, city_goal_verdict
from junheng.params.tasks import CityGoal, Task, TaskPlan


@dataclass(frozen=True)
class TaskCount:
    """One task: how many counties say it is done, not done or nothing; what their figures show."""

    task: Task
    reported: Mapping[bool | None, int]
    computed: Mapping[Verdict, int]
    unmet: tuple[str, ...]
    """Codes of the counties whose figures do not reach the task's target."""


@dataclass(frozen=True)
class GoalResult:
    """A count of the whole city. `total` sums what was reported, by `reporting` counties; verdict None: under way."""

    task: Task
    goal: CityGoal
    total: Fraction
    reporting: int
    silent: int
    verdict: Verdict | None


def count_tasks(plan: TaskPlan, results: Mapping[str, Sequence[TaskResult]]) -> tuple[TaskCount, ...]:
    """Count each task over the counties (code → results in the plan's order)."""
    found = []
    for place, task in enumerate(plan.tasks):
        own = {code: county[place] for code, county in results.items()}
        reported = [result.reported for result in own.values()]
        verdicts = [result.verdict for result in own.values()]
        found.append(
            TaskCount(
                task,
                {word: reported.count(word) for word in (True, False, None)},
                {verdict: verdicts.count(verdict) for verdict in Verdict},
                tuple(code for code, result in own.items() if result.verdict is Verdict.UNMET),
            )
        )
    return tuple(found)


def sum_goals(plan: TaskPlan, city: CityAssessment) -> tuple[GoalResult, ...]:
    """Add up the counts the whole city is to reach; a county that is left out counts as silent."""
    return tuple(_goal(task, goal, city) for task in plan.tasks for goal in task.city_goals)


def _goal(task: Task, goal: CityGoal, city: CityAssessment) -> GoalResult:
    shares = [city_goal_share(member.assessment.book, task, goal) for member in city.members]
    known = [share for share in shares if share is not None]
    total = sum(known, Fraction(0))
    silent = len(shares) - len(known) + len(city.left_out)
    return GoalResult(
        task, goal, total, len(known), silent, city_goal_verdict(goal, total, silent, city.year)
    )
