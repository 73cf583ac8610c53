"""The committed demo data, read cell by cell without the project's own reader, and assessed by its engine."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook

from junheng.assess.engine import assess
from junheng.assess.model import Assessment
from junheng.params.counties import County, load_counties
from junheng.params.dictionary import Dictionary, Field, Sheet, load_dictionary
from junheng.params.standard import load_standards
from junheng.workbook.model import Content, CountyBook, Row, Source, Value

ROOT = Path(__file__).resolve().parents[2]
PARAMS = ROOT / "params"
YEARS = (2023, 2024)
Grid = list[list[object]]


class Demo:
    """The 28 workbooks, by (county code, year)."""

    dictionary = load_dictionary(PARAMS)
    counties = load_counties(PARAMS)

    @cached_property
    def books(self) -> dict[tuple[str, int], CountyBook]:
        return {
            (county.code, year): read_book(self.path(county, year), county, year, self.dictionary)
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


def read_book(path: Path, county: County, year: int, dictionary: Dictionary) -> CountyBook:
    """Return the book of `path`; blanks stay missing, except where the dictionary calls them 0."""
    workbook = load_workbook(path, read_only=False)
    sheets = {}
    for sheet in dictionary.sheets:
        grid = [list(line) for line in workbook[sheet.name].iter_rows(values_only=True)]
        reader = _items if sheet.layout == "items" else _rows
        sheets[sheet.id] = reader(sheet, grid, dictionary, path.name)
    return CountyBook(county, year, path.name, "", sheets, demo=True)


def _rows(sheet: Sheet, grid: Grid, dictionary: Dictionary, file: str) -> tuple[Row, ...]:
    top = next(n for n, line in enumerate(grid) if line[:2] == [field.header for field in sheet.fields[:2]])
    columns = {header: column for column, header in enumerate(grid[top]) if header}
    rows = []
    for number, line in enumerate(grid[top + 1 :], top + 2):
        if line[0] is None or str(line[0]).startswith(("合计", "注")):
            continue
        values = {}
        for field in sheet.fields:
            source = Source(file, sheet.name, f"{columns[field.header] + 1}/{number}")
            values[field.key] = Value(content(line[columns[field.header]], field, dictionary), source)
        rows.append(Row(values, number))
    return tuple(rows)


def _items(sheet: Sheet, grid: Grid, dictionary: Dictionary, file: str) -> tuple[Row, ...]:
    cells = {line[0]: line[2] for line in grid[1:]}
    values = {
        f.key: Value(content(cells[f.header], f, dictionary), Source(file, sheet.name, "C"))
        for f in sheet.fields
    }
    return (Row(values),)


def content(cell: object, field: Field, dictionary: Dictionary) -> Content:
    """Return a cell's content as the field's kind wants it."""
    if cell is None:
        return Fraction(0) if field.required == "optional" and field.is_number else None
    if field.type == "yesno":
        return {"是": True, "否": False}[str(cell)]
    if field.vocabulary:
        words = dictionary.vocabularies[field.vocabulary]
        stored = next(t.value for t in words if str(cell) in (t.value, t.name, *t.also))
        return Fraction(stored) if field.is_number else stored
    if field.is_number:
        return Fraction(repr(cell)) if isinstance(cell, float) else Fraction(cell)
    return str(cell)


@pytest.fixture(scope="session")
def demo() -> Demo:
    """Return the committed demo data, read and assessed."""
    return Demo()
