"""Whose workbook it is: titles, instructions, properties and last year's schools are held against the file's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from junheng.params.counties import load_counties
from junheng.workbook.model import CountyBook, Issue, Severity
from junheng.workbook.read.book import read_county_book
from tests.messy.builder import COUNTY, DICTIONARY, PARAMS, YEAR, read, school, write_book

COUNTIES = load_counties(PARAMS)


def titled(text: str) -> Callable[[Workbook], None]:
    def edit(book: Workbook) -> None:
        book["学校"].insert_rows(1)
        book["学校"]["A1"] = text

    return edit


def guide(*rows: list[str]) -> Callable[[Workbook], None]:
    def edit(book: Workbook) -> None:
        page = book.create_sheet("填表说明", 0)
        for row in rows:
            page.append(row)

    return edit


def property_title(text: str) -> Callable[[Workbook], None]:
    def edit(book: Workbook) -> None:
        book.properties.title = text

    return edit


def found(place: Path, *edits: Callable[[Workbook], None], **options: Any) -> list[Issue]:
    def edit(book: Workbook) -> None:
        for one in edits:
            one(book)

    write_book(place, edit=edit)
    book = read_county_book(place, COUNTY, YEAR, DICTIONARY, counties=COUNTIES, **options)
    return [issue for issue in book.issue_records if issue.check.startswith("identity")]


@pytest.mark.parametrize(
    ("edit", "check", "place_of"),
    [
        (titled("曲阜市2024年度义务教育优质均衡发展采集表"), "identity_county", ("学校", "A1")),
        (titled("济宁经济技术开发区义务教育学校基本情况统计表"), "identity_county", ("学校", "A1")),
        (titled("邹城市2023年度义务教育优质均衡发展采集表"), "identity_year", ("学校", "A1")),
        (titled("邹城市义务教育数据表（2022—2023学年）"), "identity_year", ("学校", "A1")),
        (titled("邹城市义务教育数据表（２０２３年度）"), "identity_year", ("学校", "A1")),
        (guide(["微山县2024年度采集表"], ["一、填写"]), "identity_county", ("填表说明", "A1")),
        (guide(["填表说明"], ["填报单位", "任城区教育和体育局"]), "identity_county", ("填表说明", "B2")),
        (guide(["填表说明"], ["县（市、区）：兖州区"]), "identity_county", ("填表说明", "A2")),
        (guide(["填表说明"], ["年度", "2023"]), "identity_year", ("填表说明", "B2")),
        (property_title("梁山县2024年采集工作簿"), "identity_county", ("", "")),
    ],
)
def test_a_foreign_title_is_an_error_that_names_it(
    place: Path, edit: Any, check: str, place_of: tuple[str, str]
) -> None:
    (issue,) = found(place, edit)
    assert (issue.check, issue.severity, (issue.sheet, issue.cell)) == (check, Severity.ERROR, place_of)


@pytest.mark.parametrize(
    "edits",
    [
        (),
        (titled("邹城市2024年度义务教育优质均衡发展采集表"),),
        (titled("邹城市义务教育数据表（2024—2025学年）"),),
        (titled("义务教育学校基本情况表"),),
        (titled("填报日期：2025年1月15日"),),
        (titled("注：曲阜市、兖州区随迁学生另见说明。"),),
        (titled("邹城市2024年度采集表"), property_title("邹城市2023年度采集表")),
        (guide(["填表说明"], ["已列出2023年度的学校，请核对。"], ["单位", "邹城市教育和体育局"]),),
    ],
)
def test_its_own_or_no_title_is_none(place: Path, edits: Any) -> None:
    assert found(place, *edits) == []


def book_of(path: Path, codes: range, prefix: str = "学校") -> CountyBook:
    write_book(path, [school(school_code=f"21378300{n:02}", school_name=f"{prefix}{n}小学") for n in codes])
    return read(path, checked=False)


@pytest.mark.parametrize(
    ("before", "strange"),
    [(range(10), False), (range(4, 14), False), (range(6, 16), True), (range(3), False)],
)
def test_most_schools_must_be_known_to_last_year(tmp_path: Path, before: range, strange: bool) -> None:
    last = replace(book_of(tmp_path / "last.xlsx", before), year=YEAR - 1)
    book_of(tmp_path / "370883_邹城市.xlsx", range(10))
    book = read_county_book(
        tmp_path / "370883_邹城市.xlsx", COUNTY, YEAR, DICTIONARY, last=last, counties=COUNTIES
    )
    issues = [issue for issue in book.issue_records if issue.check == "identity_schools"]
    assert bool(issues) == strange
    assert all("6所学校（共10所）" in issue.found and "学校0小学" in issue.found for issue in issues)


def test_new_codes_of_schools_known_by_name_are_no_other_county(tmp_path: Path) -> None:
    last = replace(book_of(tmp_path / "last.xlsx", range(20, 30)), year=YEAR - 1)
    renamed = [school(school_code=f"31378300{n:02}", school_name=f"学校{n}小学") for n in range(20, 30)]
    path = write_book(tmp_path / "370883_邹城市.xlsx", renamed)
    book = read_county_book(path, COUNTY, YEAR, DICTIONARY, last=last, counties=COUNTIES)
    assert not [issue for issue in book.issue_records if issue.check == "identity_schools"]
