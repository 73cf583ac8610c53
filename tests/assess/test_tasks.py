"""The city's 18 tasks and its yearly cycle: what is computed, what stays open, where the county's word disagrees."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from junheng.assess.cycle import current, deadlines
from junheng.assess.engine import assess
from junheng.assess.model import Verdict
from junheng.assess.tasks import TaskResult, assess_tasks, city_goal_share, city_goal_verdict
from junheng.errors import ParamsProblem
from junheng.params.tasks import TaskCheck, chinese_date, load_cycle, load_tasks
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school

PLAN = load_tasks(PARAMS)
CYCLE = load_cycle(PARAMS)
MET, UNMET, UNKNOWN = Verdict.MET, Verdict.UNMET, Verdict.UNKNOWN
SPENDING = {
    "education_spending": 100,
    "education_spending_last": 100,
    "spending_per_student": 10,
    "spending_per_student_last": 10,
    "large_schools_last": 0,
}
JUNIOR_LARGE = {"school_type": "九年一贯制学校", "students_primary": 1500, "students_junior": 1000}


def tasks(
    *schools: dict[str, Any], inputs: dict[str, Fraction] | None = None, rows: Any = (), **figures: Any
) -> dict[str, TaskResult]:
    county = assess(
        book(list(schools) or [school()], {**SPENDING, **figures}, tasks=list(rows)),
        DICTIONARY,
        (NATIONAL, LOCAL),
    )
    return {result.task.id: result for result in assess_tasks(county, DICTIONARY, PLAN, inputs or {})}


def verdicts(result: TaskResult) -> dict[str, Verdict | None]:
    return {check.check.id: check.verdict for check in result.checks}


def test_every_task_of_the_policy_is_there_in_order():
    assert [task.id for task in PLAN.tasks] == [str(number) for number in range(1, 19)]
    assert all(task.title and task.goal and task.departments.startswith("市") for task in PLAN.tasks)
    assert {goal.id: goal.target for goal in PLAN.city_goals}["master_teachers"] == 400


@pytest.mark.parametrize(
    ("last", "now", "cleared", "no_new"),
    [
        (0, 0, MET, MET),  # nothing to clear
        (0, 1, MET, UNMET),  # a new one
        (10, 7, MET, MET),  # exactly 30 %
        (10, 8, UNMET, MET),
        (3, 2, MET, MET),
        (4, 3, UNMET, MET),
        (3, 3, UNMET, MET),  # three are many [decided]
        (2, 2, MET, MET),  # two are not: no share of them need be cleared
        (1, 2, MET, UNMET),
    ],
)
def test_large_schools(last: int, now: int, cleared: Verdict, no_new: Verdict):
    large = [school(n, students_primary=2001) for n in range(1, now + 1)]
    small = [school(50, students_primary=2000), school(51, **JUNIOR_LARGE)]
    result = tasks(*large, *small, large_schools_last=last)["1"]
    assert verdicts(result) == {"cleared": cleared, "no_new": no_new}


def test_large_combined_school_and_missing_inputs():
    big = school(1, **{**JUNIOR_LARGE, "students_junior": 1001})
    assert verdicts(tasks(big)["1"]) == {"cleared": MET, "no_new": UNMET}
    result = tasks(school(1, students_primary=None), large_schools_last=3)["1"]
    assert set(verdicts(result).values()) == {UNKNOWN}
    assert {m.header for check in result.checks for m in check.missing} == {"小学在校生数"}
    result = tasks(large_schools_last=None)["1"]
    assert result.verdict is UNKNOWN
    assert {m.header for check in result.checks for m in check.missing} == {"上年大规模学校数"}


def test_what_many_large_schools_are_is_a_setting():
    large = [school(n, students_primary=2001) for n in range(1, 4)]
    five = {"many_large_schools": Fraction(5)}
    assert verdicts(tasks(*large, inputs=five, large_schools_last=4)["1"])["cleared"] is MET
    assert verdicts(tasks(*large, large_schools_last=4)["1"])["cleared"] is UNMET


def test_a_goal_that_is_missed_for_certain_is_not_hidden_by_a_blank():
    schools = [school(1, three_classrooms=False), school(2, three_classrooms=None)]
    result = tasks(*schools)["2"]
    assert verdicts(result)["three_classrooms"] is UNMET
    assert verdicts(tasks(school(1), schools[1])["2"])["three_classrooms"] is UNKNOWN
    more = [school(n, students_primary=2001) for n in (1, 2)]
    hidden = tasks(*more, school(3, students_primary=None), large_schools_last=1)["1"]
    assert verdicts(hidden)["no_new"] is UNMET


def test_the_training_share_is_the_countys():
    """Every school 5 % or more, the county 7 %: Jining's verdict of Q4 and task 5 fail together."""
    schools = [school(1, training_budget=2), school(2, training_budget=3.6)]
    result = tasks(*schools)["5"]
    assert (result.verdict, result.checks[0].value) == (UNMET, Fraction(56, 800))
    schools[1]["training_budget"] = 4.4
    assert tasks(*schools)["5"].verdict is MET


