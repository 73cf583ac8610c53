"""The wide export: columns by header path, stage files merged by code, other counties left out, nothing guessed."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from junheng.errors import DataProblem, UsageProblem
from junheng.workbook.model import Severity
from tests.workbook.importing.helpers import figures, imported, lack, reasons, reread, rows_of, written
from tests.workbook.importing.wide_builder import (
    COLUMNS,
    junior,
    letter,
    school,
    write_csv,
    write_html,
    write_wide,
)

COMBINED = {"学校名称": "峄山学校", "学校标识码": "2137830003", "办学类型": "九年一贯制学校"}
ARTS = ("专任教师", "#按授课课程分", "艺术")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two stage files of the city: schools of the county, one of both stages, one of another county."""
    other = {"学校名称": "曲阜实验小学", "学校标识码": "2137810001", "统计三级": "曲阜市"}
    primary = [school(), school(**COMBINED), school(**other)]
    juniors = [junior(), junior(**COMBINED | {"在校生数/合计": 380, "县级以上骨干教师(小学)": 6})]
    total = ["合计", None, None, None, None, None, None, None, None, 1240]
    return [
        write_wide(tmp_path / "2024小学.xlsx", primary, after=[total, ["注：数据为学年初数"]]),
        write_wide(tmp_path / "2024初中.xlsx", juniors, stage="初中"),
    ]


def test_figures_are_found_by_header_path(files: list[Path]) -> None:
    got = figures(imported(*files))
    assert got["school_name"] == "城关小学" and got["counted"] is True and got["location"] == "镇区"
    assert got["students_primary"] == 420 and got["teachers_primary"] == 30
    assert (got["doctor_primary"], got["master_primary"]) == (0, 4)
    assert (got["bachelor_primary"], got["college_primary"], got["backbone_primary"]) == (20, 5, 6)
    assert got["teaching_area"] == Fraction("3200.5") and got["equipment_value"] == Fraction("85.6")
    assert (got["indoor_sports_area"], got["sports_ground_area"], got["multimedia_rooms"]) == (300, 6000, 13)
    assert "students_junior" not in got


def test_a_primary_school_in_the_file_of_junior_pupils_has_attached_classes(tmp_path: Path) -> None:
    """小学附设初中班 stand in both files: the figures of both stages arrive, and what is lacking of either is open."""
    paths = [
        write_wide(tmp_path / "2024小学.xlsx", [school()]),
        write_wide(
            tmp_path / "2024初中.xlsx",
            [school(**{"在校生数/合计": 36, "县级以上骨干教师(初中)": 1})],
            stage="初中",
        ),
    ]
    result = imported(*paths)
    got = figures(result)
    assert (got["students_primary"], got["students_junior"], got["backbone_junior"]) == (420, 36, 1)
    opened = {row[4] for row in rows_of(written(result, tmp_path), "待补填")}
    assert {"初中班数", "初中教职工数"} <= opened


def test_points_that_are_not_counted_need_no_main_school(tmp_path: Path) -> None:
    """The export carries 否 on every 教学点, and no column of main schools."""
    point = school(办学类型="218", 是否计校数="0")
    result = imported(write_wide(tmp_path / "2024小学.xlsx", [point]))
    got = figures(result)
    assert got["school_type"] == "小学教学点" and got["counted"] is False
    path = written(result, tmp_path)
    assert "所属主校标识码" not in {row[4] for row in rows_of(path, "待补填")}
    assert not [
        i for i in reread(path).issue_records if "所属主校" in i.subject or i.severity is Severity.ERROR
    ]


def test_arts_subtotal_is_never_counted_twice(files: list[Path]) -> None:
    got = figures(imported(*files))
    assert [got[f"{subject}_primary"] for subject in ("pe", "music", "fineart", "arts")] == [3, 2, 2, 1]


def test_arts_that_are_not_told_apart_are_counted_once(tmp_path: Path) -> None:
    columns = tuple(path for path in COLUMNS if path[-1] not in ("音乐", "美术"))
    result = imported(write_wide(tmp_path / "小学.xlsx", [school()], columns=columns))
    got = figures(result)
    assert [got[f"{subject}_primary"] for subject in ("music", "fineart", "arts")] == [0, 0, 5]
    assert "全部计入" in result.schools[0].figures["music_primary"].remark


