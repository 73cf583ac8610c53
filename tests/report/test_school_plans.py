"""一校一策: which schools get a page, rank and gaps, the other items, what the page says."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from junheng.assess.engine import assess
from junheng.assess.model import Assessment, Verdict
from junheng.assess.plans import SchoolPlan, school_plans
from junheng.assess.trend import compare
from junheng.report.content.context import CountyContext, load_wording
from junheng.report.content.model import ContentsList, Heading, Paragraph, Table
from junheng.report.content.reports import COMPOSERS
from junheng.report.content.sections.plans import FEW
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school

WORDING = load_wording(PARAMS, 2024)
EVERY = replace(WORDING, city_year=WORDING.city_year.model_copy(update={"all_schools": True}))


def county(*schools: dict[str, Any]) -> Assessment:
    return assess(book(list(schools)), DICTIONARY, (NATIONAL, LOCAL))


def only(*schools: dict[str, Any]) -> SchoolPlan:
    (plan,) = school_plans(county(*schools), None)
    return plan


def page(assessment: Assessment, trend: Any = None, wording: Any = WORDING) -> list[str]:
    """Return the text of the school pages: paragraphs, and every cell of the tables."""
    told: list[str] = []
    for block in COMPOSERS["schools"](CountyContext(assessment, trend, wording)).blocks["schools"]:
        if isinstance(block, Heading | Paragraph):
            told.append(block.text)
        elif isinstance(block, Table):
            told += ["|".join(cell.text for cell in row.cells.values()) for row in block.rows]
    return told


def test_only_schools_that_are_not_met_unless_all_are_wanted():
    assessment = county(school(1), school(2, teaching_area=10), school(3, teaching_area=None))
    plans = school_plans(assessment, None)
    assert [(plan.name, plan.verdict) for plan in plans] == [
        ("第2小学", Verdict.UNMET),
        ("第3小学", Verdict.UNKNOWN),
    ]
    assert [plan.name for plan in school_plans(assessment, None, every=True)] == [
        "第1小学",
        "第2小学",
        "第3小学",
    ]
    assert any("第1小学各项指标均达到标准值" in text for text in page(assessment, wording=EVERY))


def test_rank_counts_the_better_ones_and_leaves_out_what_is_open():
    plan = only(
        school(1, teaching_area=1500),  # 3.0
        school(2, teaching_area=1500 + 1500),  # 6.0
        school(3, teaching_area=3000),  # the same: both are first
        school(4),
    )
    line = next(line for line in plan.units[0].lines if line.indicator.id == "L4")
    assert (line.rank, line.ranked) == (4, 4)
    shared = school_plans(county(school(1), school(2), school(3, teaching_area=10)), None, every=True)
    assert [p.units[0].lines[3].rank for p in shared] == [1, 1, 3]
    alike = school_plans(county(school(1, teaching_area=0), school(2, teaching_area=0)), None)
    assert {p.units[0].lines[3].rank for p in alike} == {None}  # all the same: nobody is first
    missing = school_plans(county(school(1, teaching_area=None), school(2)), None)[0]
    assert (missing.units[0].lines[3].rank, missing.units[0].lines[3].ranked) == (None, 1)


def test_gap_to_the_standard_and_to_the_floor():
    plan = only(school(1, teaching_area=1500, multimedia_rooms=9))
    area, rooms = (plan.units[0].lines[n] for n in (3, 6))
    assert (area.gap, area.floor_gap) == (750, Fraction("412.5"))  # 4.5 and 3.825 × 500
    assert (rooms.gap, rooms.floor_gap) == (3, 1)  # 11.5 and 9.775 rooms, whole ones
    met = plan.units[0].lines[0]
    assert (met.gap, met.floor_gap) == (0, 0)


def test_the_page_says_what_to_add_by_whom_and_when():
    told = page(county(school(1, teaching_area=1500), school(2)))
    assert told[0] == "1. 第1小学"
    assert (
        "第1小学须补足教学及辅助用房750㎡；其中先补教学及辅助用房413㎡，达到标准值的85%，即可判定为达标。"
        in told
    )
    assert "L4 教学及辅助用房（㎡）|3.00|4.5|未达标|750㎡|2／2|——" in told
    assert told[-1].startswith("1|教学及辅助用房|教学及辅助用房750㎡|") and told[-1].endswith(
        "|2025年12月31日"
    )
    assert "邹城市教育和体育局" in told[-1]
    assert "其他未达标的项目" not in told  # nothing is said of nothing


def test_one_of_several_may_stay_at_the_floor():
    told = page(county(school(1, teaching_area=1500, multimedia_rooms=10)))
    assert (
        "第1小学须补足教学及辅助用房750㎡、网络多媒体教室2间。可有一项暂不达到标准值，但不得低于标准值的85%，"
        "补到85%须补：教学及辅助用房413㎡、网络多媒体教室（现已达到85%）。"
    ) in told


def test_last_years_values_and_other_items_are_shown():
    now, before = county(school(1, teaching_area=1500, training_budget=1)), county(school(1))
    told = page(now, compare(now, before))
    assert "L4 教学及辅助用房（㎡）|3.00|4.5|未达标|750㎡|——|6.00" in told
    assert any("其他未达标的项目1项" in text and "2.5%，应不少于5%" in text for text in told)


def test_a_school_without_data_is_told_what_to_send():
    told = page(county(school(1, teaching_area=None)))
    assert any("第1小学缺少“教学及辅助用房面积”，暂无法判定，须先补报数据" in text for text in told)


def test_a_combined_school_is_one_school_with_two_tables():
    both = school(
        1,
        school_type="九年一贯制学校",
        students_junior=300,
        grades_junior=3,
        classes_junior=6,
        bachelor_junior=30,
        backbone_junior=6,
        pe_junior=1,
    )
    document = COMPOSERS["schools"](CountyContext(county(both), None, WORDING))
    tables = [b.caption for b in document.blocks["schools"] if isinstance(b, Table)]
    assert tables == ["第1小学（小学部）资源配置指标", "第1小学（初中部）资源配置指标", "整改措施"]
    assert [b.page for b in document.blocks["schools"] if isinstance(b, Heading)] == [True]


@pytest.mark.parametrize(("schools", "listed"), [(FEW, False), (FEW + 1, True)])
def test_many_schools_get_a_contents_list(schools: int, listed: bool):
    document = COMPOSERS["schools"](
        CountyContext(county(*(school(n, teaching_area=10) for n in range(1, schools + 1))), None, WORDING)
    )
    assert (document.blocks["contents"] == (ContentsList(1),)) is listed
    assert (document.fields["contents_title"] != "") is listed


def test_a_county_in_order_has_no_page_and_says_so():
    document = COMPOSERS["schools"](CountyContext(county(school(1)), None, WORDING))
    assert document.blocks["schools"] == ()
    assert isinstance(document.blocks["opening"][0], Paragraph)
    assert "全部达标，没有需要编制一校一策的学校" in document.blocks["opening"][0].text
