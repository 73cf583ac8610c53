"""Units, split, indicators, the 85% rule (RULES §1, §2)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from junheng.assess.engine import assess, evaluate
from junheng.assess.model import Verdict
from junheng.params.city import CountyYear, ExceptionUse
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, book, school


def units_of(*schools, exceptions=()):
    result = evaluate(book(list(schools)), DICTIONARY, NATIONAL, exceptions)
    return {unit.key: unit for unit in result.units}, result


def nine_year(code=1, primary=166, junior=210, **values):
    stages = {
        "school_type": "九年一贯制学校",
        "students_primary": primary,
        "students_junior": junior,
        "classes_junior": 5,
        "bachelor_junior": 30,
        "backbone_junior": 9,
        "pe_junior": 9,
    }
    return school(code, **{**stages, **values})


@pytest.mark.parametrize(
    ("school_type", "pupils", "stages"),
    [
        ("小学", {"students_primary": 300}, ["primary"]),
        ("小学教学点", {"students_primary": 50}, ["primary"]),
        ("小学教学点", {"students_primary": 49}, []),
        ("初级中学", {"students_junior": 300}, ["junior"]),
        ("九年一贯制学校", {"students_primary": 300, "students_junior": 200}, ["primary", "junior"]),
        ("九年一贯制学校", {"students_primary": 300, "students_junior": 0}, ["primary"]),
        (
            "十二年一贯制学校",
            {"students_primary": 9, "students_junior": 9, "students_senior": 9},
            ["primary", "junior"],
        ),
        ("完全中学", {"students_junior": 300, "students_senior": 600}, ["junior"]),
        ("特殊教育学校", {"students_primary": 60, "students_junior": 60}, []),
    ],
)
def test_which_stages_are_units(school_type, pupils, stages):
    units, result = units_of(school(1, **{"students_primary": 0, "school_type": school_type, **pupils}))
    assert [stage for _, stage in units] == stages
    assert bool(result.excluded) is (not stages)


def test_a_private_school_is_in():
    units, _ = units_of(school(1, sponsor="10"))
    assert len(units) == 1


def test_nine_year_split_is_weighted_by_pupils():
    units, _ = units_of(nine_year(teaching_area=23226))
    primary, junior = (units["2137830001", stage].cells["L4"] for stage in ("primary", "junior"))
    weight = 166 + Fraction("1.1") * 210
    assert primary.numerator == Fraction(23226 * 166) / weight
    assert primary.numerator + junior.numerator == 23226
    assert junior.value == primary.value * Fraction("1.1")


def test_complete_school_shares_with_senior_one_to_one_point_two():
    complete = school(
        1,
        school_type="完全中学",
        students_primary=0,
        students_junior=800,
        students_senior=1500,
        teaching_area=9000,
    )
    units, _ = units_of(complete)
    expected = Fraction(9000) * 800 / (800 + Fraction("1.2") * 1500)
    assert units["2137830001", "junior"].cells["L4"].numerator == expected


def test_staff_is_never_split():
    units, _ = units_of(nine_year(backbone_primary=3, backbone_junior=5))
    assert units["2137830001", "primary"].cells["L2"].numerator == 3
    assert units["2137830001", "junior"].cells["L2"].numerator == 5


def test_threshold_is_met_exactly_where_floats_would_miss_it():
    """9/1000×100 is 0.8999999999999999 and 33/(440/100) 7.499999999999999 in floats."""
    units, _ = units_of(school(1, students_primary=1000, pe_primary=9))
    assert units["2137830001", "primary"].cells["L3"].verdict is Verdict.MET
    units, _ = units_of(school(1, students_primary=440, sports_ground_area=3300))
    assert units["2137830001", "primary"].cells["L5"].verdict is Verdict.MET


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, Verdict.MET),
        ({"multimedia_rooms": 10, "students_primary": 500}, Verdict.MET),  # 2.0 of 2.3: 87%
        ({"teaching_area": 1912.5}, Verdict.MET),  # 3.825: exactly 85%
        ({"teaching_area": 1912.49}, Verdict.UNMET),
        ({"teaching_area": 2200, "multimedia_rooms": 11}, Verdict.UNMET),  # two unmet, both above 85%
        ({"pe_primary": 0}, Verdict.UNMET),  # a real zero stays in
    ],
)
def test_six_of_seven_and_eighty_five_percent(changes, verdict):
    units, _ = units_of(school(1, **changes))
    assert units["2137830001", "primary"].verdict is verdict


KEYS = ["bachelor_primary", "teaching_area", "students_primary", "multimedia_rooms"]


@pytest.mark.parametrize("key", KEYS)
def test_a_missing_input_leaves_cell_unit_and_total_open(key):
    units, result = units_of(school(1, **{key: None}), school(2))
    unit = units["2137830001", "primary"]
    assert (unit.verdict, result.resource) == (Verdict.UNKNOWN, Verdict.UNKNOWN)
    named = {missing.key for cell in unit.cells.values() for missing in cell.missing}
    assert named == {key}


@pytest.mark.parametrize("key", KEYS)
def test_a_missing_input_never_hides_that_the_unit_fails(key):
    """RULES §2: one indicator below 85%, or two missed, decide; without its pupils it is not even sure to be a unit."""
    for failing in ({"pe_primary": 0}, {"pe_primary": 4, "backbone_primary": 4, "students_primary": 500}):
        units, result = units_of(school(1, **{**failing, key: None}), school(2))
        open_unit = key == "students_primary"
        assert units["2137830001", "primary"].verdict is (Verdict.UNKNOWN if open_unit else Verdict.UNMET)
        assert result.resource is (Verdict.UNKNOWN if open_unit else Verdict.UNMET)


def test_one_indicator_between_85_percent_and_its_threshold_leaves_an_open_unit_open():
    units, _ = units_of(school(1, multimedia_rooms=10, teaching_area=None))
    assert units["2137830001", "primary"].verdict is Verdict.UNKNOWN


def test_the_best_an_open_indicator_can_be_may_decide():
    """Without the indoor area L4 can be no more than all teaching area; without the juniors a share no more than all."""
    units, _ = units_of(school(1, teaching_area=1900, indoor_sports_area=None))
    unit = units["2137830001", "primary"]
    assert (unit.cells["L4"].verdict, unit.verdict) == (Verdict.UNKNOWN, Verdict.UNMET)
    units, _ = units_of(school(1, teaching_area=1913, indoor_sports_area=None))
    assert units["2137830001", "primary"].verdict is Verdict.UNKNOWN
    poor = nine_year(2, primary=500, junior=None, equipment_value=80)
    units, _ = units_of(poor)
    assert units["2137830002", "primary"].verdict is Verdict.UNMET
    assert units["2137830002", "junior"].verdict is Verdict.UNKNOWN


def test_an_exception_whose_switch_is_blank_leaves_the_indicator_open():
    """Never a silent choice: with or without the leased field the indicator would be another."""
    used = CountyYear(exceptions=(ExceptionUse(id="E2", basis="测试依据"),))
    crowded = {"sports_ground_area": 1000, "dense_urban": None}

    def unit(**changes):
        made = book([school(1, **{**crowded, **changes})])
        return assess(made, DICTIONARY, (NATIONAL, LOCAL), used).national.units[0]

    leased = unit(leased_sports_area=3000)
    assert (leased.cells["L5"].verdict, leased.verdict) == (Verdict.UNKNOWN, Verdict.UNKNOWN)
    assert [missing.key for missing in leased.cells["L5"].missing] == ["dense_urban"]
    assert unit(leased_sports_area=3000, dense_urban=True).verdict is Verdict.MET
    assert unit(leased_sports_area=3000, dense_urban=False).verdict is Verdict.UNMET
    assert unit().cells["L5"].verdict is Verdict.UNMET  # nothing would be added, whatever the switch says


def test_optional_blank_is_zero_only_there():
    units, _ = units_of(school(1, shared_pe_arts_primary=None, other_ground_area=None))
    assert units["2137830001", "primary"].verdict is Verdict.MET


def test_campus_splits_by_itself_then_joins_stage_by_stage():
    main = nine_year(1, primary=600, junior=300, teaching_area=6000)
    campus = nine_year(
        2, primary=100, junior=400, teaching_area=2000, counted=False, parent_code="2137830001"
    )
    units, _ = units_of(main, campus)
    weight = Fraction("1.1")
    own = Fraction(6000) * 600 / (600 + weight * 300)
    joined = own + Fraction(2000) * 100 / (100 + weight * 400)
    unit = units["2137830001", "primary"]
    assert unit.students == 700
    assert unit.cells["L4"].numerator == joined
    assert unit.campuses == ("2137830002",)
    assert set(units) == {("2137830001", "primary"), ("2137830001", "junior")}


def test_a_campus_may_bring_another_stage():
    campus = school(
        2,
        school_type="初级中学",
        students_primary=0,
        students_junior=200,
        counted=False,
        parent_code="2137830001",
    )
    units, _ = units_of(school(1), campus)
    assert units["2137830001", "junior"].students == 200


@pytest.mark.parametrize("counted", [True, False, None])
@pytest.mark.parametrize("parent", ["", "2137830001", "2137830002", "9999999999"])
@pytest.mark.parametrize("pupils", [50, 49])
def test_a_point_is_never_merged(counted, parent, pupils):
    """RULES §1: no 教学点 is counted as a school; it is judged, or listed as out, by its own pupils all the same."""
    point = school(2, school_type="小学教学点", students_primary=pupils, counted=counted, parent_code=parent)
    units, result = units_of(school(1), point)
    assert units["2137830001", "primary"].students == 500 and not units["2137830001", "primary"].campuses
    assert (("2137830002", "primary") in units) is (pupils == 50)
    assert [out.school_code for out in result.excluded] == ([] if pupils == 50 else ["2137830002"])


def test_a_campus_without_resources_or_pupils_changes_only_the_denominator():
    empty = school(
        2, counted=False, parent_code="2137830001", students_primary=100, teaching_area=0, bachelor_primary=0
    )
    alone, _ = units_of(school(1, teaching_area=3000))
    merged, _ = units_of(school(1, teaching_area=3000), empty)
    key = ("2137830001", "primary")
    assert merged[key].cells["L4"].numerator == alone[key].cells["L4"].numerator
    assert merged[key].cells["L4"].value == alone[key].cells["L4"].value * 500 / 600


def test_indoor_sports_counts_as_sports_not_as_teaching():
    units, _ = units_of(school(1, teaching_area=3000, indoor_sports_area=400, sports_ground_area=3000))
    unit = units["2137830001", "primary"]
    assert unit.cells["L4"].numerator == 2600
    assert unit.cells["L5"].numerator == 3400


@pytest.mark.parametrize(
    ("location", "pupils", "used"), [("乡村", 60, True), ("镇区", 60, False), ("乡村", 100, False)]
)
def test_exception_e1_needs_a_small_rural_school(location, pupils, used):
    small = school(1, location=location, students_primary=pupils, pe_primary=0, shared_pe_arts_primary=1)
    units, _ = units_of(small, exceptions=["E1"])
    cell = units["2137830001", "primary"].cells["L3"]
    assert (cell.numerator, cell.exception) == ((1, "E1") if used else (0, None))


def test_exception_e1_covers_rural_junior_schools_too():
    small = school(
        1,
        school_type="初级中学",
        location="乡村",
        students_primary=0,
        students_junior=60,
        shared_pe_arts_junior=2,
    )
    units, _ = units_of(small, exceptions=["E1"])
    assert units["2137830001", "junior"].cells["L3"].numerator == 2


def test_exception_e2_counts_other_grounds_only_when_switched_on():
    dense = school(
        1, dense_urban=True, sports_ground_area=3000, other_ground_area=500, leased_sports_area=250
    )
    off, _ = units_of(dense)
    on, _ = units_of(dense, exceptions=["E2"])
    key = ("2137830001", "primary")
    assert (off[key].cells["L5"].numerator, on[key].cells["L5"].numerator) == (3000, 3750)


def test_an_attached_nursery_takes_its_share_of_what_is_shared():
    """附设幼儿班 count 1 in the split of L4–L7, and nowhere else."""
    alone, _ = units_of(school(1))
    units, _ = units_of(school(1, preschool_students=125))
    key = ("2137830001", "primary")
    for indicator in ("L1", "L2", "L3"):
        assert units[key].cells[indicator] == alone[key].cells[indicator]
    for indicator in ("L4", "L5", "L6", "L7"):
        assert units[key].cells[indicator].numerator == alone[key].cells[indicator].numerator * 500 / 625
    assert units[key].students == 500 and not units[key].combined
    assert any(source.cell.startswith("preschool_students") for source in units[key].cells["L4"].sources)


@pytest.mark.parametrize(
    ("school_type", "pupils", "stage", "share"),
    [
        ("九年一贯制学校", {"primary": 300, "junior": 200}, "primary", "300/(50 + 300 + 220)"),
        ("九年一贯制学校", {"primary": 300, "junior": 200}, "junior", "220/(50 + 300 + 220)"),
        ("完全中学", {"primary": 0, "junior": 200, "senior": 100}, "junior", "220/(50 + 220 + 132)"),
        ("小学", {"primary": 300, "junior": 20}, "primary", "300/(50 + 300 + 22)"),
        ("小学", {"primary": 300, "junior": 20}, "junior", "22/(50 + 300 + 22)"),
        ("初级中学", {"primary": 30, "junior": 200}, "primary", "30/(50 + 30 + 220)"),
        ("初级中学", {"primary": 0, "junior": 200, "senior": 100}, "junior", "220/(50 + 220 + 132)"),
    ],
)
def test_one_rule_of_weights_over_whatever_has_pupils(school_type, pupils, stage, share):
    above, below = share.split("/")
    columns = {f"students_{name}": count for name, count in pupils.items()}
    units, _ = units_of(nine_year(1, 0, 0, **columns, school_type=school_type, preschool_students=50))
    expected = Fraction(above) / sum(map(Fraction, below.strip("()").split(" + ")))
    assert units["2137830001", stage].cells["L7"].numerator == 14 * expected


def test_attached_classes_are_a_unit_like_any_other():
    """A 小学 with 初中 classes: the teachers of each stage, G6 and the ledger of units see both stages."""
    units, result = units_of(nine_year(1, 300, 20, school_type="小学"), school(2))
    junior = units["2137830001", "junior"]
    assert junior.students == 20 and junior.combined and junior.cells["L1"].numerator == 30
    assert set(units) == {("2137830001", "primary"), ("2137830001", "junior"), ("2137830002", "primary")}
    assert result.excluded == ()


def test_a_special_schools_columns_make_no_stage():
    units, result = units_of(school(1), school(2, school_type="特殊教育学校", students_junior=20))
    assert [out.school_code for out in result.excluded] == ["2137830002"]
    assert set(units) == {("2137830001", "primary")}
