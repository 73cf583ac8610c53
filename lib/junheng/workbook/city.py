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
from junheng.workbook.read.opened import OpenedFile

CHECKS = "checks_city.yml"
CLOSED = "已销号"
"""The state of a measure that is closed with evidence (vocabulary measure_state)."""


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
