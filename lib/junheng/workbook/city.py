"""The city's own workbook (params/dictionary/city.yml): found and read like a county's, by the same readers and checks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from junheng.params.checks import load_checks
from junheng.params.city import load_city
from junheng.params.counties import load_counties
from junheng.params.dictionary import load_city_dictionary
from junheng.workbook.model import CountyBook
from junheng.workbook.read.book import read_county_book
from junheng.workbook.read.find import find_last_workbook
from junheng.workbook.read.opened import OpenedFile

CHECKS = "checks_city.yml"
CLOSED = "已销号"
"""The state of a measure that is closed with evidence (vocabulary measure_state)."""
ENDED = "已办结"
"""The state of a 通报, 约谈, 挂牌督办 or 问责 that is closed (vocabulary register_state)."""
CARRIED = "是"
"""What 上年结转 says of one that an earlier year left open (vocabulary carried_over)."""


def open_city_book(source: Path | OpenedFile, year: int, params_dir: Path) -> CountyBook:
    """Read the city's workbook of a year with the checks made.

    Raises DataProblem when the file cannot be opened at all; what is wrong in it is an issue, as in a county's.
    """
    city = load_city(params_dir)
    book = read_county_book(
        source,
        city.unit(year),
        year,
        load_city_dictionary(params_dir),
        checks=load_checks(params_dir, CHECKS),
        demo_keyword=city.demo_keyword,
        counties=(city.unit(year), *load_counties(params_dir)),
    )
    return replace(book, params_dir=params_dir)


def earlier_city_books(data: Path, params_dir: Path, year: int) -> tuple[tuple[int, Path], ...]:
    """The city's workbooks of the years before, oldest first, back to the first year that has none."""
    found: list[tuple[int, Path]] = []
    city = load_city(params_dir)
    while path := find_last_workbook(data, year, city.unit(year)):
        year -= 1
        found.append((year, path))
    return tuple(reversed(found))
