"""One cell, one fault or repair: what is mended, what is missing, what is refused."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from junheng.workbook.model import Severity
from tests.messy.builder import (
    DICTIONARY,
    FILE,
    cell_of,
    county_cell,
    default_rows,
    issues_of,
    only,
    patch_part,
    read,
    school,
    two_schools,
    write_book,
)


@pytest.mark.parametrize(
    ("key", "written", "content", "repair"),
    [
        ("staff_primary", "３５", 35, "全角"),
        ("equipment_value", "1,234.5", Fraction("1234.5"), "千位"),
        ("equipment_value", "１，２３４．５", Fraction("1234.5"), "千位"),
        ("staff_primary", " 35\u3000", 35, "空格"),
        ("staff_primary", "35\u00a0", 35, "空格"),
        ("staff_primary", "35人", 35, "单位“人”"),
        ("equipment_value", "3.5 万元", Fraction("3.5"), "单位“万元”"),
        ("teaching_area", "5000平方米", 5000, "单位“平方米”"),
        ("staff_primary", "35", 35, "文本"),
        ("school_code", "２１３７８３０００９", "2137830009", "编码"),
        ("school_code", 2137830009, "2137830009", "数字格式"),
        ("school_name", " 城关  小学\u3000", "城关 小学", "空格"),
        ("boarding", " 是", True, "空格"),
        ("location", "主城区", "城区", "规范为“城区”"),
        ("location", "镇乡结合区", "镇区", "规范为“镇区”"),
    ],
)
def test_repaired_and_logged(book_of: Any, key: str, written: Any, content: Any, repair: str) -> None:
    book = book_of([school(**{key: written})])
    value = book.rows("schools")[0].values[key]
    assert value.content == content
    assert value.repair and repair in value.repair
    assert value in book.repaired
    assert value.source and str(value.source) == f"{FILE}〔学校〕{cell_of(key)}"
    assert not book.blocking


@pytest.mark.parametrize(
    ("key", "written", "content"),
    [
        ("staff_primary", 35.0, 35),
        ("sponsor", 7, "7"),
        ("sponsor", "县级教育部门", "7"),
        ("location", 112, "城区"),
        ("location", "210", "乡村"),
        ("equipment_value", 579.4305, Fraction("579.4305")),
        ("equipment_value", 12.340000000000002, Fraction("12.34")),
        ("equipment_value", 0.1 + 0.2, Fraction("0.3")),
    ],
)
def test_taken_as_it_is(book_of: Any, key: str, written: Any, content: Any) -> None:
    book = book_of([school(**{key: written})])
    assert book.rows("schools")[0].get(key) == content
    assert book.repaired == ()
    assert book.issue_records == ()


@pytest.mark.parametrize("mark", ["—", "－", "/", "*", "…", "……", "——", "无", "", " ", "\u3000", None])
def test_missing_mark_is_a_warning_and_never_zero(book_of: Any, mark: str | None) -> None:
    book = book_of([school(pe_primary=mark)])
    issue = only(book, "missing")
    assert (issue.severity, issue.cell) == (Severity.WARNING, cell_of("pe_primary"))
    assert "城关小学“小学体育专任教师数”" in issue.message
    assert book.rows("schools")[0].get("pe_primary") is None
    assert not book.blocking


@pytest.mark.parametrize(
    ("key", "written", "check", "fragments"),
    [
        ("equipment_value", "约50", "bad_number", ["现为“约50”", "不小于0的数值（万元）", "请填写确切数字"]),
        ("staff_primary", "12-15", "bad_number", ["现为“12-15”", "不小于0的整数（人）"]),
        ("staff_primary", "?", "bad_number", ["现为“?”"]),
        ("staff_primary", "1,23", "bad_number", []),
        ("staff_primary", "3 5", "bad_number", []),
        ("staff_primary", "35人次", "bad_number", []),
        ("staff_primary", "1e2", "bad_number", []),
        ("staff_primary", True, "bad_number", ["TRUE"]),
        ("staff_primary", "50%", "bad_number", ["百分数"]),
        ("equipment_value", "35000元", "wrong_unit", ["单位为“万元”"]),
        ("staff_primary", -3, "negative", ["现为“-3”", "不能为负"]),
        ("staff_primary", "－３", "negative", []),
        ("staff_primary", 12.5, "fraction", ["现为“12.5”", "整数"]),
        ("students_primary", 20001, "out_of_range", ["0至20000之间的整数"]),
        ("built_year", 2025, "out_of_range", ["1900至2024之间"]),
        ("staff_primary", date(2024, 1, 2), "date_in_number", ["2024-01-02", "日期"]),
        ("school_type", "完全小学", "bad_word", ["现为“完全小学”", "是否要写“完全中学”"]),
        ("sponsor", 11, "bad_word", ["县级教育部门"]),
        ("boarding", "√", "bad_yesno", ["“是”或“否”"]),
        ("counted", 1, "bad_yesno", []),
        ("school_code", "21378300A1", "bad_code", ["10位数字"]),
        ("school_code", "213783001", "bad_code", ["10位数字"]),
        ("school_code", 708830001, "bad_code", ["前导零"]),
        ("school_code", 9.14403e17, "bad_code", ["9.14403e+17", "科学计数法", "末几位"]),
        ("school_code", "9.14403E+17", "bad_code", ["科学计数法"]),
        ("school_code", 21378.5, "bad_code", ["21378.5", "请按教育统计中的学校标识码以文本填写"]),
    ],
)
def test_refused(book_of: Any, key: str, written: Any, check: str, fragments: list[str]) -> None:
    book = book_of([school(**{key: written})])
    issue = only(book, check)
    assert issue.severity is Severity.ERROR
    assert (issue.sheet, issue.cell) == ("学校", cell_of(key))
    assert issue.message.startswith(f"{FILE}〔学校〕{cell_of(key)}，")
    assert all(fragment in issue.message for fragment in fragments), issue.message
    assert len(book.rows("schools")) == 1, "the row is kept"
    assert book.rows("schools")[0].get(key) is None
    assert not issues_of(book, "missing"), "an unreadable value is not reported twice"


def test_whole_message(book_of: Any) -> None:
    book = book_of([school(equipment_value="约50")])
    assert only(book, "bad_number").message == (
        f"{FILE}〔学校〕{cell_of('equipment_value')}，城关小学“教学仪器设备资产值”："
        "现为“约50”，应为不小于0的数值（万元）。请填写确切数字，不清楚时留空。"
    )


def test_formula_without_a_stored_value(book_of: Any) -> None:
    issue = only(book_of([school(staff_primary="=20+15")]), "no_stored_value")
    assert (issue.severity, issue.cell) == (Severity.ERROR, cell_of("staff_primary"))
    assert "没有计算结果的公式" in issue.message


def test_formula_with_a_stored_value_is_read(place: Any) -> None:
    write_book(place, [school(staff_primary="=20+15")])
    patch_part(
        place,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace("<v></v>", "<v>35</v>").replace("<v />", "<v>35</v>"),
    )
    assert read(place).rows("schools")[0].get("staff_primary") == 35


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A", "#VALUE!"])
def test_excel_error_value(book_of: Any, error: str) -> None:
    issue = only(book_of([school(staff_primary=error)]), "excel_error")
    assert (issue.severity, issue.cell, issue.found) == (Severity.ERROR, cell_of("staff_primary"), error)


@pytest.mark.parametrize("key", ["school_code", "school_name", "school_type"])
def test_what_names_a_school_must_be_there(book_of: Any, key: str) -> None:
    book = book_of([school(**{key: None})])
    issue = only(book, "missing")
    assert (issue.severity, issue.cell) == (Severity.ERROR, cell_of(key))
    assert len(book.rows("schools")) == 1


def test_only_the_school_s_own_stages_are_required(book_of: Any) -> None:
    blank = {f.key: None for f in DICTIONARY.sheet("schools").fields if f.stage}
    book = book_of([school(**(blank | {"students_primary": 400, "classes_primary": 10}))])
    headers = {issue.subject for issue in issues_of(book, "missing")}
    assert "城关小学“小学专任教师数”" in headers
    assert not any("初中" in header or "高中" in header for header in headers)


def test_a_special_school_may_leave_both_stages_blank(book_of: Any) -> None:
    book = book_of([school("特殊教育学校"), two_schools()[1]])
    assert book.issue_records == ()


def test_optional_blank_needs_no_warning(book_of: Any) -> None:
    assert book_of([school(leased_sports_area=None, other_ground_area=None)]).issue_records == ()


def monitoring(**changes: Any) -> dict[str, list[dict[str, Any]]]:
    rows = default_rows(DICTIONARY.sheet("monitoring"))
    return {"monitoring": [rows[0] | changes, *rows[1:]]}


@pytest.mark.parametrize("written", [0.85, "85%", "８５％", "0.85"])
def test_ratio(book_of: Any, written: Any) -> None:
    book = book_of(sheets=monitoring(variation=written))
    assert book.rows("monitoring")[0].get("variation") == Fraction("0.85")
    assert book.issue_records == ()


def test_percentage_without_its_sign_is_refused(book_of: Any) -> None:
    issue = only(book_of(sheets=monitoring(variation=85)), "out_of_range")
    assert (issue.severity, issue.sheet, issue.cell) == (Severity.ERROR, "质量监测", "C2")
    assert "“85%”或0.85" in issue.message


@pytest.mark.parametrize("written", ["Ⅲ", "III", "三", 3, "3", "Ⅲ级"])
def test_level(book_of: Any, written: Any) -> None:
    assert book_of(sheets=monitoring(level=written)).rows("monitoring")[0].get("level") == 3


def test_level_out_of_the_list(book_of: Any) -> None:
    assert only(book_of(sheets=monitoring(level=9)), "bad_word").cell == "B2"


def test_date_in_a_text_column(book_of: Any) -> None:
    ledger = [{"number": "1", "deadline": date(2025, 9, 30), "closed_on": "2025年10月1日"}]
    row = book_of(sheets={"ledger": ledger}).rows("ledger")[0]
    assert (row.get("deadline"), row.get("closed_on")) == ("2025-09-30", "2025-10-01")


def test_county_figure(book_of: Any) -> None:
    book = book_of(county={"population": "约112", "villages": None})
    bad, missing = only(book, "bad_number"), only(book, "missing")
    assert (bad.sheet, bad.cell) == ("县级数据", county_cell("population"))
    assert (missing.severity, missing.cell) == (Severity.WARNING, county_cell("villages"))
    assert book.county_row.source("villages") is not None


def test_control_characters_and_escapes(book_of: Any) -> None:
    book = book_of([school(school_name="城关_x000D_\n小学")])
    assert book.rows("schools")[0].text("school_name") == "城关 小学"
