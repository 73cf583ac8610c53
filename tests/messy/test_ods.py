"""Workbooks of LibreOffice: the same book as in .xlsx, and every kind of cell told apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from junheng.errors import DataProblem
from junheng.params.counties import load_counties
from junheng.workbook.read.book import read_county_book
from junheng.workbook.read.formats import open_file
from junheng.workbook.read.grid import Grid, GridCell, Range
from tests.messy.builder import COUNTY, DICTIONARY, PARAMS, YEAR, read, write_book
from tests.messy.other_formats import as_ods, ods_cell, ods_sheet, write_ods


def contents(path: Path) -> Any:
    book = read(path)
    assert not book.blocking
    return {
        sheet: [{key: value.content for key, value in row.values.items()} for row in rows]
        for sheet, rows in book.sheets.items()
    }


def test_the_same_book_as_in_xlsx(place: Path, tmp_path: Path) -> None:
    assert contents(as_ods(write_book(place), tmp_path / "370883_邹城市.ods")) == contents(place)


def grid_of(tmp_path: Path, rows: str) -> Grid:
    opened = open_file(write_ods(tmp_path / "a.ods", ods_sheet("学校", rows)))
    return opened.grid(opened.sheets[0])


def cell_of(tmp_path: Path, attributes: str, inside: str = "") -> GridCell | None:
    cell = f"<table:table-cell {attributes}>{inside}</table:table-cell>"
    return grid_of(tmp_path, f"<table:table-row>{cell}</table:table-row>").cell(1, 1)


@pytest.mark.parametrize(
    ("attributes", "inside", "cell"),
    [
        ('office:value-type="float" office:value="12.50"', "<text:p>13</text:p>", GridCell("number", "12.5")),
        (
            'office:value-type="percentage" office:value="0.6"',
            "<text:p>60%</text:p>",
            GridCell("percent", "60%"),
        ),
        (
            'office:value-type="date" office:date-value="2024-09-01T00:00:00"',
            "",
            GridCell("date", "2024-09-01"),
        ),
        ('office:value-type="boolean" office:boolean-value="true"', "", GridCell("bool", "TRUE")),
        (
            'office:value-type="string"',
            "<text:p>甲<text:s text:c='2'/>乙</text:p>",
            GridCell("text", "甲  乙"),
        ),
        ('office:value-type="string"', "<text:p>甲</text:p><text:p>乙</text:p>", GridCell("text", "甲\n乙")),
        ('office:value-type="string"', "<text:p><text:span>甲</text:span></text:p>", GridCell("text", "甲")),
        (
            'table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"',
            "<text:p>#DIV/0!</text:p>",
            GridCell("error", "#DIV/0!"),
        ),
        (
            'table:formula="of:=X" office:value-type="float" office:value="0"',
            "<text:p>Err:508</text:p>",
            GridCell("error", "Err:508"),
        ),
        ('table:formula="of:=A1"', "", GridCell("unstored", "")),
        (
            'table:formula="of:=A1" office:value-type="float" office:value="3"',
            "<text:p>3</text:p>",
            GridCell("number", "3"),
        ),
        ("", "<office:annotation><text:p>批注</text:p></office:annotation>", None),
        ("", "", None),
    ],
)
def test_cells(tmp_path: Path, attributes: str, inside: str, cell: GridCell | None) -> None:
    assert cell_of(tmp_path, attributes, inside) == cell


def row(*cells: str, **attributes: str) -> str:
    given = " ".join(f'table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<table:table-row {given}>{''.join(cells)}</table:table-row>"


def test_repeated_rows_and_cells_stand_where_they_are_shown(tmp_path: Path) -> None:
    grid = grid_of(
        tmp_path,
        row("<table:table-cell table:number-columns-repeated='2'/>", ods_cell("甲"))
        + row(ods_cell(5).replace(" ", " table:number-columns-repeated='3' ", 1), number_rows_repeated="2")
        + row("<table:table-cell table:number-columns-repeated='16384'/>", number_rows_repeated="1048573"),
    )
    assert grid.rows == {
        1: {3: GridCell("text", "甲")},
        2: dict.fromkeys((1, 2, 3), GridCell("number", "5")),
        3: dict.fromkeys((1, 2, 3), GridCell("number", "5")),
    }


def test_merged_cells_hidden_rows_and_sheets(tmp_path: Path) -> None:
    merged = ods_cell("甲").replace(
        " ", ' table:number-rows-spanned="2" table:number-columns-spanned="1" ', 1
    )
    covered = "<table:covered-table-cell><text:p>在下面</text:p></table:covered-table-cell>"
    rows = row(merged, ods_cell(1)) + row(covered, ods_cell(2), visibility="filter")
    path = write_ods(tmp_path / "a.ods", ods_sheet("学校", rows) + ods_sheet("旧", row(), "ta2"))
    opened = open_file(path)
    assert [(part.name, part.visible) for part in opened.sheets] == [("学校", True), ("旧", False)]
    grid = opened.grid(opened.sheets[0])
    assert (grid.merged, grid.hidden) == ((Range(1, 1, 2, 1),), frozenset([2]))
    assert grid.cell(2, 1) is None


def test_more_cells_than_any_workbook_has(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="单元格超过"):
        grid_of(
            tmp_path,
            row(
                ods_cell(5).replace(" ", " table:number-columns-repeated='9' ", 1),
                number_rows_repeated="1000000",
            ),
        )


def test_a_password_is_named(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "a.ods", "", **{"META-INF__manifest": "<x><encryption-data/></x>"})
    with pytest.raises(DataProblem, match=r"a\.ods设有打开密码"):
        open_file(path)


def test_whose_book_it_is_is_read_from_its_properties(place: Path, tmp_path: Path) -> None:
    path = as_ods(write_book(place), tmp_path / "370883_邹城市.ods")
    opened = replace(open_file(path), properties="曲阜市2024年采集工作簿")  # type: ignore[type-var]
    book = read_county_book(opened, COUNTY, YEAR, DICTIONARY, counties=load_counties(PARAMS))
    assert [issue.check for issue in book.issue_records if issue.check.startswith("identity")] == [
        "identity_county"
    ]
