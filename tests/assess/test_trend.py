"""This year beside last year: which unit is which."""

from __future__ import annotations

from junheng.assess.back_test import back_test, seen
from junheng.assess.engine import assess
from junheng.assess.plans import school_plans
from junheng.assess.trend import Trend, compare
from junheng.params.forecast import load_assumptions
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school

NINE = {
    "school_type": "九年一贯制学校",
    "school_code": "3137830001",
    "students_junior": 200,
    "classes_junior": 5,
    "staff_junior": 30,
    "bachelor_junior": 30,
    "backbone_junior": 5,
    "pe_junior": 5,
}


def years(now: list[dict], before: list[dict]) -> Trend:
    this, last = (assess(book(rows), DICTIONARY, (NATIONAL, LOCAL)) for rows in (now, before))
    return compare(this, last)


def test_a_school_with_a_new_code_is_the_same_school() -> None:
    """第1小学 became a nine-year school with a new code: its primary unit goes on, its junior one is new."""
    trend = years(
        [school(1, **NINE, backbone_primary=0), school(2)], [school(1, backbone_primary=9), school(2)]
    )
    primary, junior = trend.stages
    assert [change.now.school_code for change in primary.worsened] == ["3137830001"]
    assert [change.before.school_code for change in primary.worsened] == ["2137830001"]
    assert primary.opened == primary.closed == ()
    assert [unit.school_code for unit in junior.opened] == ["3137830001"]


def test_a_plan_shows_last_years_value_of_a_renewed_school() -> None:
    trend = years([school(1, **NINE, backbone_primary=0)], [school(1, backbone_primary=5)])
    (plan,) = school_plans(trend.now, trend)
    before = {line.indicator.id: line.before for line in plan.units[0].lines}
    assert plan.code == "3137830001" and before["L2"] == 1


def test_another_school_of_that_name_is_not_taken_for_it() -> None:
    twins = [school(n, school_name="实验小学") for n in (2, 3)]
    trend = years(twins, [school(1, school_name="实验小学")])
    assert [unit.school_code for unit in trend.stages[0].opened] == ["2137830002", "2137830003"]
    assert [unit.school_code for unit in trend.stages[0].closed] == ["2137830001"]


def test_the_back_test_sees_a_renewed_school() -> None:
    given = load_assumptions(PARAMS)
    before, now = book([school(1, students_primary=500)]), book([school(1, **NINE, students_primary=450)])
    assert [(one.before, one.now) for one in seen(before, now, given)] == [(500, 450)]
    assert [(test.stage, test.actual) for test in back_test(before, now, given)] == [("primary", 450)]
