"""An imported workbook that comes back filled in: a figure that no longer is the statistics' is listed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from junheng.params.checks import load_checks
from junheng.workbook.importing.open import FIRST_ROW
from junheng.workbook.model import Issue, Severity
from junheng.workbook.read.book import read_county_book
from tests.messy.builder import school as collected
from tests.messy.builder import write_book
from tests.workbook.importing.helpers import COUNTY, DICTIONARY, PARAMS, YEAR, imported, written
from tests.workbook.importing.wide_builder import COLUMNS, school, write_wide


def differing(path: Path) -> list[Issue]:
    book = read_county_book(path, COUNTY, YEAR, DICTIONARY, checks=load_checks(PARAMS))
    return [issue for issue in book.issue_records if issue.check == "differs_from_statistics"]


def edited(path: Path, change: Callable[[Worksheet, dict[str, int]], None]) -> Path:
    book = load_workbook(path)
    page = book["学校"]
    change(page, {str(cell.value).split("（")[0]: cell.column for cell in page[FIRST_ROW - 1]})
    book.save(path)
    return path


def test_an_import_as_it_was_written_differs_nowhere(tmp_path: Path) -> None:
    path = written(imported(write_wide(tmp_path / "小学.xlsx", [school()])), tmp_path)
    book = read_county_book(path, COUNTY, YEAR, DICTIONARY)
    assert {"students_primary", "teaching_area", "school_type", "counted"} <= {
        one.key for one in book.origins
    }
    assert differing(path) == []


def test_a_changed_figure_is_listed_with_the_statistics_and_their_place(tmp_path: Path) -> None:
    path = written(imported(write_wide(tmp_path / "小学.xlsx", [school()])), tmp_path)

    def change(page: Worksheet, columns: dict[str, int]) -> None:
        page.cell(FIRST_ROW, columns["小学在校生数"]).value = 430
        page.cell(FIRST_ROW, columns["城乡类型"]).value = "城区"
        page.cell(FIRST_ROW, columns["音乐专用教室数"]).value = 2

    pupils, place = sorted(differing(edited(path, change)), key=lambda issue: issue.cell, reverse=True)[:2]
    if "城乡类型" in pupils.subject:
        pupils, place = place, pupils
    assert pupils.severity is Severity.WARNING and "城关小学“小学在校生数”" in pupils.subject
    assert pupils.found.startswith("430，统计数为420（小学.xlsx〔Sheet1〕")
    assert place.found.startswith("城区，统计数为镇区（小学.xlsx")
    assert len(differing(path)) == 2


def test_schools_in_another_order_are_still_known_by_their_codes(tmp_path: Path) -> None:
    rows = [school(), school(学校标识码="2137830009", 学校名称="城北小学", **{"在校生数/合计": 300})]
    path = written(imported(write_wide(tmp_path / "小学.xlsx", rows)), tmp_path)

    def swap(page: Worksheet, columns: dict[str, int]) -> None:
        for column in columns.values():
            first, second = page.cell(FIRST_ROW, column), page.cell(FIRST_ROW + 1, column)
            first.value, second.value = second.value, first.value

    assert differing(edited(path, swap)) == []


def test_what_was_taken_from_last_year_is_no_statistic(tmp_path: Path) -> None:
    before = write_book(tmp_path / "last.xlsx", [collected(location="乡村")])
    last = read_county_book(before, COUNTY, YEAR - 1, DICTIONARY)
    columns = tuple(path for path in COLUMNS if path != ("城乡分类",))
    source = write_wide(tmp_path / "小学.xlsx", [school()], columns=columns)
    path = written(imported(source, partial=True, last=last), tmp_path)

    def change(page: Worksheet, columns: dict[str, int]) -> None:
        page.cell(FIRST_ROW, columns["城乡类型"]).value = "城区"

    assert differing(edited(path, change)) == []


def test_a_sheet_of_that_name_of_another_make_says_nothing(tmp_path: Path) -> None:
    def add(book: object) -> None:
        page = book.create_sheet("来源")  # type: ignore[attr-defined]
        page.append(["项目", "数值"])
        page.append(["小学在校生数", 1])

    assert differing(write_book(tmp_path / "book.xlsx", edit=add)) == []
