"""Rows that are no records, rows between records, totals, hidden rows: none is dropped silently."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from junheng.workbook.model import Severity
from junheng.workbook.read.grid import column_letters
from tests.messy.builder import (
    DICTIONARY,
    cell_of,
    default_rows,
    issues_of,
    only,
    read,
    school,
    two_schools,
    write_book,
)

TOTAL = {"school_code": "合计"}


def test_blank_rows_between_schools(book_of: Any) -> None:
    first, second = two_schools()
    book = book_of([first, {}, {"school_name": "　"}, second])
    assert [row.number for row in book.rows("schools")] == [2, 5]
    assert book.issue_records == ()


@pytest.mark.parametrize("label", ["合计", "合 计", "总计", "全县合计", "合计："])
@pytest.mark.parametrize("key", ["school_code", "school_name"])
def test_total_row_is_skipped(book_of: Any, label: str, key: str) -> None:
    book = book_of([*two_schools(), {key: label, "staff_primary": 35}])
    assert len(book.rows("schools")) == 2
    assert only(book, "skipped_row").severity is Severity.NOTE
    assert not issues_of(book, "total_mismatch")


def test_total_that_disagrees(book_of: Any) -> None:
    book = book_of([*two_schools(), TOTAL | {"teaching_area": 9999, "staff_primary": 35, "largest_class": 7}])
    issue = only(book, "total_mismatch")
    assert (issue.severity, issue.cell) == (Severity.WARNING, cell_of("teaching_area", 4))
    assert "现为“9999”，应为各行之和10000" in issue.message


def test_rounded_total_is_no_noise(book_of: Any) -> None:
    schools = [row | {"equipment_value": 10.26} for row in two_schools()]
    assert not issues_of(book_of([*schools, TOTAL | {"equipment_value": 20.5}]), "total_mismatch")
    assert only(book_of([*schools, TOTAL | {"equipment_value": 20.6}]), "total_mismatch").found == "20.6"


def test_subtotals(book_of: Any) -> None:
    first, second = two_schools()
    sub = {"school_code": "小计"}
    book = book_of(
        [
            first,
            sub | {"teaching_area": 5000},
            second,
            sub | {"teaching_area": 4000},
            TOTAL | {"teaching_area": 10000},
        ]
    )
    assert [issue.cell for issue in issues_of(book, "total_mismatch")] == [cell_of("teaching_area", 5)]


def test_survey_total(book_of: Any) -> None:
    rows = default_rows(DICTIONARY.sheet("survey"))
    book = book_of(sheets={"survey": [*rows, {"group": "计", "valid": 1470, "satisfied": 1300}]})
    assert len(book.rows("survey")) == 7
    assert (only(book, "total_mismatch").sheet, only(book, "total_mismatch").cell) == ("社会认可度", "D9")


@pytest.mark.parametrize("text", ["注：1.数据截至9月", "注", "备注：无", "填表说明：见附件", "填表人：张三"])
def test_note_row_is_skipped(book_of: Any, text: str) -> None:
    book = book_of([*two_schools(), {"school_code": text}])
    assert len(book.rows("schools")) == 2
    assert only(book, "skipped_row").severity is Severity.NOTE
    assert not book.blocking


def test_stray_text_between_schools_is_a_warning(book_of: Any) -> None:
    first, second = two_schools()
    issue = only(book_of([first, {"school_code": "以下为初中"}, second]), "skipped_row")
    assert (issue.severity, issue.cell) == (Severity.WARNING, "A3")


@pytest.mark.parametrize(
    "row",
    [{}, {"school_code": "全县中小学"}, {"school_name": "邹城市"}, {"school_code": "本表共16所学校"}],
)
def test_whose_figures_a_row_holds_is_asked_once(book_of: Any, row: dict[str, str]) -> None:
    book = book_of([*two_schools(), {"staff_primary": 35, "teaching_area": 10000} | row])
    (issue,) = book.issue_records
    assert len(book.rows("schools")) == 2
    assert (issue.check, issue.severity, issue.subject) == ("unclear_row", Severity.ERROR, "第4行")
    assert f"{''.join(row.values()) or '没有名称'}，有2个数值" == issue.found


@pytest.mark.parametrize(
    "text", ["填报人：张三　联系电话：0537-5212345", "以上数据截至2024年9月1日", "负责人签字：", "（盖章）"]
)
def test_words_after_the_table_are_noted(book_of: Any, text: str) -> None:
    book = book_of([*two_schools(), {"school_code": text, "staff_primary": "2024年12月30日"}])
    assert [issue.check for issue in book.issue_records] == ["skipped_row"]
    assert book.issue_records[0].severity is Severity.NOTE


def test_a_school_without_a_code_stays_a_school(book_of: Any) -> None:
    first, second = two_schools()
    book = book_of([first, second | {"school_code": None}])
    assert len(book.rows("schools")) == 2
    assert only(book, "missing").cell == "A3"


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("汇总", "合计"),
        ("共计", "合计"),
        ("全县", "合计"),
        ("累计", "合计"),
        ("合计（2所）", "合计"),
        ("合计2所", "合计"),
        ("Total", "合计"),
        ("GRAND TOTAL", "合计"),
        ("Subtotal", "小计"),
        ("平均值", "平均值等统计结果"),
        ("全县平均", "平均值等统计结果"),
        ("Average", "平均值等统计结果"),
    ],
)
def test_totals_by_other_names(book_of: Any, label: str, kind: str) -> None:
    whole = 10000 if kind != "平均值等统计结果" else 5000
    book = book_of([*two_schools(), {"school_code": label, "teaching_area": whole, "staff_primary": 35}])
    (note,) = book.issue_records
    assert (note.check, note.severity, len(book.rows("schools"))) == ("skipped_row", Severity.NOTE, 2)
    assert f"按“{kind}”处理" in note.remedy


def under_header(*texts: Any) -> dict[str, Any]:
    keys = [field.key for field in DICTIONARY.sheet("schools").fields]
    return dict(zip(keys, map(str, texts), strict=False))


UNITS = {field.key: field.unit for field in DICTIONARY.sheet("schools").fields if field.unit}
WIDTH = len(DICTIONARY.sheet("schools").fields)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (UNITS, "计量单位"),
        (UNITS | {"school_code": "单位", "school_name": "—"}, "计量单位"),
        ({key: f"（{unit}）" for key, unit in UNITS.items()}, "计量单位"),
        (under_header(*range(1, WIDTH + 1)), "栏号"),
        (under_header("甲", "乙", "丙", *range(1, WIDTH - 2)), "栏号"),
        (under_header("栏次", *(f"({n})" for n in range(1, WIDTH))), "栏号"),
        (under_header(*(column_letters(n) for n in range(1, WIDTH + 1))), "栏号"),
        (under_header("甲", "乙", "丙", "丁", "戊", "己"), "栏号"),
    ],
)
def test_a_row_of_units_or_numbers_under_the_header(book_of: Any, row: dict[str, Any], kind: str) -> None:
    book = book_of([row, *two_schools()])
    (note,) = book.issue_records
    assert len(book.rows("schools")) == 2
    assert (note.check, note.severity) == ("skipped_row", Severity.NOTE)
    assert f"按“{kind}”处理" in note.remedy


def test_the_unit_below_a_header_counts_as_one_in_it(book_of: Any) -> None:
    issue = only(book_of([UNITS | {"equipment_value": "元"}, *two_schools()]), "column_unit")
    assert (issue.severity, issue.cell, issue.found) == (
        Severity.ERROR,
        cell_of("equipment_value", 2),
        "元",
    )


def test_a_school_with_small_numbers_is_no_row_of_numbers(book_of: Any) -> None:
    first = school(school_code=None, school_name="1", school_type="2")
    assert [issue.check for issue in book_of([first]).issue_records][:1] != ["skipped_row"]


def test_vertically_merged_cells_are_named(book_of: Any) -> None:
    def edit(book: Workbook) -> None:
        page = book["学校"]
        for key in ("location", "school_code", "leased_sports_area"):
            page[cell_of(key, 2)] = page[cell_of(key, 2)].value or 12
            page.merge_cells(f"{cell_of(key, 2)}:{cell_of(key, 4)}")

    third = school(school_code="2137830003", school_name="第三小学")
    book = book_of([*two_schools(), third], edit=edit)
    issues = issues_of(book, "merged_cells")
    assert len(book.rows("schools")) == 3
    assert {issue.cell for issue in issues} == {
        cell_of(key, 2) for key in ("location", "school_code", "leased_sports_area")
    }
    assert all(issue.severity is Severity.ERROR and "合并为一格" in issue.found for issue in issues)
    assert not issues_of(book, "missing")


def test_a_merged_title_among_total_rows_is_no_fault(book_of: Any) -> None:
    def edit(book: Workbook) -> None:
        book["学校"].merge_cells("A4:C4")

    assert [i.check for i in book_of([*two_schools(), TOTAL], edit=edit).issue_records] == ["skipped_row"]


def test_header_repeated_on_each_page(book_of: Any) -> None:
    first, second = two_schools()
    header = {field.key: field.header for field in DICTIONARY.sheet("schools").fields}
    book = book_of([first, header, second])
    assert len(book.rows("schools")) == 2
    assert "重复的表头" in only(book, "skipped_row").message


def test_hidden_rows_are_read_with_a_warning(book_of: Any) -> None:
    def edit(book: Workbook) -> None:
        book["学校"].row_dimensions[3].hidden = True

    book = book_of(edit=edit)
    assert len(book.rows("schools")) == 2
    issue = only(book, "hidden_rows")
    assert (issue.severity, issue.cell) == (Severity.WARNING, "A3")
    assert "第3行被隐藏或筛选" in issue.message


def test_a_sheet_without_schools(book_of: Any) -> None:
    issue = only(book_of([]), "no_records")
    assert (issue.severity, issue.sheet) == (Severity.ERROR, "学校")


def test_expected_rows(book_of: Any) -> None:
    rows = [row for row in default_rows(DICTIONARY.sheet("vetoes")) if row["item"] != "V3"]
    book = book_of(sheets={"vetoes": [*rows, {"item": "V9", "present": "否"}]})
    missing, unknown = only(book, "missing_row"), only(book, "unknown_row")
    assert (missing.severity, missing.sheet) == (Severity.WARNING, "一票否决")
    assert "没有V3一行" in missing.message
    assert (unknown.severity, unknown.cell) == (Severity.WARNING, "A7")


def test_keys_in_other_widths(book_of: Any) -> None:
    rows = default_rows(DICTIONARY.sheet("vetoes"))
    book = book_of(sheets={"vetoes": [rows[0] | {"item": "ｖ１"}, *rows[1:]]})
    assert book.rows("vetoes")[0].get("item") == "V1"
    assert book.issue_records == ()


def test_numbers_as_task_keys(book_of: Any) -> None:
    rows = [row | {"task": int(row["task"])} for row in default_rows(DICTIONARY.sheet("tasks"))]
    assert book_of(sheets={"tasks": rows}).issue_records == ()


def test_every_value_knows_its_cell(book_of: Any) -> None:
    book = book_of()
    for rows in book.sheets.values():
        for row in rows:
            assert all(value.source and value.source.cell for value in row.values.values())


@pytest.mark.parametrize("seed", range(25))
def test_rows_in_are_rows_used_or_reported(place: Any, seed: int) -> None:
    """Whatever stands under the header, each filled row is a record or has an issue that points at it."""
    chance = random.Random(seed)
    words = [
        "合计",
        "注：",
        "2137830001",
        "小学",
        "—",
        "=A1",
        "张三",
        12,
        3.5,
        "约50",
        "是",
        None,
        "<校>&",
        "填表人：李",
    ]
    write_book(place)
    book = load_workbook(place)
    page = book["学校"]
    for row in range(2, 30):
        for column in range(1, 15):
            page.cell(row, column).value = chance.choice(words) if chance.random() < 0.3 else None
    book.save(place)
    filled = {
        cell.row for line in page.iter_rows(min_row=2, max_col=14) for cell in line if cell.value is not None
    }
    result = read(place)
    used = {row.number for row in result.rows("schools")}
    told = [i.cell for i in result.issue_records if i.check in ("skipped_row", "unclear_row")]
    reported = {int(re.sub(r"\D", "", cell)) for cell in told}
    assert used | reported == filled
    assert not used & reported


def test_the_row_of_a_bad_cell_is_kept_among_others(book_of: Any) -> None:
    book = book_of([school(staff_primary="?", school_code="abc"), two_schools()[1]])
    assert len(book.rows("schools")) == 2
    assert {issue.check for issue in book.blocking} == {"bad_number", "bad_code"}
