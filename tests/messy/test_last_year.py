"""This year's workbook beside last year's, and figures that cannot be true in themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from junheng.params.checks import load_checks
from junheng.workbook.model import CountyBook, Issue, Severity
from junheng.workbook.read.book import open_county_book, open_last_book, read_county_book
from tests.messy.builder import (
    COUNTY,
    DICTIONARY,
    PARAMS,
    YEAR,
    cell_of,
    county_cell,
    issues_of,
    only,
    read,
    school,
    write_book,
)

School = dict[str, Any]


def compared(place: Path, now: list[School], before: list[School], **county: Any) -> CountyBook:
    last = write_book(place.with_name("last.xlsx"), before)
    earlier = read_county_book(last, COUNTY, YEAR - 1, DICTIONARY)
    write_book(place, now, county=county)
    return read_county_book(place, COUNTY, YEAR, DICTIONARY, checks=load_checks(PARAMS), last=earlier)


def found(book: CountyBook) -> list[tuple[str, str]]:
    return [(issue.check, issue.cell) for issue in book.issue_records if issue.severity is not Severity.NOTE]


@pytest.mark.parametrize(("pupils", "jump"), [(520, False), (521, True), (280, False), (279, True)])
def test_pupils_by_thirty_percent(place: Path, pupils: int, jump: bool) -> None:
    now = school(students_primary=pupils, catchment_primary=270, classes_primary=12)
    book = compared(place, [now], [school(students_primary=400)])
    assert found(book) == ([("pupils_jump", cell_of("students_primary"))] if jump else [])
    if jump:
        assert only(book, "pupils_jump").found == f"{pupils}，上年度400"


@pytest.mark.parametrize(("area", "jump"), [(7500, False), ("7500.1", True), (2500, False), ("2499.9", True)])
def test_areas_by_half(place: Path, area: Any, jump: bool) -> None:
    book = compared(place, [school(teaching_area=area, teachers_primary=30)], [school(classes_primary=9)])
    assert found(book) == ([("resources_jump", cell_of("teaching_area"))] if jump else [])


@pytest.mark.parametrize(("before", "jump"), [(30, False), (43, True), (42, False), (23, True), (24, False)])
def test_teachers_by_thirty_percent(place: Path, before: int, jump: bool) -> None:
    book = compared(place, [school(classes_primary=9)], [school(teachers_primary=before, staff_primary=50)])
    assert found(book) == ([("teachers_jump", cell_of("teachers_primary"))] if jump else [])


def test_two_teachers_more_or_less_are_no_jump(place: Path) -> None:
    """A point of three teachers that gets a fourth has not grown by a third in any sense that matters."""
    few = {
        "staff_primary": 5,
        "certified_teachers": 5,
        "trained_teachers": 3,
        "bachelor_primary": 3,
        "backbone_primary": 1,
    }
    own = {"pe_primary": 1, "music_primary": 0, "fineart_primary": 0}
    small = school("小学教学点", counted="否", **few | own)
    now, then = small | {"teachers_primary": 5, "classes_primary": 9}, small | {"teachers_primary": 3}
    assert found(compared(place, [now], [then], rotation_eligible=5, rotation_actual=2)) == []


@pytest.mark.parametrize(
    ("graduates", "told"), [(133, False), (199, False), (201, True), (67, False), (66, True)]
)
def test_graduates_beside_last_years_grades(place: Path, graduates: int, told: bool) -> None:
    """400 pupils in three grades last year: about 133 of them were in the graduating grade."""
    cohort = {"cohort_graduates": graduates, "cohort_entrants": 250}
    now = school("初级中学", school_code="3137830001", classes_junior=9, **cohort)
    book = compared(place, [now], [school("初级中学", school_code="3137830001")])
    assert found(book) == ([("graduates_last", cell_of("cohort_graduates"))] if told else [])


def test_equipment_in_yuan_is_a_jump_and_a_slip(place: Path) -> None:
    book = compared(place, [school(equipment_value=1202500)], [school()])
    assert {check for check, _ in found(book)} == {"resources_jump", "equipment_unit"}


def test_a_school_lost_and_one_new(place: Path) -> None:
    other = school(school_code="2137830009", school_name="新建小学", teaching_area=6100)
    gone = school(school_code="2137830008", school_name="城西小学", teaching_area=6200)
    book = compared(place, [school(classes_primary=9), other], [school(), gone])
    lost = only(book, "school_lost")
    assert (lost.severity, lost.sheet, lost.cell) == (Severity.WARNING, "学校", "")
    assert "城西小学（2137830008）" in lost.found
    new = only(book, "school_new")
    assert (new.severity, new.cell) == (Severity.NOTE, cell_of("school_code", 3))


def test_a_changed_code_is_no_loss(place: Path) -> None:
    book = compared(place, [school(school_code="2137830007", classes_primary=9)], [school()])
    assert found(book) == [("code_changed", "A2")]
    assert only(book, "code_changed").found == "2137830007，上年度为2137830001"


def test_a_new_code_for_a_new_type_is_a_note(place: Path) -> None:
    """A school that changes its type gets a new code; it is known by its name and still compared."""
    now = school("初级中学", school_code="3137830007", teaching_area=5000)
    book = compared(place, [now | {"teaching_area": 8000}], [school()])
    renewed = only(book, "code_renewed")
    assert (renewed.severity, renewed.cell) == (Severity.NOTE, "A2")
    assert "3137830007（初级中学），上年度为2137830001（小学）" in renewed.found
    assert found(book) == [("resources_jump", cell_of("teaching_area"))]
    assert {i.check for i in book.issue_records if i.severity is Severity.NOTE} == {"code_renewed"}


def test_two_schools_of_one_name_are_not_known_by_it(place: Path) -> None:
    twins = [school(school_code=f"213783000{n}", teaching_area=5000 + n) for n in (7, 8)]
    book = compared(place, twins, [school()])
    assert {issue.check for issue in book.issue_records} == {"duplicate_name", "school_new"}


def test_a_school_whose_code_cannot_be_read_is_neither_new_nor_foreign(place: Path) -> None:
    others = [
        school(school_code=f"21378300{n}", school_name=f"第{n}小学", teaching_area=6000 + n) for n in (10, 11)
    ]
    broken = school(school_code="9.14403E+17", school_name="城南小学")
    book = compared(place, [broken, *others], others)
    assert only(book, "bad_code").cell == "A2"
    assert not issues_of(book, "code_prefix") and not issues_of(book, "school_new")


def test_a_changed_type(place: Path) -> None:
    book = compared(place, [school("小学教学点", classes_primary=9)], [school()])
    assert found(book) == [("type_changed", cell_of("school_type"))]


def test_last_years_figures_sent_again(place: Path) -> None:
    assert found(compared(place, [school()], [school()])) == [("unchanged", "B2")]


def test_last_years_spending_disagrees(place: Path) -> None:
    book = compared(place, [school(classes_primary=9)], [school()], education_spending_last=101)
    assert found(book) == [("spending_last", county_cell("education_spending_last"))]


def test_without_last_year_nothing_is_compared(place: Path) -> None:
    assert read(write_book(place)).issue_records == ()


def test_last_year_that_cannot_be_read_is_told(place: Path) -> None:
    last = place.with_name("last.xlsx")
    last.write_bytes(b"%PDF")
    book = open_county_book(write_book(place), COUNTY, YEAR, PARAMS, last)
    assert "last.xlsx是PDF文件" in only(book, "last_year_unreadable").found
    assert book.last is None and open_last_book(book, last, PARAMS) is None


def test_last_year_is_read_once_and_has_the_checks_of_its_own_year(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = write_book(place.with_name("last.xlsx"), [school(classes_primary=9, teaching_area=-1)])
    book = open_county_book(write_book(place), COUNTY, YEAR, PARAMS, last)
    alone = open_county_book(last, COUNTY, YEAR - 1, PARAMS)
    assert alone.issue_records and open_last_book(replace(book, last=None), last, PARAMS) == alone
    monkeypatch.setattr("junheng.workbook.read.book.open_file", None)
    assert open_last_book(book, last, PARAMS) == alone


# --- plausibility ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "check"),
    [
        ("equipment_value", 1_202_500, "equipment_unit"),
        ("equipment_value", "0.01", "equipment_unit"),
        ("public_funds_budget", 600_000, "funds_unit"),
        ("public_funds_allotted", 550_000, "funds_unit"),
        ("teaching_area", "7.5", "area_unit"),
        ("sports_ground_area", 800_000, "area_unit"),
    ],
)
def test_units_slip(place: Path, key: str, value: Any, check: str) -> None:
    book = read(write_book(place, [school(**{key: value, "indoor_sports_area": 5})]))
    assert (check, cell_of(key)) in found(book)


@pytest.mark.parametrize(
    ("key", "value", "check"),
    [
        ("special_funds", 600_000, "special_funds_unit"),
        ("base_funds_primary", "0.08", "yuan_unit"),
        ("teacher_pay", "9.5", "income_unit"),
        ("population", 1_123_600, "population_unit"),
        ("education_spending", 1_000_000_000, "spending_unit"),
    ],
)
def test_county_units_slip(place: Path, key: str, value: Any, check: str) -> None:
    assert (check, county_cell(key)) in found(read(write_book(place, county={key: value})))


def test_a_copied_row_names_its_twin(place: Path) -> None:
    twin = school(school_code="2137830002", school_name="城东小学")
    issue: Issue = only(read(write_book(place, [school(), twin])), "copied_row")
    assert issue.cell == "B3" and issue.found == "各项数值与城关小学完全相同"


def test_one_value_in_many_schools_is_told_once(place: Path) -> None:
    rows = [
        school(school_code=f"213783{n:04}", school_name=f"第{n}小学", sports_ground_area=5000 + n)
        for n in range(12)
    ]
    book = read(write_book(place, rows))
    areas = [i for i in issues_of(book, "same_value") if "教学及辅助用房面积" in i.subject]
    assert len(areas) == 1 and "等12所相同" in areas[0].found
    assert not [i for i in issues_of(book, "same_value") if "运动场地" in i.subject]