def test_arts_without_one_of_its_parts_fails_by_name(tmp_path: Path) -> None:
    columns = tuple(path for path in COLUMNS if path[-1] != "美术")
    with pytest.raises(DataProblem, match=r"小学.xlsx〔Sheet1〕中没有表头“专任教师/按授课课程分/艺术/美术”"):
        imported(write_wide(tmp_path / "小学.xlsx", [school()], columns=columns))


def test_the_total_of_the_arts_is_no_total_of_the_teachers(tmp_path: Path) -> None:
    """A file without 专任教师/合计 has another 计 below 专任教师: that of the arts."""
    columns = tuple(path for path in COLUMNS if path != ("专任教师", "合计"))
    result = imported(write_wide(tmp_path / "小学.xlsx", [school()], columns=columns))
    assert "teachers_primary" not in figures(result) and figures(result)["bachelor_primary"] == 20


def test_codes_that_excel_has_spoilt_are_named_and_hide_no_header(tmp_path: Path) -> None:
    spoilt = school(学校标识码="2.13783E+09")
    with pytest.raises(DataProblem, match=r"学校标识码“2\.13783E\+09”不是完整的号码") as told:
        imported(write_wide(tmp_path / "小学.xlsx", [spoilt, spoilt]))
    assert "没有表头" not in str(told.value)


def test_contradicting_arts_are_left_open(tmp_path: Path) -> None:
    result = imported(write_wide(tmp_path / "小学.xlsx", [school(计=3)]))
    assert "原表数据矛盾" in lack(result, "arts_primary") and "-1" in lack(result, "arts_primary")


def test_stage_files_are_merged_by_code(files: list[Path]) -> None:
    result = imported(*files)
    assert [one.code for one in result.schools] == ["2137830001", "2137830003", "2137830002"]
    both = figures(result, "2137830003")
    assert (both["students_primary"], both["students_junior"]) == (420, 380)
    assert both["teaching_area"] == Fraction("3200.5")


def test_rows_in_are_rows_used_or_reported(files: list[Path]) -> None:
    result = imported(*files)
    assert reasons(result) == ["属于其他县（市、区）", "按合计行处理", "按注释处理"]
    assert not result.faults


def test_different_figures_for_one_school_are_not_chosen(tmp_path: Path) -> None:
    first = write_wide(tmp_path / "小学.xlsx", [school(**COMBINED)])
    second = write_wide(tmp_path / "初中.xlsx", [junior(**COMBINED, **{"运动场地面积": 7000})], stage="初中")
    result = imported(first, second)
    why = lack(result, "sports_ground_area", "2137830003")
    assert "同一学校有不同的数值：6000（小学.xlsx〔Sheet1〕" in why and "7000（初中.xlsx" in why
    assert figures(result, "2137830003")["multimedia_rooms"] == 13


def test_the_same_file_twice_is_read_once(tmp_path: Path) -> None:
    first = write_wide(tmp_path / "小学.xlsx", [school()])
    copy = tmp_path / "小学 副本.xlsx"
    copy.write_bytes(first.read_bytes())
    result = imported(tmp_path)
    assert len(result.schools) == 1 and "内容完全相同" in reasons(result)[0]


def test_one_school_twice_in_a_file(tmp_path: Path) -> None:
    result = imported(write_wide(tmp_path / "小学.xlsx", [school(), school(**{"在校生数/合计": 999})]))
    assert len(result.schools) == 1 and "420（" in lack(result, "students_primary")


def test_another_years_form_with_a_column_moved_and_a_row_inserted(tmp_path: Path) -> None:
    columns = (*COLUMNS[3:9], *COLUMNS[:3], *reversed(COLUMNS[9:12]), *COLUMNS[12:])

    def insert(page: object) -> None:
        page["A1"] = "小学学校情况（新版）"  # type: ignore[index]

    got = figures(
        imported(
            write_wide(tmp_path / "小学.xlsx", [school()], columns=columns, numbering=False, edit=insert)
        )
    )
    assert got == figures(imported(write_wide(tmp_path / "a" / "小学.xlsx", [school()])))


