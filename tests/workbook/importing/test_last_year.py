"""What an import takes from last year's workbook, and what it writes beside the figures: the template's own sheets."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from junheng.cli.main import guarded
from junheng.workbook.importing.open import FIRST_ROW, open_values
from junheng.workbook.model import CountyBook
from junheng.workbook.read.book import read_county_book
from tests.messy.builder import school, write_book
from tests.workbook.importing.helpers import (
    COUNTY,
    DICTIONARY,
    PARAMS,
    YEAR,
    figures,
    imported,
    lack,
    rows_of,
    written,
)
from tests.workbook.importing.wide_builder import COLUMNS, junior, write_wide
from tests.workbook.importing.wide_builder import school as wide_school

WITHOUT_PLACE = tuple(path for path in COLUMNS if path != ("城乡分类",))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "370883_邹城市.xlsx"


@pytest.fixture
def last(place: Path) -> CountyBook:
    """Last year's book: the school of the export, with a place and a year; one that is gone; one with another code."""
    schools = [
        school(location="乡村", built_year="2008", teaching_area=1, students_primary=10),
        school(school_code="2137830007", school_name="北宿小学"),
        school("初级中学", school_code="2137830008", school_name="城关中学"),
    ]
    return read_county_book(write_book(place, schools), COUNTY, YEAR - 1, DICTIONARY)


def test_who_a_school_is_comes_from_last_year_where_the_source_is_silent(
    tmp_path: Path, last: CountyBook
) -> None:
    path = write_wide(tmp_path / "小学.xlsx", [wide_school()], columns=WITHOUT_PLACE)
    with_it, without = imported(path, partial=True, last=last), imported(path, partial=True)
    assert figures(with_it)["location"] == "乡村" and "location" not in figures(without)
    more = {key: value for key, value in figures(with_it).items() if key not in figures(without)}
    assert more.keys() == {"location", "built_year"}
    assert figures(with_it)["teaching_area"] != 1 and figures(with_it)["students_primary"] == 420
    row = next(row for row in rows_of(written(with_it, tmp_path), "来源") if row[4] == "城乡类型")
    assert row[5:8] == ("乡村", last.file, "学校") and row[10] == "来源表中没有，沿用上年度工作簿，请核对"


def test_a_cell_that_the_source_leaves_unclear_is_not_filled(tmp_path: Path, last: CountyBook) -> None:
    path = write_wide(tmp_path / "小学.xlsx", [wide_school(城乡分类="不详")])
    result = imported(path, last=last)
    assert lack(result, "location").endswith("（上年度为“乡村”）") and "不详" in lack(result, "location")


def test_schools_that_no_source_holds_are_listed(tmp_path: Path, last: CountyBook) -> None:
    paths = [
        write_wide(tmp_path / "小学.xlsx", [wide_school()]),
        write_wide(tmp_path / "初中.xlsx", [junior()], stage="初中"),
    ]
    target = written(imported(*paths, last=last), tmp_path)
    told = {row[2]: row[6] for row in rows_of(target, "待补填") if row[4] == "整行"}
    assert told.keys() == {"2137830007"}
    assert told["2137830007"].endswith("仍在办学的请补填一行，已撤销、合并的不必处理")
    assert [row[0] for row in rows_of(target, "学校") if row[0]] == ["2137830001", "2137830002"]


def test_a_school_with_a_new_code_is_known_by_its_name(tmp_path: Path, last: CountyBook) -> None:
    """城关中学 had another code last year: its built year is carried over, and it is not lost."""
    result = imported(write_wide(tmp_path / "初中.xlsx", [junior()], stage="初中"), last=last)
    assert figures(result, "2137830002")["built_year"] == last.rows("schools")[2].get("built_year")
    assert {lost.code for lost in result.lost} == {"2137830001", "2137830007"}


