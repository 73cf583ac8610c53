"""The city's 18 tasks over all counties (RULES §9): who has done them, and the counts the whole city is to reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.city import CityAssessment
from junheng.assess.city_records import DONE, NOT_BEGUN
from junheng.assess.model import Verdict
from junheng.assess.tasks import TaskResult, city_goal_share, city_goal_verdict
from junheng.exact import ZERO
from junheng.params.tasks import CityGoal, Task, TaskPlan
from junheng.workbook.model import Row


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
    """A goal of the whole city, by the office's own `row` where it is answered there, else by what counties report.

    `own` is the office's number; `total` sums what `reporting` counties report, `silent` ones report nothing. `verdict`
    None: under way.
    """

    task: Task
    goal: CityGoal
    row: Row
    own: Fraction | None
    verdict: Verdict | None
    total: Fraction = ZERO
    reporting: int = 0
    silent: int = 0

    @property
    def answered(self) -> bool:
        """Whether anything is known: by the office's word or number, or by the counties'."""
        return self.own is not None or bool(self.row.text("state")) or self.reporting > 0


def count_tasks(plan: TaskPlan, results: Mapping[str, Sequence[TaskResult]]) -> tuple[TaskCount, ...]:
    """Count each task over the counties (code → results in the plan's order)."""
    return tuple(
        _counted(task, {code: county[place] for code, county in results.items()})
        for place, task in enumerate(plan.tasks)
    )


def _counted(task: Task, results: Mapping[str, TaskResult]) -> TaskCount:
    reported = [result.reported for result in results.values()]
    verdicts = [result.verdict for result in results.values()]
    return TaskCount(
        task,
        {word: reported.count(word) for word in (True, False, None)},
        {verdict: verdicts.count(verdict) for verdict in Verdict},
        tuple(code for code, result in results.items() if result.verdict is Verdict.UNMET),
    )


def city_counts(plan: TaskPlan, city: CityAssessment) -> tuple[GoalResult, ...]:
    """The counts the whole city is to reach: the office's figure, else the counties' sum (one left out is silent)."""
    return tuple(_count(task, goal, city) for task, goal in _asked(plan, city) if goal.target is not None)


def city_requirements(plan: TaskPlan, city: CityAssessment) -> tuple[GoalResult, ...]:
    """What only words can answer, as the office answers it."""
    return tuple(_words(task, goal, city) for task, goal in _asked(plan, city) if goal.target is None)


def _asked(plan: TaskPlan, city: CityAssessment) -> Iterator[tuple[Task, CityGoal]]:
    return ((task, goal) for task in plan.tasks for goal in task.city_goals if goal.years.holds(city.year))


def _count(task: Task, goal: CityGoal, city: CityAssessment) -> GoalResult:
    row = city.records.goal(goal)
    own = row.figure("result")
    shares = [city_goal_share(member.assessment.book, task, goal) for member in city.members]
    known = [share for share in shares if share is not None]
    total = sum(known, ZERO)
    silent = len(shares) - len(known) + len(city.left_out)
    judged = (total, silent) if own is None else (own, 0)
    verdict = city_goal_verdict(goal, *judged, city.year)
    return GoalResult(task, goal, row, own, verdict, total, len(known), silent)


def _words(task: Task, goal: CityGoal, city: CityAssessment) -> GoalResult:
    row = city.records.goal(goal)
    verdict = requirement_verdict(goal, row.text("state"), city.year)
    return GoalResult(task, goal, row, row.figure("result"), verdict)


def requirement_verdict(goal: CityGoal, state: str, year: int) -> Verdict | None:
    """Judge a requirement by what it is said to be: 无法判定 when nothing is said, None while it is under way.

    What is not yet done is a failure only after its year; what was not begun is one too where no year is set.
    """
    if not state:
        return Verdict.UNKNOWN
    if state == DONE:
        return Verdict.MET
    late = goal.by is not None and year >= goal.by
    return Verdict.UNMET if late or (state == NOT_BEGUN and goal.by is None) else None