def test_a_renamed_column_fails_by_name(tmp_path: Path) -> None:
    columns = tuple((*p[:-1], "博士毕业生") if p[-1] == "博士研究生" else p for p in COLUMNS)
    path = write_wide(tmp_path / "小学.xlsx", [school()], columns=columns)
    with pytest.raises(DataProblem) as error:
        imported(path)
    place = letter("专任教师", "#按学历分", "博士研究生")
    said = str(error.value)
    assert "小学.xlsx〔Sheet1〕中没有表头“专任教师/按学历分/博士研究生”" in said
    assert f"“专任教师/#按学历分/博士毕业生”（{place}4）" in said and "--partial" in said
    result = imported(path, partial=True)
    assert "doctor_primary" not in figures(result) and figures(result)["master_primary"] == 4
    assert [fault.sought for fault in result.not_there] == ["专任教师/按学历分/博士研究生"]


def test_two_columns_of_the_same_path_are_not_chosen(tmp_path: Path) -> None:
    columns = (*COLUMNS, ("教室", "网络多媒体教室"))
    with pytest.raises(DataProblem, match="“网络多媒体教室”不止一处"):
        imported(write_wide(tmp_path / "小学.xlsx", [school()], columns=columns))


@pytest.mark.parametrize(
    ("name", "title"), [("数据.xlsx", "学校"), ("小学.xlsx", "初中"), ("中小学.xlsx", "中小学")]
)
def test_a_file_whose_stage_cannot_be_told_fails(tmp_path: Path, name: str, title: str) -> None:
    with pytest.raises(DataProblem, match="哪个学段的数据无法确定"):
        imported(write_wide(tmp_path / name, [school()], stage=title))


def test_the_title_may_tell_the_stage(tmp_path: Path) -> None:
    assert figures(imported(write_wide(tmp_path / "导出.xlsx", [school()])))["students_primary"] == 420


def test_schools_of_another_county_only(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match=r"没有任城区的学校.*邹城市：属于其他县"):
        imported(write_wide(tmp_path / "小学.xlsx", [school()]), county="任城区")


def test_a_development_zone_is_known_by_its_other_name(tmp_path: Path) -> None:
    path = write_wide(
        tmp_path / "小学.xlsx", [school(统计三级="济宁高新技术产业开发区"), school(学校标识码="2137830009")]
    )
    result = imported(path, county="济宁高新区")
    assert [one.code for one in result.schools] == ["2137830001"]


def test_an_equipment_column_in_yuan_is_converted_and_says_so(tmp_path: Path) -> None:
    columns = tuple(("固定资产", "教学仪器设备资产值（元）") if "教学仪器" in p[-1] else p for p in COLUMNS)
    row = school(**{"教学仪器设备资产值（元）": 856000})
    result = imported(write_wide(tmp_path / "小学.xlsx", [row], columns=columns))
    figure = result.schools[0].figures["equipment_value"]
    assert figure.content == Fraction("85.6") and figure.remark == "由元换算为万元"


def test_cells_that_cannot_be_used_stay_open(tmp_path: Path) -> None:
    rows = [
        school(
            **{
                "在校生数/合计": "约420",
                "专科": "*",
                "本科": None,
                "硕士研究生": "４ 人",
                "网络多媒体教室": -1,
            }
        )
    ]
    result = imported(write_wide(tmp_path / "小学.xlsx", rows))
    assert "原表为“约420”" in lack(result, "students_primary") and "“-1”" in lack(result, "multimedia_rooms")
    assert "不适用" in lack(result, "college_primary") and lack(result, "bachelor_primary") == "原表为空"
    figure = result.schools[0].figures["master_primary"]
    assert figure.content == 4 and "去除单位“人”" in figure.remark


def test_rows_without_a_usable_code_are_reported(tmp_path: Path) -> None:
    rows = [school(), school(学校标识码=None), school(学校标识码="12345678")]
    result = imported(write_wide(tmp_path / "小学.xlsx", rows))
    assert [item.cell for item in result.faults] == ["A8", "B9"]
    assert "没有学校标识码" in result.faults[0].reason and "12345678" in result.faults[1].reason


def test_schools_that_are_not_assessed_are_listed(tmp_path: Path) -> None:
    result = imported(
        write_wide(tmp_path / "小学.xlsx", [school(), school(学校标识码="2137830007", 办学类型="幼儿园")])
    )
    assert reasons(result) == ["不参加评估的办学类型"] and len(result.schools) == 1


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_csv_without_merged_cells_reads_the_same(tmp_path: Path, encoding: str) -> None:
    got = figures(imported(write_csv(tmp_path / "小学.csv", [school()], encoding)))
    assert got == figures(imported(write_wide(tmp_path / "小学.xlsx", [school()])))


