"""The sentences of items: grammatical and true for none, one, many, and for what is missing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from junheng.assess.engine import assess
from junheng.assess.model import Assessment
from junheng.report.content.statements import item_statement, sentence
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, book, school
from tests.golden import PHRASES, sample

BAD = re.compile(r"[{}]|None|nan|。。|；。|，。|缺数据")


def county(schools: list[dict[str, Any]] | None = None, **sheets: Any) -> Assessment:
    figures = sheets.pop("figures", None)
    return assess(book(schools or [school()], figures, **sheets), DICTIONARY, (NATIONAL, LOCAL))


def said(assessment: Assessment, item: str) -> str:
    text = item_statement(assessment.national.item(item), assessment, PHRASES)
    assert text[-1] in "。！" and not BAD.search(text), text
    assert text == item_statement(assessment.local.item(item), assessment, PHRASES)
    return text


def test_every_item_of_a_county_in_order_has_a_sentence():
    assessment = county()
    for result in assessment.national.items:
        assert said(assessment, result.item.id)


def test_every_item_without_any_county_figure_says_what_is_missing():
    empty = dict.fromkeys(DICTIONARY.sheet("county").by_key)
    blank = [{"item": i} for i in DICTIONARY.sheet("qualitative").expected]
    assessment = county(figures=empty, qualitative=blank, vetoes=[{"item": f"V{n}"} for n in range(1, 7)])
    for item in ("G1", "G7", "G8", "G11", "G14", "G15", "Q2", "Q3", "V1", "V6"):
        text = said(assessment, item)
        assert "缺少" in text and text.endswith("无法判定。")


def test_sample_county_reads_as_printed():
    assessment = sample()
    assert said(assessment, "G4") == "超过2000人的小学、初中11所，义务教育阶段超过2500人的一贯制学校6所。"
    assert said(assessment, "G9") == "专任教师8865人，完成5年360学时培训的8859人，完成率99.9%。"
    assert said(assessment, "Q1").endswith("三年间转入151人、死亡8人、转出175人，三年巩固率98.5%。")
    assert said(assessment, "Q9").endswith("艺术本年度未监测。")


BIG, HUGE = {"students_primary": 2001}, {"students_primary": 2300, "students_junior": 300}
NINE = {"school_type": "九年一贯制学校"}
SCHOOL_CASES = [
    ("G3", [{}], "配备数量和面积均符合要求"),
    ("G3", [{"music_rooms_96": 0}], "音乐专用教室不足的1所（第1小学），美术专用教室均符合要求"),
    ("G3", [{"fineart_rooms_90": 0}], "音乐专用教室均符合要求，美术专用教室不足的1所（第1小学）"),
    ("G3", [{"music_rooms_96": 0}, {"fineart_rooms_90": 0}], "不足的1所，美术专用教室不足的1所。"),
    ("G3", [{"school_type": "小学教学点"}], "没有应配备"),
    ("G4", [{}], "没有超过2000人的小学、初中，没有义务教育阶段超过2500人的一贯制学校。"),
    ("G4", [BIG], "超过2000人的小学、初中1所（第1小学），没有"),
    ("G4", [HUGE | NINE], "没有超过2000人的小学、初中，义务教育阶段超过2500人的一贯制学校1所（第1小学）"),
    ("G4", [BIG, HUGE | NINE], "超过2000人的小学、初中1所，义务教育阶段超过2500人的一贯制学校1所。"),
    ("G4", [BIG, BIG], "小学、初中2所，"),
    ("G5", [{}], "小学没有超过45人的班级，初中没有超过50人的班级。"),
    ("G5", [{"oversize_primary": 2}], "小学超过45人的班级2个，初中没有超过50人的班级，涉及学校1所（第1小学）"),
    ("G5", [NINE | {"oversize_junior": 1}], "小学没有超过45人的班级，初中超过50人的班级1个"),
    ("G5", [{"oversize_primary": 2}, NINE | {"oversize_junior": 1}], "2个，初中超过50人的班级1个，涉及学校2所。"),
    ("G5", [{"oversize_primary": None}, {}], "小学超过45人的班级数无法合计。缺少第1小学的“小学45人以上班数”，无法判定。"),
    ("G6", [{}], "没有不足100人的学校（教学点）。"),
    ("G6", [{"students_primary": 60, "public_funds_allotted": 7.7}], "1所，在校生60人，拨付公用经费7.7万元，均按"),
    ("G6", [{"students_primary": 60, "public_funds_allotted": 7.6}], "7.6万元，未按不低于100人核定的1所（第1小学）。"),
    ("G6", [{"students_primary": 60}, {"students_primary": 70}], "2所，在校生130人，拨付公用经费80万元，均按"),
    ("G9", [{"trained_teachers": 35}], "专任教师36人，完成5年360学时培训的35人，完成率97.2%。"),
    ("G9", [{"teachers_primary": 0, "trained_teachers": 0}], "没有专任教师。"),
    ("G12", [{"certified_teachers": None}, {}], "无法计算。缺少第1小学的“持教师资格证专任教师数”，无法判定。"),
    ("G12", [{"certified_teachers": None}] * 3, "缺少第1小学等3所学校（项）的“持教师资格证专任教师数”"),
    ("Q4", [{}], "所有学校均不低于5%。济宁市标准要求全县占比不低于8%。"),
    ("Q4", [{"training_budget": 2}, {}], "的7.5%，所有学校均不低于5%。"),
    ("Q4", [{"training_budget": 1}, {}], "低于5%的学校1所（第1小学）。"),
    ("Q4", [{"training_budget": 3.1996}, {"training_budget": 3.2}], "的7.9995※%，所有学校"),
    ("Q4", [{"training_budget": None}, {}], "总比例无法计算，无法判定的学校1所，其余均不低于5%。"),
    ("Q4", [{"training_budget": None}, {"training_budget": 1}], "低于5%的学校1所、无法判定的学校1所。"),
    ("Q4", [{"training_budget": None}, {"training_budget": 1}], "不改变未达标的结论。"),
    ("G3", [{"music_rooms_96": None}, {}], "音乐专用教室无法判定的1所，其余均符合要求，美术专用教室均符合要求。"),
    ("G4", [{"students_primary": None}, {}], "1所小学、初中是否超过2000人无法判定"),
    ("G5", [{"oversize_primary": None}, {"oversize_primary": 2}], "已确定有超过规定班额班级的学校1所（第2小学）。"),
    ("G6", [{"students_primary": 60, "public_funds_allotted": None}], "无法判定的1所，其余均按不低于100人核定"),
    ("G13", [{"location": "乡村"}], "没有此类学校（城区和镇区公办非寄宿小学、初中）。"),
    ("G13", [{}], "小学就近划片入学比例100.0%，初中没有此类学校。"),
    ("G13", [{"catchment_primary": None}], "小学就近划片入学比例无法计算，初中没有此类学校。"),
    ("Q1", [{}], "没有此类学校（初中毕业年级）。"),
    ("G9", [{"trained_teachers": 3}, {"teachers_primary": None, "trained_teachers": 5}], "至多22.2%，达不到100%。"),
]  # fmt: skip


@pytest.mark.parametrize(("item", "schools", "part"), SCHOOL_CASES)
def test_school_items(item: str, schools: list[dict[str, Any]], part: str):
    assessment = county([school(n, **changes) for n, changes in enumerate(schools, 1)])
    assert part in said(assessment, item)


COUNTY_CASES = [
    ("G7", {}, "特殊教育学校公用经费60万元，学生100人，生均6000元，标准为6000元。"),
    ("G7", {"special_students": 0}, "没有特殊教育学生。"),
    ("G8", {}, "100000元，不低于当地公务员的99000元。绩效工资总量已足额核定。"),
    ("G8", {"teacher_pay": 98999.6}, "98999.6※元，低于当地公务员的99000.0元。"),
    ("G8", {"civil_pay": None}, "无法比较。绩效工资总量已足额核定。缺少县级数据的“当地公务员年平均工资收入”，无法判定。"),
    ("G11", {}, "交流轮岗10人，占10.0%，其中骨干教师2人，占20.0%。"),
    ("G11", {"rotation_actual": 0, "rotation_backbone": 0}, "没有教师交流轮岗。"),
    ("G11", {"rotation_backbone": 0}, "其中没有骨干教师。"),
    ("G11", {"rotation_backbone": None}, "骨干教师占比无法计算。缺少"),
    ("G11", {"rotation_eligible": 0}, "没有符合交流轮岗条件的教师。"),
    ("G14", {}, "占60.0%；其中分配到农村学校30人，占分配名额总数的50.0%。名额分配已向农村初中倾斜。"),
    ("G14", {"quota_rural": 0}, "没有分配到农村学校的名额"),
    ("G14", {"quota_rural": None}, "分配到农村学校的名额未填报"),
    ("G14", {"quota_total": 10000, "quota_allotted": 5999}, "占59.99※%"),
    ("G14", {"quota_total": 10000, "quota_allotted": 4999}, "占49.99※%"),
    ("G15", {}, "没有在政府购买服务的民办学校就读的，占90.0%。留守儿童关爱体系健全。"),
    ("G15", {"migrant_purchased": 5}, "在政府购买服务的民办学校就读5人，合计95人，占95.0%。"),
    ("G15", {"migrant_eligible": 0, "migrant_public": 0}, "没有符合条件的随迁子女。"),
    ("Q2", {}, "入学率96.0%；其中在特殊教育学校就读30人，占30.0%。"),
    ("Q2", {"disabled_special": 0}, "没有在特殊教育学校就读的。"),
    ("Q2", {"disabled_special": None}, "在特殊教育学校就读人数未填报。"),
    ("Q2", {"disabled_total": 0, "disabled_enrolled": 0}, "没有适龄残疾儿童少年。"),
]  # fmt: skip


@pytest.mark.parametrize(("item", "figures", "part"), COUNTY_CASES)
def test_county_items(item: str, figures: dict[str, Any], part: str):
    assert part in said(county(figures=figures), item)


def test_a_rounded_ratio_never_contradicts_its_verdict():
    assessment = county([school(teachers_primary=10000, trained_teachers=9999)])
    assert "完成率99.99※%" in said(assessment, "G9")


@pytest.mark.parametrize(
    ("summary", "text"),
    [("基本符合", "基本符合。"), ("已整改！", "已整改！"), (None, "县域学校规划布局合理")],
)
def test_the_sheets_own_conclusion_comes_first(summary: str | None, text: str):
    rows = [{"item": "G1", "conclusion": "达标", "summary": summary}]
    assert said(county(qualitative=rows), "G1").startswith(text)


def test_vetoes():
    rows = [
        {"item": "V1", "present": True, "explanation": "某校组织入学考试"},
        {"item": "V2", "present": True},
    ]
    assessment = county(vetoes=[*rows, {"item": "V3", "present": False}])
    assert said(assessment, "V1") == "存在。某校组织入学考试。"
    assert (said(assessment, "V2"), said(assessment, "V3")) == ("存在。", "不存在。")


MONITORED = [
    ([{"subject": "语文", "level": 3, "variation": 0.1}], "语文Ⅲ级、校际差异率0.100。"),
    ([{"subject": "语文", "level": 2, "variation": 0.1499}], "语文Ⅱ级、校际差异率0.1499※。"),
    ([{"subject": "语文", "level": 6, "variation": 0.15}, {"subject": "数学"}], "数学本年度未监测。"),
    ([{"subject": "语文"}], "本年度没有监测学科。"),
]


@pytest.mark.parametrize(("rows", "text"), MONITORED)
def test_monitoring(rows: list[dict[str, Any]], text: str):
    assert text in said(county(monitoring=rows), "Q9")


def test_survey_without_visits():
    rows = [{"group": "家长", "valid": 100, "satisfied": 85, "visited": None, "visited_satisfied": None}]
    text = said(county(survey=rows), "S1")
    assert text.startswith("回收有效问卷100份，满意85份，综合满意度85.0%；实地走访满意度无法计算。缺少")


def test_an_item_without_a_phrase_of_its_own_is_still_said():
    made_up = NATIONAL.model_copy(
        update={
            "items": tuple(
                item.model_copy(update={"id": "G16"}) if item.id == "G9" else item for item in NATIONAL.items
            )
        }
    )
    assessment = assess(book([school()]), DICTIONARY, (made_up, made_up))
    assert said(assessment, "G16") == "培训完成率100.0%。"


def test_sentences_are_closed_once():
    assert [sentence(text) for text in ("", "好", "好。", " 好 ")] == ["", "好。", "好。", "好。"]