def test_of_two_schools_of_one_name_neither_is_known_by_it(tmp_path: Path, place: Path) -> None:
    twins = [
        school("初级中学", school_code=f"313783000{n}", school_name="城关中学", teaching_area=5000 + n)
        for n in (8, 9)
    ]
    last = read_county_book(write_book(place, twins), COUNTY, YEAR - 1, DICTIONARY)
    result = imported(write_wide(tmp_path / "初中.xlsx", [junior()], stage="初中"), last=last)
    assert "built_year" not in figures(result, "2137830002") and len(result.lost) == 2
    told = [row[6] for row in rows_of(written(result, tmp_path), "待补填") if row[4] == "整行"]
    assert all(text.endswith("来源中同名学校的标识码为2137830002：请核对标识码") for text in told)


def test_a_campus_is_carried_to_the_new_code_of_its_main_school(tmp_path: Path, place: Path) -> None:
    before = [
        school("初级中学", school_code="2137830008", school_name="城关中学"),
        school(counted="否", parent_code="2137830008", teaching_area=900),
    ]
    last = read_county_book(write_book(place, before), COUNTY, YEAR - 1, DICTIONARY)
    paths = [
        write_wide(tmp_path / "小学.xlsx", [wide_school(是否计校数="0")]),
        write_wide(tmp_path / "初中.xlsx", [junior()], stage="初中"),
    ]
    found = {one.code: one for one in imported(*paths, last=last).schools}
    assert found["2137830001"].get("parent_code") == "2137830002"


def test_what_may_stay_blank_is_told_apart(tmp_path: Path) -> None:
    result = imported(write_wide(tmp_path / "小学.xlsx", [wide_school()]))
    needed = {(one.sheet, one.field.header): one.needed for one in open_values(result, DICTIONARY)}
    assert needed["学校", "校外租赁体育场馆面积"] is False and needed["学校", "音乐专用教室数"] is True
    assert needed["质量监测", "学业水平等级"] is False and needed["社会认可度", "有效问卷数"] is True
    assert needed["整改台账", "整表"] is False and needed["县级数据", "人口总数"] is True
    assert not any(sheet == "学校" and header.startswith("初中") for sheet, header in needed)


def test_it_is_the_template_with_lists_grey_columns_and_yellow_gaps(tmp_path: Path) -> None:
    book = load_workbook(written(imported(write_wide(tmp_path / "小学.xlsx", [wide_school()])), tmp_path))
    names = ["填表说明", *(sheet.name for sheet in DICTIONARY.sheets), "待补填", "来源", "未导入"]
    assert book.sheetnames == names
    page = book["学校"]
    assert any(rule.type == "list" for rule in page.data_validations.dataValidation)
    rules = {
        str(area.sqref): [rule.formula[0] for rule in area.rules] for area in page.conditional_formatting
    }
    boarding = next(cell.column_letter for cell in page[FIRST_ROW - 1] if cell.value == "是否寄宿制学校")
    assert rules[f"{boarding}4"] == [f"LEN(TRIM({boarding}4))=0"]
    assert any(formula[0].startswith('AND(OR($C4="初级中学"') for formula in rules.values())
    guide = [row[0] for row in book["填表说明"].iter_rows(values_only=True)]
    assert "黄色单元格为待补填" in guide[1] and "已列出统计报表中的学校，请核对" in "".join(map(str, guide))
    assert book["县级数据"].conditional_formatting and book["定性指标"].conditional_formatting


def test_the_command_looks_for_last_years_workbook(
    tmp_path: Path, last: CountyBook, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data" / "2023"
    data.mkdir(parents=True)
    source = write_wide(tmp_path / "小学.xlsx", [wide_school()])
    call = ["import", str(source), "--county", "370883", "--year", "2024", "--params", str(PARAMS), "--force"]
    call += ["--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")]
    assert guarded(call) == 0 and "没有2023年度工作簿" in capsys.readouterr().out
    (data / "370883_邹城市.xlsx").write_bytes(place.read_bytes())
    assert guarded(call) == 0
    said = capsys.readouterr().out
    assert "沿用370883_邹城市.xlsx（2023年度）的学校基本信息1个；上年度有、来源中没有的学校2所" in said
    assert "可留空  〔学校〕整行：2处" in said
    (data / "370883_邹城市.xlsx").write_bytes(b"%PDF")
    assert guarded(call) == 1 and "是PDF文件" in capsys.readouterr().out
