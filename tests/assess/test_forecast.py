"""The forecast: the stage moved on by its average grade, low below high, resources untouched, errors of the back-test."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from junheng.assess.back_test import back_test, pooled
from junheng.assess.engine import assess
from junheng.assess.forecast import forecast, project, target_year, with_pupils
from junheng.assess.model import Verdict
from junheng.params.forecast import CASES, load_assumptions
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school

GIVEN = load_assumptions(PARAMS)
A, B, J = "2137830001", "2137830002", "2137830003"
JUNIOR = school(
    3,
    school_type="初级中学",
    students_primary=None,
    students_junior=330,
    grades_junior=3,
    classes_junior=8,
    staff_junior=20,
    bachelor_junior=30,
    backbone_junior=5,
    pe_junior=5,
)


def assumed(**bands: tuple[str, str, str]) -> object:
    made = {
        name: getattr(GIVEN, name).model_copy(update=dict(zip(CASES, map(Fraction, values), strict=True)))
        for name, values in bands.items()
    }
    return GIVEN.model_copy(update={**made, "own_trend": Fraction(1, 2)})


LEVEL = {"entrants": ("0", "0", "0"), "stay": ("1", "1", "1"), "transfer": ("1", "1", "1")}


def test_level_entrants_keep_a_primary_school_and_lead_a_junior_one_to_its_feeders() -> None:
    made = book([school(1, students_primary=600), school(2, students_primary=300), JUNIOR])
    first, second, third = project(made, None, assumed(**LEVEL), "middle", 2)
    assert first[A, "primary"] == second[A, "primary"] == third[A, "primary"] == 600
    # 330 less a third, and the 150 that leave two primary schools of six grades
    assert (second[J, "junior"], third[J, "junior"]) == (370, 410)


def test_falling_entrants_and_pupils_who_leave() -> None:
    made = book([school(1, students_primary=600)])
    bands = assumed(entrants=("-0.1", "-0.1", "-0.1"), stay=("0.98", "1", "1"), transfer=("1", "1", "1"))
    assert project(made, None, bands, "middle", 1)[1][A, "primary"] == 500 + 90
    assert project(made, None, bands, "low", 1)[1][A, "primary"] == 490 + 90


def test_a_schools_own_trend_goes_on_in_part() -> None:
    now = book([school(1, students_primary=660), school(2, students_primary=600)])
    before = book([school(1, students_primary=600), school(2, students_primary=600)])
    renewed = book(
        [school(1, students_primary=600, school_code="3137830001"), school(2, students_primary=600)]
    )
    assert project(now, renewed, assumed(**LEVEL), "middle", 1) == project(
        now, before, assumed(**LEVEL), "middle", 1
    )
    found = project(now, before, assumed(**LEVEL), "middle", 1)[1]
    # the county grew by 5 %, the first school by 10 %: half of the difference goes on
    assert (found[A, "primary"], found[B, "primary"]) == (677, 585)


def test_missing_and_special_pupils_are_not_forecast() -> None:
    special = school(2, school_type="特殊教育学校", students_primary=50)
    made = book([school(1, students_primary=None), special])
    assert project(made, None, GIVEN, "middle", 1) == [{}, {}]


def test_only_pupils_change_and_the_book_stays() -> None:
    made = book([school(1)])
    changed = with_pupils(made, {(A, "primary"): Fraction(640)})
    old, new = made.rows("schools")[0], changed.rows("schools")[0]
    assert old.get("students_primary") == 500 and new.get("students_primary") == 640
    differing = [key for key in old.values if old.values[key] != new.values[key]]
    assert differing == ["students_primary"] and new.values["students_primary"].repair == "预测值"


def test_the_units_that_fall_below_and_what_they_lack() -> None:
    tight = school(1, teaching_area=2250, classes_primary=11, staff_primary=26, multimedia_rooms=12)
    base = assess(book([tight]), DICTIONARY, (NATIONAL, LOCAL))
    assert base.units[0].verdict is Verdict.MET
    growing = assumed(entrants=("0", "0.1", "0.5"), stay=("1", "1", "1"), transfer=("1", "1", "1"))
    made = forecast(base, None, growing, DICTIONARY, 2026)
    (unit,) = made.units
    # entrants of 83 1/3 grow by 10 % and then 21 %: 500 + 8 + 18
    assert [unit.pupils(case) for case in CASES] == [500, 526, 646]
    assert (unit.falls("low"), unit.falls("middle"), unit.falls("high")) == (False, True, True)
    assert made.gaps(unit.then["middle"]) == {"L4": 526 * Fraction("4.5") - 2250, "L7": 1}
    assert made.classes_needed(unit.then["high"]) == 15 - 11
    assert made.staff_needed(unit.then["high"], made.staff[unit.now.key]) == 34 - 26
    assert made.base is base and base.units[0].students == 500


def test_the_target_year_or_some_years_on() -> None:
    base = assess(book([school(1)]), DICTIONARY, (NATIONAL, LOCAL))
    assert target_year(base, GIVEN) == 2024 + GIVEN.least_years
    later = replace(base, county=base.county.model_copy(update={"target_year": 2026}))
    assert target_year(later, GIVEN) == 2026


def test_the_back_test_never_sees_the_year_it_forecasts() -> None:
    before = book([school(1, students_primary=600), school(2, students_primary=300)])
    now = book([school(1, students_primary=660), school(2, students_primary=300), school(4)])
    (found,) = back_test(before, now, assumed(**LEVEL))
    assert (found.schools, found.actual, found.middle) == (2, 960, 900)
    assert found.error == found.naive == Fraction(60, 960) and found.bias == Fraction(-60, 960)
    assert found.inside == 1
    (both,) = pooled([found, found])
    assert both.schools == 4 and both.error == found.error
