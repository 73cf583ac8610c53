"""Reads a demo workbook straight into a `CountyBook`, cell by cell, without the project's own reader."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from openpyxl import load_workbook

from junheng.params.counties import County
from junheng.params.dictionary import Dictionary, Field, Sheet
from junheng.workbook.model import Content, CountyBook, Row, Source, Value

Grid = list[list[object]]


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
    values = {f.key: Value(content(cells[f.header], f, dictionary), Source(file, sheet.name, "C")) for f in sheet.fields}
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
