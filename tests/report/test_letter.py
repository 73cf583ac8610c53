"""反馈意见: praise only with a figure, every failed item's sentence once, a right to object, the 核验单 on its own page."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from junheng.assess.engine import assess
from junheng.assess.trend import compare
from junheng.report.content.context import CountyContext, load_wording
from junheng.report.content.model import Paragraph, Table
from junheng.report.content.reports import COMPOSERS
from junheng.workbook.model import CountyBook
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school
from tests.report.demo import demo, paragraphs

WORDING = load_wording(PARAMS, 2024)


MEAN = re.compile(r"(小学|初中)([^；。，]+?)全县平均([\d.]+)[^\d，]+，为标准值的([\d.]+)倍")


def context(now: CountyBook, before: CountyBook | None = None, **city_year: object) -> CountyContext:
    assessed = assess(now, DICTIONARY, (NATIONAL, LOCAL))
    last = before and assess(replace(before, year=2023), DICTIONARY, (NATIONAL, LOCAL))
    wording = replace(WORDING, city_year=WORDING.city_year.model_copy(update=city_year))
    return CountyContext(
        assessed, compare(assessed, last) if last else None, wording, (), (("工作簿", "0" * 64),)
    )


def texts(made: CountyContext, *sections: str) -> str:
    blocks = COMPOSERS["assessment"](made).blocks
    return "\n".join(b.text for name in sections for b in blocks[name] if isinstance(b, Paragraph))


def test_what_improved_what_is_exceeded_and_the_best_school_are_told_with_figures() -> None:
    better = book([school(1, multimedia_rooms=20), school(2, multimedia_rooms=20)])
    worse = book([school(1, multimedia_rooms=20), school(2, multimedia_rooms=2)])
    told = texts(context(better, worse), "achievements")
    assert told.startswith("主要成效：一是较上年度有进步，小学达标单元占比由50.0%提高到100.0%")
    assert "小学每百名学生拥有网络多媒体教室数差异系数由0.818下降到0.000" in told
    assert "小学每百名学生拥有网络多媒体教室数全县平均4.00间，为标准值的1.73倍" in told


def test_nothing_is_praised_where_no_figure_is_good() -> None:
    poor = school(1, **dict.fromkeys(("bachelor_primary", "backbone_primary", "pe_primary"), 0))
    poor |= {"teaching_area": 100, "sports_ground_area": 100, "equipment_value": 1, "multimedia_rooms": 1}
    assert COMPOSERS["assessment"](context(book([poor]))).blocks["achievements"] == ()


def test_a_ratio_is_never_rounded_up() -> None:
    told = texts(context(book([school(1, multimedia_rooms=17)])), "achievements")
    assert "为标准值的1.47倍" in told  # 3.4 ÷ 2.3 = 1.478…


def test_the_sentence_of_a_failed_item_stands_in_the_body_alone() -> None:
    made = COMPOSERS["assessment"](
        context(book([school(1)], {"rotation_eligible": 100, "rotation_actual": 5}))
    )
    body = "".join(b.text for b in made.blocks["problems"] if isinstance(b, Paragraph))
    (table,) = [b for b in made.blocks["rectification"] if isinstance(b, Table)]
    assert "交流轮岗教师比例5.0%（应不低于10%）" in body
    assert [row.cells["problem"].text for row in table.rows] == ["教师交流轮岗未达标"]


def test_the_letter_names_the_days_for_plan_and_objection_as_the_office_sets_them() -> None:
    failing = book([school(1, pe_primary=0)])
    told = texts(
        context(failing, rectification_plan_deadline="2025年5月20日", objection_days=7), "rectification"
    )
    assert "，于2025年5月20日前报送，于2025年12月31日前完成整改" in told
    assert "请于收到之日起7日内书面提出申辩意见" in told
    silent = texts(context(failing, rectification_plan_deadline="", objection_days=0), "rectification")
    assert "申辩" not in silent and "完成时限，于2025年12月31日前完成整改" in silent


def test_method_and_digests_leave_the_body_for_a_page_of_their_own() -> None:
    made = COMPOSERS["assessment"](context(book([school(1)])))
    lead, table = made.blocks["annex_check"]
    assert made.fields["check_title"] == "核验单"
    assert isinstance(lead, Paragraph) and isinstance(table, Table)
    others = "".join(
        b.text
        for name, blocks in made.blocks.items()
        if name != "annex_check"
        for b in blocks
        if isinstance(b, Paragraph)
    )
    assert "SHA-256" not in others and "先判定、后修约" not in others


def test_the_bodys_long_tables_stand_in_the_annex() -> None:
    made = COMPOSERS["assessment"](context(book([school(1), school(2)]), book([school(1), school(2)])))
    body = [
        b.spec.id
        for name in ("resource", "disparity", "tasks", "trend")
        for b in made.blocks[name]
        if isinstance(b, Table)
    ]
    annex = [b.spec.id for b in made.blocks["annex_results"] if isinstance(b, Table)]
    assert "resource" not in body and annex == ["resource", "disparity", "tasks", "trend"]


@pytest.mark.slow
def test_how_far_a_mean_exceeds_the_threshold_is_what_the_printed_mean_says() -> None:
    found = 0
    for member in demo().members:
        standard = member.assessment.national.standard
        stages = {stage.name: stage.id for stage in standard.stages}
        text = "".join(paragraphs(demo().documents[member.county.code, "assessment"]))
        for stage, name, mean, ratio in MEAN.findall(text):
            indicator = next(one for one in standard.indicators if one.name == name)
            times = Fraction(mean) / indicator.thresholds[stages[stage]]
            assert Fraction(ratio) == Fraction(int(times * 100), 100), (member.county.name, name)
            found += 1
    assert found > 10
