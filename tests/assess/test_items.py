"""Items, vetoes, local thresholds, exceptions, settings (RULES §4–§8)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from junheng.assess.engine import assess
from junheng.assess.model import Verdict, combined
from junheng.errors import ParamsProblem
from junheng.params.city import CountyYear, ExceptionUse
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, book, school

MET, UNMET, UNKNOWN = Verdict.MET, Verdict.UNMET, Verdict.UNKNOWN


JUNIOR = school(
    8,
    school_type="初级中学",
    students_primary=0,
    students_junior=500,
    bachelor_junior=40,
    backbone_junior=6,
    pe_junior=5,
    sports_ground_area=6000,
    catchment_junior=475,
    cohort_graduates=95,
    cohort_entrants=100,
)


def assessed(*schools, choices=None, **sheets):
    return assess(
        book(list(schools) or [school(1), JUNIOR], **sheets), DICTIONARY, (NATIONAL, LOCAL), choices
    )


def verdict(item, *schools, **sheets):
    return assessed(*schools, **sheets).national.item(item).verdict


def test_everything_in_order_passes():
    assessment = assessed()
    assert {r.item.id: r.verdict for r in assessment.national.items if r.verdict is not MET} == {}
    assert assessment.national.overall is MET
    assert assessment.local.overall is MET


CASES = [
    ("G3", {"classes_primary": 12}, MET),
    ("G3", {"classes_primary": 13}, UNMET),
    ("G3", {"classes_primary": 13, "music_rooms_96": 2}, UNMET),
    ("G3", {"classes_primary": 13, "music_rooms_96": 2, "fineart_rooms_90": 2}, MET),
    ("G3", {"fineart_rooms_90": None}, UNKNOWN),
    ("G3", {"school_type": "小学教学点", "music_rooms_96": 0}, MET),
    ("G4", {"students_primary": 2000}, MET),
    ("G4", {"students_primary": 2001}, UNMET),
    ("G4", {"school_type": "九年一贯制学校", "students_primary": 1500, "students_junior": 1000}, MET),
    ("G4", {"school_type": "九年一贯制学校", "students_primary": 1500, "students_junior": 1001}, UNMET),
    (
        "G4",
        {"school_type": "完全中学", "students_primary": 0, "students_junior": 2000, "students_senior": 3000},
        MET,
    ),
    ("G5", {"oversize_primary": 1}, UNMET),
    ("G6", {"students_primary": 60, "public_funds_allotted": 7.7}, MET),
    ("G6", {"students_primary": 60, "public_funds_allotted": 7.6999}, UNMET),
    ("G6", {"students_primary": 60, "public_funds_allotted": None}, UNKNOWN),
    ("G9", {"trained_teachers": 35}, UNMET),
    ("G12", {"certified_teachers": 36}, MET),
    ("G13", {"catchment_primary": 499}, UNMET),
    ("G13", {"catchment_primary": 499, "boarding": True}, MET),
    ("G13", {"catchment_primary": 499, "location": "乡村"}, MET),
    ("G13", {"catchment_primary": 499, "sponsor": "10"}, MET),
    ("Q4", {"training_budget": 2}, MET),
    ("Q4", {"training_budget": 1.99}, UNMET),
]


@pytest.mark.parametrize(("item", "changes", "expected"), CASES)
def test_school_items(item, changes, expected):
    assert verdict(item, school(1, **changes)) is expected


COUNTY_CASES = [
    ("G7", {"special_funds": 59.99}, UNMET),
    ("G7", {"special_students": 0}, UNKNOWN),
    ("G8", {"civil_pay": 100001}, UNMET),
    ("G11", {"rotation_actual": 9}, UNMET),
    ("G11", {"rotation_backbone": 1}, UNMET),
    ("G14", {"quota_allotted": 49}, UNMET),
    ("G15", {"migrant_public": 84}, UNMET),
    ("G15", {"migrant_public": None}, UNKNOWN),
    ("Q2", {"disabled_enrolled": 94}, UNMET),
]


@pytest.mark.parametrize(("item", "changes", "expected"), COUNTY_CASES)
def test_county_items(item, changes, expected):
    assert verdict(item, county=changes) is expected


def test_a_conclusion_and_a_ratio_are_both_needed():
    others = [
        {"item": i, "conclusion": "达标"}
        for i in ("G1", "G2", "G8", "G10", "G15", "Q3", "Q5", "Q6", "Q7", "Q8")
    ]
    assert verdict("G14", qualitative=[*others, {"item": "G14", "conclusion": "未达标"}]) is UNMET
    assert verdict("G14", qualitative=others) is UNKNOWN


def test_stricter_local_threshold_changes_only_the_local_verdict():
    assessment = assessed(county={"quota_allotted": 59})
    assert assessment.national.item("G14").verdict is MET
    assert assessment.local.item("G14").verdict is UNMET
    assert (assessment.national.overall, assessment.local.overall) == (MET, UNMET)


@pytest.mark.parametrize(
    ("level", "variation", "expected"),
    [(3, 0.149, MET), (2, 0.1, UNMET), (3, 0.15, UNMET), (None, None, MET), (3, None, UNKNOWN)],
)
def test_monitoring(level, variation, expected):
    rows = [
        {"subject": "语文", "level": 3, "variation": 0.1},
        {"subject": "艺术", "level": level, "variation": variation},
    ]
    assert verdict("Q9", monitoring=rows) is expected


def test_no_monitored_subject_at_all_is_open():
    assert verdict("Q9", monitoring=[{"subject": "语文"}]) is UNKNOWN


@pytest.mark.parametrize(
    ("satisfied", "visited", "expected"), [(85, 85, MET), (84, 90, UNMET), (90, 84, UNMET)]
)
def test_survey_needs_both(satisfied, visited, expected):
    rows = [
        {"group": "家长", "valid": 100, "satisfied": satisfied, "visited": 100, "visited_satisfied": visited}
    ]
    assert verdict("S1", survey=rows) is expected


def test_a_veto_fails_the_county_and_a_blank_leaves_it_open():
    rows = [{"item": f"V{n}", "present": False} for n in range(1, 7)]
    assert assessed(vetoes=[*rows[:5], {"item": "V6", "present": True}]).national.veto is UNMET
    assert assessed(vetoes=[*rows[:5], {"item": "V6"}]).national.veto is UNKNOWN
    assert assessed(vetoes=rows[:5]).national.veto is UNKNOWN


def test_cohort_forms_differ():
    junior = school(
        2,
        school_type="初级中学",
        students_primary=0,
        students_junior=300,
        cohort_graduates=93,
        cohort_entrants=100,
        cohort_moved_out=4,
        cohort_moved_in=2,
    )
    default = assessed(junior).national.item("Q1")
    other = assessed(junior, choices=CountyYear(settings={"q1_form": "from_entrants"})).national.item("Q1")
    assert (default.parts[0].value, default.verdict) == (Fraction(93 - 2 + 4, 100), MET)
    assert other.parts[0].value == Fraction(93, 100 + 2 - 4)


def test_pooled_reading_of_rooms():
    one_each = school(1, classes_primary=24)
    assert verdict("G3", one_each) is UNMET
    pooled = assessed(one_each, choices=CountyYear(settings={"g3_reading": "pooled"}))
    assert pooled.national.item("G3").verdict is MET


@pytest.mark.parametrize(
    ("changes", "exceptions", "expected"),
    [
        ({"music_rooms_96": 0, "music_rooms_73": 1}, ["E3"], MET),
        ({"music_rooms_96": 0, "music_rooms_73": 1}, [], UNMET),
        ({"music_rooms_96": 0, "music_rooms_73": 1, "built_year": 2017}, ["E3"], UNMET),
        (
            {"music_rooms_96": 0, "music_rooms_54": 1, "built_year": 2020, "location": "乡村"}
            | {"students_primary": 60, "largest_class": 29},
            ["E3"],
            MET,
        ),
    ],
)
def test_exception_e3(changes, exceptions, expected):
    choices = CountyYear(exceptions=tuple(ExceptionUse(id=e, basis="测试依据") for e in exceptions))
    assert assessed(school(1, **changes), choices=choices).national.item("G3").verdict is expected


@pytest.mark.parametrize(
    ("built", "migrants", "expected"), [(2010, 0, MET), (2011, 0, UNMET), (2020, 1300, MET)]
)
def test_exception_e4(built, migrants, expected):
    large = school(1, students_primary=2400, built_year=built, migrant_students=migrants)
    choices = CountyYear(exceptions=(ExceptionUse(id="E4", basis="测试依据"),))
    assert assessed(large, choices=choices).national.item("G4").verdict is expected


def test_unknown_exception_and_setting_are_refused():
    with pytest.raises(ParamsProblem, match="E9"):
        assessed(choices=CountyYear(exceptions=(ExceptionUse(id="E9", basis="无"),)))
    with pytest.raises(ParamsProblem, match="g3_reading"):
        assessed(choices=CountyYear(settings={"g3_raeding": "pooled"}))


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [([MET, MET], MET), ([MET, UNKNOWN], UNKNOWN), ([UNMET, UNKNOWN], UNMET), ([], UNKNOWN)],
)
def test_combination(verdicts, expected):
    assert combined(verdicts) is expected


def test_an_open_unit_never_hides_one_that_fails():
    open_and_failing = [school(1, teaching_area=None), school(2, pe_primary=0)]
    assert assessed(*open_and_failing).national.resource is UNMET
    assert assessed(open_and_failing[0]).national.resource is UNKNOWN
    assert assessed(open_and_failing[0]).national.overall is UNKNOWN


def test_the_old_setting_for_open_units_is_refused():
    with pytest.raises(ParamsProblem, match="unknown_total"):
        assessed(choices=CountyYear(settings={"unknown_total": "decided"}))


NINE = {"school_type": "九年一贯制学校", "students_primary": 1500}
CERTAIN = [
    ("G3", {"music_rooms_96": 0, "classes_primary": None}, UNKNOWN),  # there may be no class at all
    ("G3", {**NINE, "students_junior": 500, "music_rooms_96": 0, "classes_junior": None}, UNMET),
    ("G4", {**NINE, "students_primary": 2501, "students_junior": None}, UNMET),
    ("G4", {**NINE, "students_primary": 2500, "students_junior": None}, UNKNOWN),
    ("G5", {**NINE, "students_junior": 500, "oversize_primary": 1, "oversize_junior": None}, UNMET),
    ("G5", {**NINE, "students_junior": 500, "oversize_primary": None}, UNKNOWN),
    ("G6", {"students_primary": 60, "public_funds_allotted": None}, UNKNOWN),
    ("G9", {"teachers_primary": None, "trained_teachers": 3}, UNKNOWN),  # there may be three teachers
    ("Q4", {"public_funds_budget": None, "training_budget": 0}, UNKNOWN),
]


@pytest.mark.parametrize(("item", "changes", "expected"), CERTAIN)
def test_what_is_known_may_decide_an_item_whatever_is_missing(item, changes, expected):
    result = assessed(school(1, **changes)).national.item(item)
    assert result.verdict is expected
    assert any(part.missing for part in result.parts)


def test_a_total_fails_for_certain_beside_a_missing_input():
    """One school trained 3 of 36, another 5 of an unknown number: never more than 8 of 36."""
    schools = [school(1, trained_teachers=3), school(2, teachers_primary=None, trained_teachers=5)]
    (part,) = assessed(*schools).national.item("G9").parts
    assert (part.verdict, part.value, part.nearest) == (UNMET, None, Fraction(8, 36))
    schools[0] = school(1)
    (part,) = assessed(*schools).national.item("G9").parts
    assert (part.verdict, part.value, part.nearest) == (UNKNOWN, None, None)


def test_a_row_that_may_be_out_of_scope_may_still_not_save_a_total():
    far = school(1, students_primary=500, catchment_primary=100)
    unsure = school(2, students_primary=10, catchment_primary=10, boarding=None)
    part = assessed(far, unsure).national.item("G13").parts[0]
    assert (part.verdict, part.nearest) == (UNMET, Fraction(110, 500))


def test_an_exception_that_might_apply_leaves_a_failure_open():
    choices = CountyYear(exceptions=(ExceptionUse(id="E4", basis="测试依据"),))
    large = school(1, students_primary=2300, built_year=None)
    assert assessed(large).national.item("G4").verdict is UNMET
    assert assessed(large, choices=choices).national.item("G4").verdict is UNKNOWN
    huge = school(1, students_primary=2401, built_year=None)
    assert assessed(huge, choices=choices).national.item("G4").verdict is UNMET


def test_a_base_of_zero_is_open_unless_the_setting_says_otherwise():
    nobody = {"special_funds": 0, "special_students": 0}
    assert verdict("G7", county=nobody) is UNKNOWN
    met = assessed(choices=CountyYear(settings={"no_base": "met"}), county=nobody)
    assert met.national.item("G7").verdict is MET
    assert (
        assessed(choices=CountyYear(settings={"no_base": "met"}), county={"quota_total": 0})
        .national.item("G14")
        .verdict
        is UNKNOWN
    )
