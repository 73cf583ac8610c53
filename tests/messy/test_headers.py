"""Header rows as people leave them."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import Alignment

from junheng.workbook.model import Severity
from tests.messy.builder import DICTIONARY, cell_of, issues_of, only, school


def insert_above(count: int, *texts: str) -> Any:
    def edit(book: Workbook) -> None:
        page = book["学校"]
        page.insert_rows(1, count)
        for row, text in enumerate(texts, 1):
            page.cell(row, 1, text)
        page.merge_cells("A1:F1")

    return edit


def test_title_and_note_above(book_of: Any) -> None:
    book = book_of([school()], edit=insert_above(3, "邹城市学校情况表", "注：单位见表头"))
    assert book.rows("schools")[0].number == 5
    assert book.headers["schools"]["school_code"] == "A4"
    assert book.issue_records == ()


def test_two_header_rows_with_merged_cells(book_of: Any) -> None:
    def edit(book: Workbook) -> None:
        page = book["学校"]
        page.insert_rows(1)
        for column in range(1, 11):
            page.cell(1, column, page.cell(2, column).value)
            page.cell(2, column).value = None
            page.merge_cells(start_row=1, end_row=2, start_column=column, end_column=column)
        page.cell(1, 11, "在校生数")
        page.merge_cells("K1:N1")

    book = book_of([school()], edit=edit)
    assert book.issue_records == ()
    assert book.rows("schools")[0].number == 3
    assert (book.headers["schools"]["school_code"], book.headers["schools"]["students_primary"]) == (
        "A1",
        "K2",
    )


def test_any_column_order(book_of: Any) -> None:
    def edit(book: Workbook) -> None:
        page = book["学校"]
        rows = [list(reversed(row)) for row in page.iter_rows(values_only=True)]
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                page.cell(number, column).value = value

    book = book_of([school()], edit=edit)
    assert book.rows("schools")[0].get("school_code") == "2137830001"
    assert not book.blocking


@pytest.mark.parametrize(
    "text",
    [
        "教学仪器设备资产值（万元）",
        "教学仪器设备 资产值\n(万元)",
        "*教学仪器设备资产值【单位：万元】",
        "教学仪器设备资产值　",
    ],
)
def test_header_spellings(book_of: Any, text: str) -> None:
    book = book_of([school()], headers={"equipment_value": text})
    assert book.issue_records == ()
    assert book.rows("schools")[0].get("equipment_value") is not None


def test_header_with_another_unit(book_of: Any) -> None:
    issue = only(book_of(headers={"equipment_value": "教学仪器设备资产值（元）"}), "column_unit")
    assert (issue.severity, issue.cell) == (Severity.ERROR, cell_of("equipment_value", 1))
    assert "现为“教学仪器设备资产值（元）”，应为教学仪器设备资产值（万元）" in issue.message


def test_a_remark_in_brackets_is_not_a_unit(book_of: Any) -> None:
    book = book_of(headers={"students_primary": "小学在校生数（女）"})
    assert only(book, "missing_column").severity is Severity.ERROR
    assert "“小学在校生数（女）”" in only(book, "missing_column").remedy


def test_duplicate_header_names_both_cells(book_of: Any) -> None:
    def edit(book: Workbook) -> None:
        book["学校"].cell(1, 80, "学校名称")

    issue = only(book_of(edit=edit), "duplicate_column")
    assert (issue.severity, issue.cell) == (Severity.ERROR, "CB1")
    assert "B1" in issue.message


def test_renamed_column(book_of: Any) -> None:
    book = book_of(headers={"equipment_value": "教学设备资产值"})
    issue = only(book, "missing_column")
    assert issue.severity is Severity.ERROR
    assert "“教学仪器设备资产值”" in issue.message
    assert f"是否就是{cell_of('equipment_value', 1)}的“教学设备资产值”" in issue.message
    assert not issues_of(book, "unknown_column"), "asked about already"
    assert not issues_of(book, "missing"), "one error for the column, not one warning a row"
    value = book.rows("schools")[0].values["equipment_value"]
    assert value.content is None and value.source is not None


def test_optional_column_may_be_absent(book_of: Any) -> None:
    book = book_of(drop=["leased_sports_area"])
    assert only(book, "missing_column").severity is Severity.NOTE
    assert not book.blocking


def test_no_header_at_all(book_of: Any) -> None:
    book = book_of(edit=lambda book: book["学校"].delete_rows(1))
    issue = only(book, "header_absent")
    assert (issue.severity, issue.sheet) == (Severity.ERROR, "学校")
    assert "学校标识码" in issue.message


def test_thousands_of_unknown_columns_are_summed_up(book_of: Any) -> None:
    def edit(book: Workbook) -> None:
        for column in range(100, 1100):
            book["学校"].cell(1, column, f"杂项{column}").alignment = Alignment(wrap_text=True)

    notes = issues_of(book_of(edit=edit), "unknown_column")
    assert len(notes) == 21
    assert "等980列" in notes[-1].found


def test_item_sheet_units(book_of: Any) -> None:
    def edit(book: Workbook) -> None:
        page = book["县级数据"]
        page["B2"] = "人"
        page["A3"] = "农业人口数（人）"
        page["B4"] = None

    issues = issues_of(book_of(edit=edit), "column_unit")
    assert [(issue.cell, issue.expected) for issue in issues] == [("B2", "万人"), ("A3", "万人")]


def test_item_sheet_rows(book_of: Any) -> None:
    def edit(book: Workbook) -> None:
        page = book["县级数据"]
        page["A2"] = "人口总量"
        page.append(["行政村数", "个", 9, None])

    book = book_of(edit=edit)
    assert only(book, "missing").subject == "“人口总数”"
    assert only(book, "unknown_row").cell == "A2"
    last = len(DICTIONARY.sheet("county").fields) + 2
    assert (only(book, "duplicate_row").severity, only(book, "duplicate_row").cell) == (
        Severity.ERROR,
        f"A{last}",
    )
    assert book.county_row.get("villages") == 100


def test_item_sheet_without_values(book_of: Any) -> None:
    book = book_of(edit=lambda book: book["县级数据"].delete_cols(3))
    assert only(book, "missing_column").severity is Severity.ERROR
    assert book.county_row.get("population") is None