def test_a_web_page_named_xls_reads_the_same(tmp_path: Path) -> None:
    got = figures(imported(write_html(tmp_path / "小学.xls", [school()])))
    assert got == figures(imported(write_wide(tmp_path / "小学.xlsx", [school()])))


def test_the_workbook_lists_what_is_open_and_where_figures_came_from(
    files: list[Path], tmp_path: Path
) -> None:
    path = written(imported(*files), tmp_path)
    origins = {(row[2], row[4]): row for row in rows_of(path, "来源")}
    row = origins["2137830001", "小学艺术专任教师数"]
    cells = "、".join(f"{letter(*ARTS, part)}7" for part in ("计", "音乐", "美术"))
    assert row[5:9] == (1, "2024小学.xlsx", "Sheet1", cells) and "艺术计已含" in row[10]
    todo = rows_of(path, "待补填")
    assert (
        "学校",
        "F4",
        "2137830001",
        "城关小学",
        "是否寄宿制学校",
        None,
        "来源表中没有这一项",
        None,
    ) in todo
    assert any(row[0] == "县级数据" and row[4] == "人口总数" and row[5] == "万人" for row in todo)
    assert any(row[0] == "定性指标" and row[2] == "G1" and row[4] == "结论" for row in todo)
    assert [row[4] for row in rows_of(path, "未导入")] == [
        "属于其他县（市、区）",
        "按合计行处理",
        "按注释处理",
    ]


def test_the_workbook_reads_back_with_nothing_but_missing_values(files: list[Path], tmp_path: Path) -> None:
    result = imported(*files)
    book = reread(written(result, tmp_path))
    assert {issue.check for issue in book.issue_records if issue.severity is not Severity.NOTE} == {"missing"}
    assert not book.blocking
    rows = {row.text("school_code"): row for row in book.rows("schools")}
    for school_code, row in rows.items():
        for key, content in figures(result, school_code).items():
            assert row.get(key) == content, (school_code, key)


def test_every_open_value_is_listed_where_the_reader_misses_it(files: list[Path], tmp_path: Path) -> None:
    path = written(imported(*files), tmp_path)
    missed = {(issue.sheet, issue.cell) for issue in reread(path).issue_records if issue.check == "missing"}
    listed = {(row[0], row[1]) for row in rows_of(path, "待补填")}
    assert missed <= listed and len(missed) > 100


def test_the_same_import_gives_the_same_bytes(files: list[Path], tmp_path: Path) -> None:
    first = written(imported(*files), tmp_path).read_bytes()
    assert written(imported(*files), tmp_path).read_bytes() == first


def test_an_unknown_file_is_not_guessed(tmp_path: Path) -> None:
    path = write_wide(tmp_path / "小学.xlsx", [school()], columns=(("学校",), ("代码",)))
    with pytest.raises(UsageProblem, match="不是已知的格式，请用--mapping写明（jiaoji、jichuji、wide"):
        imported(path)


@pytest.mark.parametrize(
    ("name", "kind", "read"),
    [
        ("2024年中学.xlsx", "完全中学", False),
        ("2024年中学.xlsx", "十二年一贯制学校", False),
        ("2024年中学.xlsx", "初级中学", True),
        ("2024年中学.xlsx", "九年一贯制学校", True),
        ("2024年初中.xlsx", "完全中学", True),
    ],
)
def test_what_a_file_of_secondary_schools_tells_of_a_school_with_both_stages_is_open(
    tmp_path: Path, name: str, kind: str, read: bool
) -> None:
    """中学 may mean 初中 and 高中 together: pupils and teachers of both must not be counted as 初中's."""
    path = write_wide(tmp_path / name, [junior(**{"办学类型": kind})], stage=name[5:7])
    result = imported(path)
    code = result.schools[0].code
    got = figures(result, code)
    assert got["backbone_junior"] == 7 and got["teaching_area"]
    for key in ("students_junior", "teachers_junior", "bachelor_junior", "pe_junior"):
        if read:
            assert key in got
        else:
            assert "初中、高中是否合计" in lack(result, key, code)
