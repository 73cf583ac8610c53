"""The committed demo data, read and assessed by the project itself."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import pytest
import yaml

from junheng.assess.engine import assess
from junheng.assess.model import Assessment
from junheng.params.counties import County, load_counties
from junheng.params.dictionary import load_dictionary
from junheng.params.standard import load_standards
from junheng.workbook.model import CountyBook, Row
from junheng.workbook.read.book import read_county_book

ROOT = Path(__file__).resolve().parents[2]
PARAMS = ROOT / "params"
YEARS = (2023, 2024)


class Demo:
    """The 28 workbooks, by (county code, year)."""

    dictionary = load_dictionary(PARAMS)
    counties = load_counties(PARAMS)

    @cached_property
    def books(self) -> dict[tuple[str, int], CountyBook]:
        return {
            (county.code, year): read_county_book(self.path(county, year), county, year, self.dictionary)
            for county in self.counties
            for year in YEARS
        }

    @cached_property
    def assessments(self) -> dict[tuple[str, int], Assessment]:
        standards = {year: load_standards(PARAMS, year) for year in YEARS}
        return {key: assess(book, self.dictionary, standards[key[1]]) for key, book in self.books.items()}

    @cached_property
    def outcomes(self) -> dict[str, dict[int, dict]]:
        return yaml.safe_load((PARAMS / "demo" / "outcomes.yml").read_text(encoding="utf-8"))

    @staticmethod
    def path(county: County, year: int) -> Path:
        return ROOT / "data" / str(year) / f"{county.stem}.xlsx"

    def schools(self, code: str, year: int) -> tuple[Row, ...]:
        return self.books[code, year].rows("schools")


@pytest.fixture(scope="session")
def demo() -> Demo:
    """Return the committed demo data."""
    return Demo()
