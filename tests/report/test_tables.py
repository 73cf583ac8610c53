"""The tables of the standard form and of the report, as data."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.assess.engine import assess
from junheng.assess.model import Assessment, Verdict
from junheng.assess.trend import Trend, compare
from junheng.exact import COMPARATORS
from junheng.params.tables import TableColumn, TableSpec
from junheng.report.content.context import CountyContext, load_wording
from junheng.report.content.model import EDGE_NOTE, Table, TableCell, TableRow
from junheng.report.content.sections.yearly import trend_table
from junheng.report.content.tables import FORMS
from junheng.report.content.tables.building import judged_cell
from junheng.report.content.tables.lists import (
    edges_table,
    excluded_table,
    failing_schools_table,
    gaps_table,
    issues_table,
)
from junheng.report.content.tables.resources import disparity_table, resource_table
from junheng.report.content.tables.tasks import tasks_table, undone_table
from junheng.workbook.model import Issue, Severity
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school
from tests.golden import sample

WORDING = load_wording(PARAMS, 2024)
UNASKED = replace(WORDING, city_year=WORDING.city_year.model_copy(update={"task_inputs": {}}))

TITLES = (
    "表Ⅰ 基本情况",
    "表Ⅱ-1 资源配置基本情况",
    "表Ⅱ-2 资源配置基本情况（分学校）",
    "表Ⅲ 校际均衡情况",
    "表Ⅳ 政府保障程度",
    "表Ⅴ 教育质量",
    "表Ⅵ 社会认可度调查情况",
)
NINE = {"school_type": "九年一贯制学校", "students_junior": 300, "grades_junior": 3, "classes_junior": 6}
JUNIOR_STAFF = {"bachelor_junior": 30, "backbone_junior": 6, "pe_junior": 6}


def county(*schools: dict[str, Any], **sheets: Any) -> Assessment:
    figures = sheets.pop("figures", None)
    return assess(book(list(schools) or [school()], figures, **sheets), DICTIONARY, (NATIONAL, LOCAL))


def annex(assessment: Assessment) -> dict[str, Table]:
    return {form: table(told(assessment)) for form, table in FORMS.items()}


def told(assessment: Assessment, trend: Trend | None = None) -> CountyContext:
    """The context of a report; the office gave no figures for the tasks."""
    return CountyContext(assessment, trend, UNASKED)


def texts(table: Table, row: int) -> dict[str, str]:
    return {key: cell.text for key, cell in table.rows[row].cells.items()}


def every_table(assessment: Assessment) -> list[Table]:
    context = told(assessment)
    return [
        *annex(assessment).values(),
        resource_table(context),
        disparity_table(context),
        failing_schools_table(context),
        excluded_table(context),
        gaps_table(context),
        edges_table(context),
        issues_table(context),
        tasks_table(context),
        undone_table(context),
        trend_table(context, compare(assessment, assessment)),
    ]


def holes(**changes: Any) -> Assessment:
    return county(school(1, **changes), school(2))


@pytest.mark.parametrize(
    "assessment", [sample(), county(), holes(students_primary=None, multimedia_rooms=None)]
)
def test_every_table_is_whole(assessment: Assessment):
    for table in every_table(assessment):
        keys = [column.key for column in table.spec.columns]
        assert len(keys) == len(set(keys))
        assert not any(column.repeat or "{" in column.heading + column.key for column in table.spec.columns)
        covered = dict.fromkeys(keys, 0)
        for row in table.rows:
            if row.kind == "group":
                assert row.text and not row.cells
                continue
            assert set(row.cells) <= set(keys)
            for key in keys:
                assert (key in row.cells) != (covered[key] > 0), (table.caption, key)
                covered[key] = row.cells[key].rows - 1 if key in row.cells else covered[key] - 1
            assert all(cell.text and "None" not in cell.text for cell in row.cells.values())


def test_titles_and_order():
    assert tuple(t.caption for t in annex(sample()).values()) == TITLES


def test_table_1_has_24_columns_and_the_samples_figures():
    table = annex(sample())["I"]
    assert [c.heading.split("\n")[-1] for c in table.spec.columns] == [f"L{n}" for n in range(1, 25)]
    second = next(n for n, column in enumerate(table.spec.columns) if column.key in table.spec.bands)
    for band in (table.spec.columns[:second], table.spec.columns[second:]):
        assert sum(column.width for column in band) <= 225
    assert " ".join(texts(table, 0).values()) == (
        "112.36 43.51 16 861 91234 7821 22311 43310 53 8 20 5 6 5 11 7 "
        "1991 960 81569 43623 5521 5281 3690 3584"
    )


def test_table_1_counts_merged_schools_and_leaves_special_schools_out_of_the_sums():
    table = annex(
        county(
            school(1),
            school(2, counted=False, parent_code="2137830001", students_primary=100),
            school(3, school_type="特殊教育学校", students_primary=40),
            school(4, school_type="小学教学点", students_primary=49),
            school(5, school_type="小学教学点", students_primary=50),
        )
    )["I"]
    row = texts(table, 0)
    assert (row["primary"], row["special"], row["points"], row["points_50"]) == ("1", "1", "2", "1")
    assert row["students_primary"] == "699"


def test_a_blank_of_table_1_stays_visible_with_its_reason():
    assessment = county(school(1, staff_primary=None), figures={"population": None, "townships": 0})
    row = texts(annex(assessment)["I"], 0)
    assert (row["population"], row["staff_primary"], row["townships"]) == ("——", "——", "0")
    table = gaps_table(told(assessment))
    gaps = [texts(table, n) for n in range(len(table.rows))]
    assert {(gap["subject"], gap["item"]) for gap in gaps} >= {
        ("县级数据", "人口总数"),
        ("第1小学", "小学教职工数"),
    }
    assert any(gap["place"].startswith("〔学校〕") for gap in gaps)


def test_table_2_1_counts_units():
    table = annex(sample())["II-1"]
    assert texts(table, 0)["composite"] == "25" and texts(table, 1)["composite"] == "33.8"
    assert [row.cells["stage"].rows for row in table.rows if "stage" in row.cells] == [2, 2]


def test_table_2_1_leaves_a_total_open_and_says_what_is_known():
    table = annex(holes(backbone_primary=None))["II-1"]
    row = texts(table, 0)
    assert (row["L1"], row["L2"], row["composite"]) == ("2", "——", "——")
    assert "L2已判定1个、达标1个；综合评估已判定1个、达标1个。" in table.notes[0]


def test_table_2_2_rows_marks_and_notes():
    primary = {"school_name": "某九年一贯制学校（小学部）", **NINE, **JUNIOR_STAFF}
    table = annex(
        county(
            school(2, backbone_primary=0),
            school(1, **primary, teaching_area=9000, sports_ground_area=20000, equipment_value=500),
            school(3, school_type="小学教学点", students_primary=60),
        )
    )["II-2"]
    assert [row.text for row in table.rows if row.kind == "group"] == [
        "小学（3个评估单元）",
        "初中（1个评估单元）",
    ]
    names = [row.cells["school"].text for row in table.rows if row.kind == "data"]
    assert names == [
        "某九年一贯制学校（小学部）",
        "第2小学",
        "第3小学",
        "某九年一贯制学校（小学部）（初中部）",
    ]
    failing = table.rows[2].cells
    assert (failing["L2"].mark, failing["verdict"].mark, failing["remark"].text) == (
        "unmet",
        "unmet",
        "L2未达标",
    )
    notes = "".join(table.notes)
    assert "小学评估单元3个，其中一贯制学校小学部1个，50人及以上教学点1个。" in notes
    assert "初中评估单元1个，其中一贯制学校初中部1个，完全中学初中部0个。" in notes
    assert "7 县级教育部门。" in notes and "民办" not in notes  # only the codes that stand in the table


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({}, "7项达标"),
        ({"backbone_primary": 4.5}, "L2未达标（达到85%）"),
        ({"backbone_primary": 4}, "L2未达标"),
        ({"backbone_primary": 4.5, "bachelor_primary": 20}, "L1、L2未达标（均达到85%）"),
        ({"backbone_primary": 4.5, "bachelor_primary": 2}, "L1、L2未达标（L2达到85%）"),
        ({"backbone_primary": None}, "L2无法判定，其余6项达标"),
        ({"backbone_primary": None, "bachelor_primary": 2}, "L1未达标，L2无法判定"),
    ],
)
def test_remarks(changes: dict[str, Any], remark: str):
    assert annex(county(school(**changes)))["II-2"].rows[1].cells["remark"].text == remark


def test_a_value_at_its_limit_shows_why_it_fails():
    changes = {"students_primary": 1502, "backbone_primary": 15, "bachelor_primary": 90}
    assessment = county(school(**changes))
    table = annex(assessment)["II-2"]
    cell = table.rows[1].cells["L2"]
    assert (cell.text, cell.mark) == ("0.999※", "unmet")
    assert any("※为临界值" in note for note in table.printed_notes)
    row = texts(edges_table(told(assessment)), 0)
    assert (row["value"], row["threshold"], row["verdict"]) == ("0.999", "1", "未达标")


@given(
    value=st.fractions(0, 3, max_denominator=5000),
    threshold=st.sampled_from(["0.9", "1", "2.3", "0.45"]),
    comparator=st.sampled_from([">=", "<=", "<"]),
)
def test_print_never_contradicts_the_verdict_beside_it(value: Fraction, threshold: str, comparator: str):
    limit = Fraction(threshold)
    met = COMPARATORS[comparator](value, limit)
    cell = judged_cell(value, limit, comparator, 2, Verdict.MET if met else Verdict.UNMET)
    printed = Fraction(cell.text.removesuffix("※"))
    assert COMPARATORS[comparator](printed, limit) == met
    assert cell.text.endswith("※") == (len(cell.text.removesuffix("※").split(".")[1]) > 2)


def test_table_3_means_and_coefficients():
    table = annex(sample())["III"]
    assert texts(table, 0)["composite"] == "——" and texts(table, 0)["L6"] == "2631.21"
    assert texts(table, 1)["composite"] == "0.218" and texts(table, 1)["L1"] == "0.145"


def test_table_3_marks_a_coefficient_over_its_limit_and_one_that_is_open():
    assessment = county(school(1, backbone_primary=100), school(2, backbone_primary=1, multimedia_rooms=None))
    spread = annex(assessment)["III"].rows[1].cells
    assert spread["L2"].mark == "unmet"
    assert (spread["L7"].text, spread["L7"].mark, spread["composite"].text) == ("——", "unknown", "——")


def test_a_stage_of_one_unit_and_one_of_none_are_said_and_never_zeros():
    tables = annex(county(school(1)))
    junior, spread = ([list(tables[form].rows)[n].cells for n in (2, 3)] for form in ("II-1", "III"))
    assert all(cell.text == "——" for row in (*junior, *spread) for key, cell in row.items() if key[0] == "L")
    assert [note for note in tables["II-1"].notes if "没有初中评估单元" in note]
    assert tables["III"].rows[1].cells["L1"].text == "——" and tables["III"].rows[0].cells["L1"].text != "——"
    assert "小学只有1个评估单元，不存在校际差异，差异系数印作“——”。" in tables["III"].notes
    assert [row.text for row in tables["II-2"].rows if row.kind == "group"] == ["小学（1个评估单元）"]
    assert tables["II-2"].notes[-3:-1] == (
        "小学评估单元1个，没有一贯制学校小学部和50人及以上教学点。", "没有初中评估单元。",
    )  # fmt: skip
    assert not disparity_table(told(county(school(1)))).rows


def test_tables_4_and_5_have_every_item():
    tables = annex(sample())
    assert (len(tables["IV"].rows), len(tables["V"].rows)) == (15, 9)
    assert [column.heading for column in tables["IV"].spec.columns] == [
        "名称",
        "指标值或简要结论",
        "是否达标",
    ]


def test_both_verdicts_stand_only_where_they_differ():
    tables = annex(county(figures={"quota_allotted": 55}))
    verdicts = [row.cells["verdict"] for row in tables["IV"].rows]
    assert (verdicts[13].text, verdicts[13].mark) == ("达标（国家）\n未达标（济宁市）", "unmet")
    assert {cell.text for n, cell in enumerate(verdicts) if n != 13} == {"达标"}


def test_table_6_has_the_sum_first():
    table = annex(sample())["VI"]
    assert [row.cells["group"].text for row in table.rows][:3] == ["计", "其中：家长", "学生"]
    assert table.rows[0].kind == "total"
    assert list(texts(table, 0).values()) == ["计", "2940", "2800", "2492", "280", "252", "89.0", "90.0"]
    assert [column.group for column in table.spec.columns][2] == ("问卷总数（份）", "回收有效问卷数")


def test_table_6_leaves_a_sum_open():
    rows = [
        {
            "group": "家长",
            "sent": None,
            "valid": 100,
            "satisfied": 84.99,
            "visited": 0,
            "visited_satisfied": 0,
        },
        {"group": "学生", "sent": 9, "valid": 0, "satisfied": 0, "visited": 1, "visited_satisfied": None},
    ]
    table = annex(county(survey=rows))["VI"]
    total, first = table.rows[0].cells, table.rows[1].cells
    assert (total["sent"].text, total["survey"].text, total["visit"].text) == ("——", "84.99※", "——")
    assert (first["survey"].text, first["visit"].text) == ("85.0", "——")


def test_failing_schools_list_every_miss_with_its_gap():
    table = failing_schools_table(told(county(school(1), school(2, backbone_primary=0, multimedia_rooms=11))))
    assert [row.cells["indicator"].text[:2] for row in table.rows] == ["L2", "L7"]
    assert table.rows[0].cells["school"].rows == 2
    assert texts(table, 0)["gap"] == "5人" and texts(table, 1)["gap"] == "1间"


def test_excluded_schools_have_a_reason():
    table = excluded_table(told(county(school(1), school(2, school_type="小学教学点", students_primary=49))))
    assert texts(table, 0)["reason"] == "小学教学点在校生不足50人"


def test_gaps_name_sheet_and_cell():
    row = texts(gaps_table(told(county(school(1, backbone_primary=None)))), 0)
    assert row["subject"] == "第1小学" and row["item"] == "小学县级及以上骨干教师数"
    assert row["place"] == "〔学校〕backbone_primary2"


def test_issues_leave_out_notes_and_tell_who_accepted_an_error():
    warning = Issue(
        Severity.WARNING, "jump", "测试.xlsx", "学校", "K3", "900", "与上年相近", "请核实。", "第1小学"
    )
    accepted = replace(warning, severity=Severity.ERROR, accepted="李某")
    issues = (warning, accepted, replace(warning, severity=Severity.NOTE))
    assessment = assess(replace(book([school()]), issue_records=issues), DICTIONARY, (NATIONAL, LOCAL))
    table = issues_table(told(assessment))
    assert [texts(table, n)["severity"] for n in range(len(table.rows))] == ["错误", "警告"]
    assert texts(table, 1)["message"].startswith("第1小学：") and texts(table, 1)["place"] == "学校 K3"
    assert texts(table, 0)["accepted"] == "李某" and table.notes == ("另有提示1条，见采集工作簿问题反馈。",)


def test_twenty_issues_at_most_the_weightiest_first():
    """An accepted error and what leaves a verdict open stand before any other warning, however late they were found."""
    plain = Issue(Severity.WARNING, "jump", "测试.xlsx", "学校", "K3", "900", "与上年相近", "请核实。")
    made = book([school(backbone_primary=None)])
    source = made.rows("schools")[0].source("backbone_primary")
    opens = replace(plain, check="missing", cell=source.cell, subject="缺数据的")
    accepted = replace(plain, severity=Severity.ERROR, accepted="李某")
    others = (replace(plain, cell=f"K{n}", check=f"jump{n}") for n in range(4, 40))
    issues = (*others, opens, accepted)
    table = issues_table(told(assess(replace(made, issue_records=issues), DICTIONARY, (NATIONAL, LOCAL))))
    assert len(table.rows) == 20
    assert (texts(table, 0)["accepted"], texts(table, 1)["place"]) == ("李某", f"学校 {source.cell}")
    assert texts(table, 2)["place"] == "学校 K4"
    assert (
        "疑点共38条" in table.notes[0]
        and "本表列出其中20条（同类的合为一行）" in table.notes[0]
        and "问题反馈" in table.notes[0]
    )


def test_issues_of_one_kind_are_one_row_with_the_first_places():
    plain = Issue(Severity.WARNING, "jump", "测试.xlsx", "学校", "", "", "与上年相近", "请核实。")
    issues = tuple(
        replace(plain, cell=f"K{n}", found=str(900 + n), subject=f"第{n}小学“在校生数”") for n in range(2, 32)
    )
    made = replace(book([school()]), issue_records=issues)
    table = issues_table(told(assess(made, DICTIONARY, (NATIONAL, LOCAL))))
    assert len(table.rows) == 1 and not table.notes
    assert texts(table, 0)["place"] == "学校 K2、K3、K4等30处"
    assert texts(table, 0)["message"] == (
        "第2小学、第3小学、第4小学等“在校生数”：现为“902、903、904等”，应为与上年相近。请核实。"
    )


def test_tasks():
    rows = [
        {"task": "1", "title": "完善布局规划", "target": "30", "result": "35.5", "unit": "%", "done": True},
        {"task": "6", "target": "覆盖率达到100%", "unit": "%", "done": False, "cause": "资金未到位"},
        {"task": "15", "done": False},
        {"task": "16", "done": None},
    ]
    context = told(county(tasks=rows, figures={"large_schools_last": 0}))
    table = tasks_table(context)
    assert (texts(table, 0)["target"], texts(table, 0)["result"]) == ("30%", "35.5%")
    assert texts(table, 0)["computed"].startswith(
        "上年没有大规模学校或数量不多，不要求化解比例；现有大规模学校0所（应不超过0所）"
    )
    assert (texts(table, 5)["target"], texts(table, 5)["computed"]) == ("覆盖率达到100%", "——")
    assert (texts(table, 14)["done"], texts(table, 14)["verdict"]) == ("否▲", "达标▲")
    assert [table.rows[n].cells["done"].mark for n in (0, 5, 15)] == ["", "unmet", "unknown"]
    assert any("▲" in note for note in table.printed_notes)
    quiet = tasks_table(told(county(tasks=rows[:1], figures={"large_schools_last": 0})))
    assert not any("▲" in note for note in quiet.printed_notes)
    undone = undone_table(context)
    assert [texts(undone, n)["cause"] for n in range(2)] == ["资金未到位。", "县级未填报"]
    assert texts(undone, 1)["responsible"] == "邹城市教育和体育局"


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [(6, 6, "持平"), (0, 6, "下降50.0个百分点"), (6, 0, "上升50.0个百分点")],
)
def test_trend_of_the_share_that_meets(now: int, before: int, change: str):
    years = [county(school(1), school(2, backbone_primary=held)) for held in (now, before)]
    table = trend_table(told(years[0]), compare(*years))
    assert texts(table, 0)["change"] == change
    assert [column.heading for column in table.spec.columns][2:4] == ["2024年度", "2024年度"]


def test_trend_of_coefficients():
    now, before = county(school(1), school(2, backbone_primary=10)), county(school(1), school(2))
    rows = {
        row.cells["label"].text: row.cells["change"].text
        for row in trend_table(told(now), compare(now, before)).rows
    }
    assert rows["L2 县级以上骨干教师差异系数"] == "上升0.250"
    assert rows["L1 高于规定学历教师差异系数"] == "持平"
    open_year = county(school(1), school(2, backbone_primary=None))
    table = trend_table(told(open_year), compare(open_year, before))
    assert texts(table, 2)["now"] == "——" and texts(table, 2)["change"] == "——"


def test_a_table_that_has_the_sign_of_an_edge_value_explains_it_once() -> None:
    column = TableColumn(key="a", heading="甲", width=20)
    explaining = TableSpec(
        id="t", title="试表", columns=(column,), notes=[[{"text": EDGE_NOTE.removesuffix("。"), "mark": "※"}]]
    )
    for spec in (TableSpec(id="t", title="试表", columns=(column,)), explaining):
        marked, plain_ = (
            Table(spec, (TableRow({"a": TableCell(text)}),), notes=("说明。",)) for text in ("7.496※", "7.5")
        )
        assert sorted(marked.printed_notes) == sorted((EDGE_NOTE, "说明。"))
        assert plain_.printed_notes == ("说明。",)
