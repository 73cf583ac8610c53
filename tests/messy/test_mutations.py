"""A good workbook with one thing changed, at places drawn by seed: what is asserted holds wherever the change falls.

The kinds are those that once got past the reading: another county's book, percent formats, placeholders of uncalculated
formulas, options listed twice, totals by other names, blank switches, merged cells, units and numbers under the header.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from junheng.errors import ParamsProblem
from junheng.params.checks import load_checks
from junheng.params.city import load_county_year
from junheng.params.counties import load_counties
from junheng.params.dictionary import Field
from junheng.workbook.model import CountyBook, Issue, Severity
from junheng.workbook.read.book import read_county_book
from tests.messy.builder import (
    COUNTY,
    DICTIONARY,
    PARAMS,
    YEAR,
    cell_of,
    patch_part,
    school,
    write_book,
)

SEEDS = range(12)
COUNTIES = load_counties(PARAMS)
CHECKS = load_checks(PARAMS)
FIELDS = DICTIONARY.sheet("schools").fields
SCHOOLS = [
    school(school_code=f"21378300{n:02}", school_name=f"第{n}小学", teaching_area=5000 + n)
    for n in range(1, 9)
]
Edit = Callable[[Worksheet], None]


def read(place: Path) -> CountyBook:
    return read_county_book(place, COUNTY, YEAR, DICTIONARY, checks=CHECKS, counties=COUNTIES)


def changed(place: Path, edit: Edit) -> CountyBook:
    def on_sheet(book: Workbook) -> None:
        edit(book["学校"])

    write_book(place, SCHOOLS, edit=on_sheet)
    return read(place)


def at(book: CountyBook, cell: str) -> list[Issue]:
    return [issue for issue in book.issue_records if (issue.sheet, issue.cell) == ("学校", cell)]


def some_cell(chance: random.Random, fits: Callable[[Field], bool]) -> tuple[Field, str]:
    """Return a column that fits and applies to primary schools, and the cell of one school in it."""
    usual = [f for f in FIELDS if fits(f) and f.stage in (None, "primary") and f.key in SCHOOLS[0]]
    field = chance.choice(usual)
    return field, cell_of(field.key, chance.randrange(2, 2 + len(SCHOOLS)))


def contents(book: CountyBook) -> list[Any]:
    return [{key: value.content for key, value in row.values.items()} for row in book.rows("schools")]


def test_the_book_that_is_changed_is_good(place: Path) -> None:
    assert not changed(place, lambda page: None).blocking


@pytest.mark.parametrize("seed", SEEDS)
def test_another_countys_book_is_an_error(place: Path, seed: int) -> None:
    chance = random.Random(seed)
    other = chance.choice([county for county in COUNTIES if county.code != COUNTY.code])
    kind = chance.choice(["title", "names", "codes"])

    def swap(page: Worksheet) -> None:
        if kind == "title":
            page.insert_rows(1)
            page["A1"] = f"{other.title}{YEAR}年度义务教育学校数据采集表"
            return
        for row in chance.sample(range(2, 10), 6):
            name, code = cell_of("school_name", row), cell_of("school_code", row)
            page[name] = f"{other.name}{page[name].value}" if kind == "names" else page[name].value
            page[code] = f"{other.code}{row:04}" if kind == "codes" else page[code].value

    blocking = changed(place, swap).blocking
    assert {issue.check for issue in blocking} & {"identity_county", "identity_schools"}, kind
    assert any(other.name in issue.found or other.title in issue.found for issue in blocking)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_percent_format_is_never_a_count(place: Path, seed: int) -> None:
    chance = random.Random(seed)
    field, cell = some_cell(chance, lambda f: f.type in ("int", "decimal"))

    def edit(page: Worksheet) -> None:
        page[cell], page[cell].number_format = chance.choice([0.6, 1, 0]), chance.choice(["0%", "0.00%"])

    book = changed(place, edit)
    assert [issue.severity for issue in at(book, cell)] == [Severity.ERROR], field.key


@pytest.mark.parametrize("seed", SEEDS)
def test_a_placeholder_is_no_value(place: Path, seed: int) -> None:
    field, cell = some_cell(random.Random(seed), lambda f: f.is_number)
    write_book(place, SCHOOLS, edit=lambda book: book["学校"].__setitem__(cell, "=1+1"))
    stored = re.compile(r"<f>1\+1</f><v ?(?:/>|></v>)")
    patch_part(place, "xl/worksheets/sheet1.xml", lambda xml: stored.sub("<f>1+1</f><v>0</v>", xml))
    assert [issue.check for issue in at(read(place), cell)] == ["no_stored_value"], field.key


@pytest.mark.parametrize("seed", SEEDS)
def test_a_total_by_any_name_is_no_school(place: Path, seed: int) -> None:
    chance = random.Random(seed)
    words = DICTIONARY.sheet("schools").totals
    label = chance.choice(["{}", "{}：", "全县{}", "{}（8所）", "{}8所", " {} "]).format(chance.choice(words))
    column = chance.choice(["school_code", "school_name"])

    def edit(page: Worksheet) -> None:
        row = page.max_row + 1
        page[cell_of(column, row)] = label
        for field in FIELDS:
            if field.merge == "sum" and field.key in SCHOOLS[0]:
                page[cell_of(field.key, row)] = sum(one[field.key] for one in SCHOOLS)

    good = contents(changed(place, lambda page: None))
    book = changed(place, edit)
    assert contents(book) == good and not book.blocking, label
    assert "total_mismatch" not in {issue.check for issue in book.issue_records}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_blank_switch_is_told(place: Path, seed: int) -> None:
    field, cell = some_cell(random.Random(seed), lambda f: f.type == "yesno")
    book = changed(place, lambda page: page.__setitem__(cell, None))
    assert [issue.check for issue in at(book, cell)] == ["missing"], field.key


@pytest.mark.parametrize("seed", SEEDS)
def test_merged_cells_are_an_error_and_no_zero(place: Path, seed: int) -> None:
    chance = random.Random(seed)
    field, _ = some_cell(chance, lambda f: f.key != "parent_code")
    top = chance.randrange(2, 8)
    span = f"{cell_of(field.key, top)}:{cell_of(field.key, chance.randrange(top + 1, 10))}"
    book = changed(place, lambda page: page.merge_cells(span))
    assert [issue.check for issue in at(book, cell_of(field.key, top))] == ["merged_cells"], (span, field.key)
    assert len(book.rows("schools")) == len(SCHOOLS)


@pytest.mark.parametrize("seed", SEEDS)
def test_units_and_numbers_under_the_header_change_nothing(place: Path, seed: int) -> None:
    chance = random.Random(seed)
    marks = [
        [field.unit for field in FIELDS],
        [f"（{field.unit}）" if field.unit else None for field in FIELDS],
        list(map(str, range(1, len(FIELDS) + 1))),
        ["甲", "乙", *map(str, range(1, len(FIELDS) - 1))],
    ]

    def edit(page: Worksheet) -> None:
        page.insert_rows(2)
        for column, text in enumerate(chance.choice(marks), 1):
            page.cell(2, column).value = text

    good = contents(changed(place, lambda page: None))
    book = changed(place, edit)
    assert contents(book) == good and not book.blocking


@pytest.mark.parametrize("seed", SEEDS)
def test_options_listed_twice_are_refused(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    uses = [{"id": f"E{n}", "basis": "会议纪要"} for n in range(1, 5)]
    accepted = [
        {"check": check.id, "cell": f"K{n}", "who": "甲", "when": "2025-01-02", "why": "已核实"}
        for n, check in enumerate(CHECKS[:6])
    ]
    name, options = chance.choice([("exceptions", uses), ("accepted", accepted)])
    again = [*options, dict(chance.choice(options))]
    chance.shuffle(again)
    (tmp_path / str(YEAR)).mkdir()
    (tmp_path / str(YEAR) / "370883.yml").write_text(yaml.safe_dump({name: again}, allow_unicode=True))
    with pytest.raises(ParamsProblem, match="重复"):
        load_county_year(tmp_path, YEAR, "370883")
