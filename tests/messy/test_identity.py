"""Whose workbook it is: titles, instructions, properties and last year's schools are held against the file's name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from junheng.params.counties import load_counties
from junheng.workbook.model import CountyBook, Issue, Severity
from junheng.workbook.read import school_lists
from junheng.workbook.read.book import read_county_book
from junheng.workbook.read.school_lists import SchoolLists
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


@pytest.mark.parametrize(
    ("rows", "cell", "whose"),
    [
        ([["填表说明"], ["年度", "2023年"]], "B2", "2024年度"),
        ([["填表说明"], ["单位", "任城区"]], "B2", "邹城市"),
        ([["邹城市2023年度采集表填表说明"]], "A1", "2024年度"),
    ],
)
def test_instructions_that_contradict_the_title_are_a_warning(
    place: Path, rows: list[list[str]], cell: str, whose: str
) -> None:
    (issue,) = found(place, titled("邹城市2024年度采集表"), guide(*rows))
    assert (issue.check, issue.severity) == ("identity_beside", Severity.WARNING)
    assert (issue.sheet, issue.cell, issue.expected) == ("填表说明", cell, whose)
    assert "“学校”表的标题" in issue.remedy


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


@pytest.mark.parametrize(
    ("name", "code", "strange"),
    [
        ("曲阜市{}小学", "21378300{:02}", True),
        ("曲阜第{}小学", "21378300{:02}", True),
        ("第{}小学", "3708810{:03}", True),
        ("邹城市第{}小学", "21378300{:02}", False),
        ("第{}小学", "21378300{:02}", False),
    ],
)
def test_without_last_year_names_and_codes_tell_whose_schools_they_are(
    place: Path, name: str, code: str, strange: bool
) -> None:
    rows = [school(school_code=code.format(n), school_name=name.format(n)) for n in range(8)]
    write_book(place, rows)
    book = read_county_book(place, COUNTY, YEAR, DICTIONARY, counties=COUNTIES)
    issues = [issue for issue in book.issue_records if issue.check == "identity_schools"]
    assert [issue.severity for issue in issues] == [Severity.ERROR] * strange
    assert all(
        "8所的名称或标识码属曲阜市" in issue.found and name.format(0) in issue.found for issue in issues
    )


QUFU = next(county for county in COUNTIES if county.name == "曲阜市")


def fill(data: Path, county: Any, codes: range, year: int = YEAR, first: str = "") -> None:
    folder = data / str(year)
    folder.mkdir(parents=True, exist_ok=True)
    rows = [school(school_code=f"21378300{n:02}", school_name=f"学校{n}小学") for n in codes]
    rows[0] |= {"school_name": first} if first else {}
    write_book(folder / f"{county.code}_{county.name}.xlsx", rows)


def foreign(data: Path, county: Any = COUNTY) -> list[str]:
    lists = SchoolLists(data, YEAR, COUNTIES, DICTIONARY)
    return [issue.message for issue in lists.foreign(county)]


def test_the_same_schools_in_two_counties_workbooks_are_an_error_of_both(tmp_path: Path) -> None:
    fill(tmp_path, COUNTY, range(10))
    fill(tmp_path, QUFU, range(3, 13))
    (said,) = foreign(tmp_path)
    assert "共10所学校，7所与曲阜市的工作簿“370881_曲阜市.xlsx”相同，如学校3小学" in said
    assert "“370883_邹城市.xlsx”相同" in foreign(tmp_path, QUFU)[0]


def test_last_year_or_names_tell_which_of_the_two_is_out_of_place(tmp_path: Path) -> None:
    for data, year in ((tmp_path / "a", YEAR - 1), (tmp_path / "b", None)):
        fill(data, COUNTY, range(10))
        fill(data, QUFU, range(10), first="曲阜市实验小学" if year is None else "")
        copied = data / str(YEAR)
        shutil.copy(copied / f"{QUFU.stem}.xlsx", copied / f"{COUNTY.stem}.xlsx")
        if year:
            fill(data, QUFU, range(10), year)
        assert foreign(data)
        assert foreign(data, QUFU) == []


def test_a_county_that_has_handed_in_nothing_is_known_by_last_years_schools(tmp_path: Path) -> None:
    fill(tmp_path, COUNTY, range(10))
    fill(tmp_path, QUFU, range(10), YEAR - 1)
    assert "“370881_曲阜市.xlsx”相同" in foreign(tmp_path)[0]


def test_schools_that_changed_counties_since_last_year_are_no_error(tmp_path: Path) -> None:
    fill(tmp_path, QUFU, range(20), YEAR - 1)
    fill(tmp_path, QUFU, range(10))
    fill(tmp_path, COUNTY, range(10, 20))
    assert foreign(tmp_path) == []


def test_some_schools_in_common_are_no_other_county(tmp_path: Path) -> None:
    fill(tmp_path, COUNTY, range(10))
    fill(tmp_path, QUFU, range(5, 15))
    assert foreign(tmp_path) == []


def test_an_unreadable_neighbour_is_its_own_countys_trouble(tmp_path: Path) -> None:
    fill(tmp_path, COUNTY, range(10))
    (tmp_path / "2024" / "370881_曲阜市.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "2024" / "370811_任城区.xlsx").write_bytes(b"")
    assert foreign(tmp_path) == []


def test_each_workbook_is_opened_once_for_all_counties(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, COUNTY, range(10))
    fill(tmp_path, QUFU, range(20, 30))
    opened: list[str] = []
    real = school_lists.open_file
    monkeypatch.setattr(
        school_lists, "open_file", lambda path, ask: opened.append(path.name) or real(path, ask)
    )
    lists = SchoolLists(tmp_path, YEAR, COUNTIES, DICTIONARY)
    assert [lists.foreign(county) for county in COUNTIES] == [()] * len(COUNTIES)
    assert sorted(opened) == ["370881_曲阜市.xlsx", "370883_邹城市.xlsx"]
