"""Trials: changed copies, exact records of each change, the original untouched, every wrong call one sentence."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from junheng.assess.engine import assess
from junheng.assess.model import Assessment, Verdict
from junheng.assess.whatif import Trial
from junheng.errors import UsageProblem
from junheng.params.whatif import load_moves
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school

A, B = "2137830001", "2137830002"
JUNIOR = {
    "school_type": "初级中学",
    "students_primary": None,
    "students_junior": 300,
    "classes_junior": 8,
    "teachers_junior": 30,
    "staff_junior": 33,
    "bachelor_junior": 30,
    "backbone_junior": 4,
    "pe_junior": 4,
}


def trial(*schools: dict) -> Trial:
    made = book(list(schools) or [school(1), school(2)])
    return Trial(made, (NATIONAL, LOCAL), DICTIONARY, load_moves(PARAMS))


def assessed(found: Trial) -> Assessment:
    return assess(found.book, DICTIONARY, found.standards)


def content(found: Trial, code: str, key: str) -> object:
    return next(r for r in found.book.rows("schools") if r.text("school_code") == code).get(key)


def test_adding_changes_the_copy_and_records_it() -> None:
    start = trial(school(1, teaching_area=2000))
    changed = start.add(A, "教学及辅助用房面积", "250.5").add("第1小学", "teaching_area", -0.5)
    assert content(start, A, "teaching_area") == 2000 and start.changes == ()
    assert content(changed, A, "teaching_area") == 2250
    first = changed.changes[0]
    assert (first.action, first.subject, first.what) == ("增减", "第1小学", "教学及辅助用房面积")
    assert (first.before, first.after, first.unit) == (2000, Fraction("2250.5"), "㎡")
    assert assessed(start).units[0].verdict is Verdict.MET  # one indicator at 88.9%
    assert assessed(changed).units[0].cells["L4"].value == Fraction(9, 2)


def test_moving_teachers_moves_every_count_that_hangs_on_them() -> None:
    changed = trial().move_teachers(A, B, "小学", 2, degree="本科", subject="体育", backbone=True)
    for key, before in {
        "staff_primary": 40,
        "teachers_primary": 36,
        "bachelor_primary": 30,
        "pe_primary": 5,
        "backbone_primary": 6,
        "certified_teachers": 36,
        "trained_teachers": 36,
    }.items():
        assert (content(changed, A, key), content(changed, B, key)) == (before - 2, before + 2), key
    before, after = assessed(trial()), assessed(changed)
    total = [sum(u.cells["L1"].numerator or 0 for u in a.units) for a in (before, after)]
    assert total[0] == total[1] == 60


def test_moving_pupils_takes_their_catchment_along_as_far_as_there_is_any() -> None:
    changed = trial(school(1, catchment_primary=30), school(2)).move_pupils(A, B, "primary", 50)
    assert (content(changed, A, "students_primary"), content(changed, B, "students_primary")) == (450, 550)
    assert (content(changed, A, "catchment_primary"), content(changed, B, "catchment_primary")) == (0, 530)


def test_merging_adds_what_is_summed_takes_the_largest_and_keeps_the_rest() -> None:
    start = trial(
        school(1, largest_class=40, built_year=1990),
        school(2, largest_class=45),
        school(3, counted=False, parent_code=A),
    )
    changed = start.merge(A, B)
    assert [r.text("school_code") for r in changed.book.rows("schools")] == [B, "2137830003"]
    assert content(changed, B, "students_primary") == 1000
    assert content(changed, B, "largest_class") == 45 and content(changed, B, "built_year") == 2012
    assert content(changed, "2137830003", "parent_code") == B
    (unit,) = assessed(changed).units
    assert unit.students == 1500 and unit.campuses == ("2137830003",)


def test_merging_two_stages_needs_a_type_that_has_both() -> None:
    start = trial(school(1), school(2, **JUNIOR))
    with pytest.raises(UsageProblem, match="请用school_type写明办学类型：九年一贯制学校或十二年一贯制学校"):
        start.merge(B, A)
    units = assessed(start.merge(B, A, school_type="九年一贯制学校")).units
    assert [(u.stage, u.students) for u in units] == [("primary", 500), ("junior", 300)]


def test_a_missing_figure_stays_missing_after_a_merger() -> None:
    changed = trial(school(1, equipment_value=None), school(2)).merge(A, B)
    assert content(changed, B, "equipment_value") is None
    assert assessed(changed).units[0].cells["L6"].verdict is Verdict.UNKNOWN


def test_a_new_school_is_equipped_like_another_with_its_own_figures() -> None:
    changed = trial().new_school("新城小学", like=A, figures={"小学在校生数": 300, "城乡类型": "城区"})
    new = assessed(changed.move_pupils(A, "新城小学", "小学", 100)).units[-1]
    assert (new.school_name, new.school_code, new.students, new.location) == (
        "新城小学",
        "3708839001",
        400,
        "城区",
    )
    assert content(changed, "3708839001", "teaching_area") == 3000


def test_thresholds_and_limits_change_in_one_standard_or_both() -> None:
    start = trial(school(1), school(2, teaching_area=6000))
    stricter = start.threshold("L4", "小学", 6.5)
    assert [u.cells["L4"].verdict for u in assessed(stricter).units] == [Verdict.UNMET, Verdict.MET]
    assert NATIONAL.indicator("L4").thresholds["primary"] == Fraction("4.5")
    only = assessed(start.threshold("G14", value=0.7, only="济宁市标准"))
    assert (only.national.item("G14").verdict, only.local.item("G14").verdict) == (Verdict.MET, Verdict.UNMET)
    limited = start.limit("小学", 0.3)
    assert assessed(limited).national.disparity("primary", "L4").verdict is Verdict.UNMET
    assert [c.before for c in limited.changes] == [Fraction(1, 2), Fraction(1, 2)]
    assert [s.title for s in limited.standards] == ["国家标准", "济宁市标准"]


def test_a_plan_and_a_county_figure() -> None:
    changed = trial().plan(
        [
            {"school_code": A, "field": "multimedia_rooms", "add": 3},
            {"school_code": B, "field": "multimedia_rooms", "add": -1},
        ]
    )
    assert (content(changed, A, "multimedia_rooms"), content(changed, B, "multimedia_rooms")) == (17, 13)
    item = assessed(changed.county("上年度交流轮岗教师数", 9)).national.item("G11")
    assert item.verdict is Verdict.UNMET


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            lambda t: t.add("第1小雪", "teaching_area", 1),
            "没有名称或标识码为“第1小雪”的学校。是否要写“第1小学”",
        ),
        (
            lambda t: t.add(A, "教学辅助用房面积", 1),
            "没有名为“教学辅助用房面积”的数据项。是否要写“教学及辅助用房面积”",
        ),
        (lambda t: t.add(A, "multimedia_rooms", -15), "“网络多媒体教室数”只有14间，不能减到-1"),
        (lambda t: t.put(A, "multimedia_rooms", 1.5), "“网络多媒体教室数”应为不小于0的整数（间），现为“1.5”"),
        (lambda t: t.put(A, "teaching_area", "很多"), "应为不小于0的数值（㎡），现为“很多”"),
        (lambda t: t.put(A, "城乡类型", "郊区"), "“城乡类型”应为“城区”“镇区”“乡村”之一，现为“郊区”"),
        (lambda t: t.add("第3小学", "equipment_value", 1), "缺少数据或不是数值，请先用put填写"),
        (lambda t: t.move_teachers(A, B, "初中", 1), "第1小学”为小学，没有“初中教职工数”"),
        (lambda t: t.move_teachers(A, B, "小学", 1, degree="高中"), "学历不能写“高中”，可写博士"),
        (lambda t: t.move_teachers(A, B, "小学", 99), "不能减到"),
        (lambda t: t.move_pupils(A, B, "小学", 0), "调动人数应为正整数"),
        (lambda t: t.merge(A, "第1小学"), "合并的两所学校相同"),
        (lambda t: t.move_pupils(A, "第1小学", "小学", 1), "调出校与调入校相同"),
        (lambda t: t.new_school("新校", like=A, code=B), "已有学校使用"),
        (lambda t: t.threshold("L9", "小学", 1), "没有名为“L9”的指标或项目"),
        (lambda t: t.threshold("L4", "高中", 1), "没有名为“高中”的学段"),
        (lambda t: t.threshold("L4", "小学", 0), "标准值应大于0"),
        (lambda t: t.threshold("G1", value=1), "不是数值标准"),
        (lambda t: t.limit("小学", 0.3, only="省标准"), "没有名为“省标准”的标准"),
    ],
)
def test_a_wrong_call_is_one_sentence(wrong: Callable[[Trial], Trial], says: str) -> None:
    with pytest.raises(UsageProblem, match=says):
        wrong(trial(school(1), school(2), school(3, equipment_value=None)))
