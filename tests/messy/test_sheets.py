"""Sheets by name, hidden and absent ones, and where the mark of invented figures is looked for."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl import Workbook

from junheng.workbook.model import Severity
from tests.messy.builder import DICTIONARY, default_rows, only


def test_names_are_trimmed_order_and_extra_sheets_do_not_matter(book_of: Any) -> None:
    def edit(book: Workbook) -> None:
        book["学校"].title = " 学校 "
        book.move_sheet("整改台账", -7)
        book.create_sheet("草稿", 0)["A1"] = "随便"

    book = book_of(edit=edit)
    assert book.issue_records == ()
    assert len(book.rows("schools")) == 2


def test_required_sheet_absent(book_of: Any) -> None:
    book = book_of(drop=["vetoes"])
    issue = only(book, "missing_sheet")
    assert (issue.severity, issue.sheet) == (Severity.ERROR, "一票否决")
    assert book.rows("vetoes") == ()


@pytest.mark.parametrize("name", ["学校基本情况表", "表1-学校", "2024年学校数据", "Sheet1"])
def test_a_sheet_of_another_name_is_asked_about(book_of: Any, name: str) -> None:
    def edit(book: Workbook) -> None:
        book["学校"].title = name
        book.create_sheet("学校满意度调查")["A1"] = "家长"

    issue = only(book_of(edit=edit), "missing_sheet")
    assert issue.remedy == f"是否就是“{name}”？请改名为“学校”。"


def test_no_sheet_is_guessed_that_is_another(book_of: Any) -> None:
    issue = only(book_of(drop=["vetoes"], edit=lambda book: book.create_sheet("草稿")), "missing_sheet")
    assert issue.remedy == "请按采集工作簿模板补上。"


def test_optional_sheet_absent(book_of: Any) -> None:
    book = book_of(drop=["ledger"])
    assert only(book, "missing_sheet").severity is Severity.NOTE
    assert not book.blocking


def test_a_hidden_sheet_is_not_read(book_of: Any) -> None:
    def edit(book: Workbook) -> None:
        book["学校"].sheet_state = "hidden"

    book = book_of(edit=edit)
    issue = only(book, "hidden_sheet")
    assert (issue.severity, issue.sheet) == (Severity.ERROR, "学校")
    assert "取消隐藏" in issue.message
    assert book.rows("schools") == ()


def test_the_first_sheet_hidden_with_last_year_s_figures(book_of: Any) -> None:
    def edit(book: Workbook) -> None:
        old = book.copy_worksheet(book["学校"])
        old.title = "学校 "
        old.sheet_state = "veryHidden"
        old["B2"] = "去年的学校"
        book.move_sheet("学校 ", -8)

    book = book_of(edit=edit)
    assert book.rows("schools")[0].text("school_name") == "城关小学"
    assert book.issue_records == ()


def test_two_visible_sheets_of_one_name(book_of: Any) -> None:
    def edit(book: Workbook) -> None:
        book.copy_worksheet(book["学校"]).title = "学校 "

    assert only(book_of(edit=edit), "duplicate_sheet").severity is Severity.ERROR


@pytest.mark.parametrize("name", ["学校 (2)", "学校（最新）", "2024年学校"])
def test_another_version_of_a_sheet_is_told_of(book_of: Any, name: str) -> None:
    def edit(book: Workbook) -> None:
        book.copy_worksheet(book["学校"]).title = name
        book.create_sheet("学校满意度调查")["A1"] = "家长"

    issue = only(book_of(edit=edit), "other_sheet")
    assert (issue.severity, issue.sheet) == (Severity.WARNING, "学校")
    assert f"“{name}”" in issue.found


def test_demo_mark(book_of: Any) -> None:
    def properties(book: Workbook) -> None:
        book.properties.keywords = "演示数据"

    def guide(book: Workbook) -> None:
        book.create_sheet("说明", 0)["B3"] = "本表为演示数据，均为虚构"

    assert not book_of().demo
    assert book_of(edit=properties).demo
    assert book_of(edit=guide).demo


def test_the_subjects_monitored_since_2021_may_have_no_row(book_of: Any) -> None:
    """The form names six; a workbook of that shape is whole, and what is monitored beside them is read and judged."""
    rows = default_rows(DICTIONARY.sheet("monitoring"))
    assert [row["subject"] for row in rows][6:] == ["英语", "心理健康", "劳动"]
    assert book_of(sheets={"monitoring": rows[:6]}).issue_records == ()
    read = book_of(
        sheets={"monitoring": [*rows[:6], {"subject": "劳动教育", "level": "Ⅱ", "variation": 0.2}]}
    )
    assert (read.rows("monitoring")[6].text("subject"), read.issue_records) == ("劳动", ())
    assert only(book_of(sheets={"monitoring": rows[1:]}), "missing_row").severity is Severity.WARNING
