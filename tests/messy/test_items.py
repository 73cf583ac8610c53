"""县级数据: items are found by their names however they are numbered; what is not read is told."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from junheng.workbook.model import Severity
from tests.messy.builder import COUNTY_FIGURES, issues_of, only, read, school, write_book

SHEET = "县级数据"


def renamed(style: str) -> Any:
    def edit(book: Any) -> None:
        page = book[SHEET]
        for row in range(2, page.max_row + 1):
            page.cell(row, 1).value = style.format(n=row - 1, name=page.cell(row, 1).value)

    return edit


@pytest.mark.parametrize(
    "style",
    [
        "{n}.{name}",
        "{n}、{name}",
        "（{n}）{name}",
        "{n} {name}",
        "{n}.其中：{name}",
        "{n}．{name}：",
        "其中：{name}",
    ],
)
def test_numbered_items_are_found_and_logged(place: Path, style: str) -> None:
    write_book(place, edit=renamed(style))
    book = read(place)
    value = book.county_row.values["population"]
    assert value.content == Fraction(str(COUNTY_FIGURES["population"]))
    assert value.repair and "规范为“人口总数”" in value.repair
    assert not issues_of(book, "missing") and not issues_of(book, "unknown_row") and not book.blocking


@pytest.mark.parametrize("name", ["一、人口总数", "（一）人口总数", "①人口总数"])
def test_chinese_numbers(place: Path, name: str) -> None:
    write_book(place, edit=lambda book: book[SHEET].__setitem__("A2", name))
    assert read(place).county_row.get("population") == Fraction(str(COUNTY_FIGURES["population"]))


def test_an_item_by_another_name_is_asked_about(place: Path) -> None:
    write_book(place, edit=lambda book: book[SHEET].__setitem__("A2", "人口总数量"))
    issue = only(read(place), "missing")
    assert "是否就是A2的“人口总数量”" in issue.message


def test_a_sheet_of_which_nothing_is_read_is_one_error(place: Path) -> None:
    write_book(place, edit=renamed("甲{n}"))
    book = read(place)
    issue = only(book, "no_records")
    assert (issue.severity, issue.sheet, issue.cell) == (Severity.ERROR, SHEET, "A2")
    assert issue.found.startswith("甲1等")
    assert not issues_of(book, "missing") and not issues_of(book, "unknown_row")


def test_numbered_columns_are_found(place: Path) -> None:
    write_book(place, headers={"staff_primary": "22.小学教职工数（人）"})
    assert not issues_of(read(place), "missing_column")


def test_data_under_a_blank_header_is_told(place: Path) -> None:
    def edit(book: Any) -> None:
        book["学校"].cell(2, 120).value = 7
        book[SHEET].cell(3, 9).value = "另有2万人"

    write_book(place, [school()], edit=edit)
    found = issues_of(read(place), "blank_header")
    assert [(issue.sheet, issue.cell, issue.severity) for issue in found] == [
        ("学校", "DP2", Severity.WARNING),
        (SHEET, "I3", Severity.WARNING),
    ]
    assert "7（DP列没有列名，有1行填了内容）" in found[0].message
