"""What must be added to the school for what its units lack, and which indicator is cheapest to leave."""

from __future__ import annotations

from fractions import Fraction

from junheng.assess.engine import assess, evaluate
from junheng.assess.model import Verdict
from junheng.assess.shortfall import unit_lacks
from junheng.planning.case import unit_prices
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, book, school
from tests.planning.make import ALL, added, planned, prices

NINE = {
    "school_type": "九年一贯制学校",
    "students_primary": 300,
    "students_junior": 200,
    "teachers_junior": 20,
    "staff_junior": 22,
    "bachelor_junior": 18,
    "backbone_junior": 4,
    "pe_junior": 3,
    "classes_junior": 4,
    "grades_junior": 3,
}
COSTS = {("primary", "L4"): Fraction(1), ("junior", "L4"): Fraction(1), ("primary", "L7"): Fraction(6)}


def lacks(schools, costs=COSTS):
    return unit_lacks(assess(book(schools), DICTIONARY, (NATIONAL, LOCAL)), DICTIONARY, costs)


def test_the_school_must_get_more_than_its_stage_lacks():
    """T·300/520 = 1153.8 of 1350 ㎡ for the primary part, T·220/520 = 846.2 of 1160 ㎡ for the junior part."""
    primary, junior = lacks([school(1, **NINE, teaching_area=2000, multimedia_rooms=9)])
    one, other = primary.lacks[0], junior.lacks[0]
    assert (one.indicator.id, one.share, one.row_code) == ("L4", Fraction(300, 520), "2137830001")
    assert one.gap == 1350 - Fraction(2000 * 300, 520)
    assert one.school_gap == Fraction(1350 * 520, 300) - 2000 == 340
    assert other.school_floor_gap == Fraction(85, 100) * 1160 * Fraction(520, 220) - 2000


def test_rooms_are_whole_after_the_split_not_before():
    primary = lacks([school(1, **NINE, multimedia_rooms=9)])[0]
    room = next(lack for lack in primary.lacks if lack.indicator.id == "L7")
    assert room.gap == 2  # 6.9 − 9·300/520 = 1.7
    assert room.school_gap == 3  # 6.9·520/300 = 11.96 of the whole school; 2 ÷ share would say 4


def test_the_indicator_whose_full_gap_is_dearest_is_left():
    (found,) = lacks([school(1, teaching_area=1500, multimedia_rooms=4)])
    assert found.leave == ("L4",)  # 337.5 ㎡ saved at 1 against 2 rooms at 6
    assert found.costs == {"L4": 750, "L7": 48}
    assert found.cost == Fraction("412.5") + 48
    assert {lack.indicator.id: found.asked(lack) for lack in found.lacks} == {
        "L4": Fraction("412.5"),
        "L7": 8,
    }


def test_one_building_serves_both_stages():
    """The greatest need of the stages is enough for all of them, and nothing less is."""
    found = lacks([school(1, **NINE, teaching_area=2000, multimedia_rooms=12)])
    assert {lack.indicator.id for unit in found for lack in unit.lacks} == {"L4"}
    needed = max(unit.asked(lack) for unit in found for lack in unit.lacks)
    better = school(1, **NINE, teaching_area=2000 + needed, multimedia_rooms=12)
    less = school(1, **NINE, teaching_area=2000 + needed - Fraction(1, 100), multimedia_rooms=12)
    verdicts = [{u.verdict for u in evaluate(book([s]), DICTIONARY, NATIONAL).units} for s in (better, less)]
    assert verdicts[0] == {Verdict.MET} and Verdict.UNMET in verdicts[1]


def test_the_shortfall_of_a_plain_school_is_what_the_plan_buys():
    schools = [school(1, multimedia_rooms=3)]
    (found,) = lacks(schools, unit_prices(ALL, NATIONAL))
    plan = planned(schools, prices("multimedia"))
    assert added(plan, "2137830001", "multimedia_rooms") == found.asked(found.lacks[0])
    assert plan.cost == found.cost


def test_a_campus_with_one_stage_gives_it_all():
    main = school(1, **NINE, teaching_area=1500, multimedia_rooms=12)
    campus = school(2, counted=False, parent_code="2137830001", students_primary=100, teaching_area=50)
    primary = next(u for u in lacks([main, campus]) if u.unit.stage == "primary")
    (area,) = [lack for lack in primary.lacks if lack.indicator.id == "L4"]
    assert (area.row_code, area.share) == ("2137830002", 1)


def test_prices_of_the_parameters_know_every_indicator():
    found = unit_prices(ALL, NATIONAL)
    assert set(found) == {(s.id, i.id) for s in NATIONAL.stages for i in NATIONAL.indicators}
    assert found[("junior", "L6")] == 1 and found[("primary", "L5")] == Fraction("0.06")