def test_a_goal_of_a_later_year_is_no_failure_yet():
    half = tasks(school(1), school(2, smart_campus=False, three_classrooms=True))["2"]
    assert verdicts(half) == {"three_classrooms": MET, "smart_campus": None}
    assert half.verdict is MET
    assert half.checks[1].value == Fraction(1, 2)
    late = tasks(school(1), school(2, three_classrooms=False, smart_campus=True))["2"]
    assert verdicts(late) == {"three_classrooms": UNMET, "smart_campus": MET}


def test_the_provincial_limit_is_an_input_and_without_it_nothing_is_judged():
    schools = [school(1, students_primary=950), school(2, students_primary=50, sponsor="10")]
    open_ = tasks(*schools)["11"]
    assert (open_.verdict, open_.checks[0].value) == (UNKNOWN, Fraction(1, 20))
    assert "省定限值" in open_.checks[0].missing[0].subject
    limit = Fraction(5, 100)
    assert tasks(*schools, inputs={"private_share_limit": limit})["11"].verdict is MET  # 5 % exactly
    more = school(3, students_primary=1, sponsor="10")
    assert tasks(*schools, more, inputs={"private_share_limit": limit})["11"].verdict is UNMET


@pytest.mark.parametrize(
    ("now", "before", "verdict"), [(100, 100, MET), ("99.99", 100, UNMET), (None, 100, UNKNOWN)]
)
def test_spending_does_not_fall(now: Any, before: int, verdict: Verdict):
    figure = Fraction(now) if isinstance(now, str) else now
    assert tasks(education_spending=figure, education_spending_last=before)["18"].verdict is verdict


def test_items_are_judged_by_the_citys_standard():
    assert tasks(quota_allotted=59)["15"].verdict is UNMET  # national 50 %, city 60 %
    assert tasks(quota_allotted=60)["15"].verdict is MET
    assert tasks(school(1, training_budget=3))["5"].verdict is UNMET  # 7.5 % of 40
    assert tasks(rotation_actual=9)["4"].verdict is UNMET
    assert tasks(disabled_enrolled=None)["15"].verdict is UNKNOWN


@pytest.mark.parametrize(
    ("quota", "done", "against", "undone"),
    [(60, True, False, False), (59, True, True, True), (60, False, True, True), (59, False, False, True)],
)
def test_the_countys_word_beside_its_figures(quota: int, done: bool, against: bool, undone: bool):
    result = tasks(quota_allotted=quota, rows=[{"task": "15", "done": done}])["15"]
    assert (result.contradicts, result.undone) == (against, undone)


def test_a_task_without_figures_rests_on_the_countys_word():
    results = tasks(rows=[{"task": "6", "done": False}])
    assert (results["6"].verdict, results["6"].undone, results["6"].contradicts) == (None, True, False)
    assert (results["3"].reported, results["3"].undone) == (None, False)


def test_city_counts_take_only_what_names_them():
    row = {"task": "13", "target": "新增劳动教育示范校3所", "result": "4", "unit": "所", "done": True}
    task = PLAN.task("13")
    shares = {goal.id: city_goal_share(book([school()], tasks=[row]), task, goal) for goal in task.city_goals}
    assert {name: share for name, share in shares.items() if share is not None} == {
        "labour_schools": Fraction(4)
    }
    other = book([school()], tasks=[row | {"unit": "%"}])
    assert city_goal_share(other, task, task.city_goals[2]) is None


@pytest.mark.parametrize(
    ("total", "silent", "year", "verdict"),
    [(100, 3, 2024, MET), (99, 1, 2024, UNKNOWN), (99, 0, 2025, None), (99, 0, 2026, UNMET)],
)
def test_city_counts_are_due_in_their_year(total: int, silent: int, year: int, verdict: Verdict | None):
    goal = next(goal for goal in PLAN.city_goals if goal.id == "labour_schools")
    assert city_goal_verdict(goal, Fraction(total), silent, year) is verdict


@pytest.mark.parametrize(
    ("today", "step"),
    [
        (date(2024, 12, 31), "self_check"),
        (date(2025, 1, 1), "self_report"),
        (date(2025, 4, 25), "assessment"),
        (date(2025, 5, 1), "rectification"),
        (date(2026, 1, 1), None),
    ],
)
def test_where_a_county_is_in_the_cycle(today: date, step: str | None):
    now = current(deadlines(CYCLE, 2024, date(2025, 12, 31), today))
    assert (now and now.step.id) == step


def test_dates_and_checks_are_read_strictly():
    assert chinese_date("2025年4月25日", "试") == date(2025, 4, 25)
    for text in ("2025年4月", "年底", "2025年2月30日", ""):
        with pytest.raises(ParamsProblem, match=r"应写作“2025年4月25日”"):
            chinese_date(text, "params/2024/city.yml中的整改时限")
    for record in (
        {"item": "G11"},
        {"value": "1"},
        {"item": "G11", "part": "x", "value": "1", "threshold": 1},
    ):
        with pytest.raises(ValueError, match="两者取一"):
            TaskCheck.model_validate({"id": "x", "name": "试", **record})
    names = {check.id for task in PLAN.tasks for check in task.checks if check.item}
    parts = {part.id for item in LOCAL.items for part in item.parts}
    assert {c.part for t in PLAN.tasks for c in t.checks if c.item} <= parts and names
