"""Workbooks of the old binary format (.xls, WPS's .et). Nothing is evaluated: Excel's stored results are read.

xlrd is used because it keeps what the contract needs and faster readers drop: error values, hidden rows, dates.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import xlrd
from xlrd.biffh import error_text_from_code

from junheng.errors import DataProblem
from junheng.workbook.read.grid import Cell, Grid, Range, date_text, shown_number
from junheng.workbook.read.opened import build_grid
from junheng.workbook.read.package import clean, damaged

MAX_LEGACY = 60_000_000
ENCRYPTED = "encrypted"


class PasswordNeeded(Exception):
    """The workbook is encrypted."""


def read_xls(file: str, data: bytes) -> tuple[tuple[Grid, ...], frozenset[str]]:
    """Return the sheets and the names of the hidden ones; raises DataProblem, or PasswordNeeded."""
    if len(data) > MAX_LEGACY:
        raise DataProblem(f"{file}超过{MAX_LEGACY // 1_000_000}MB，不像采集工作簿，未读取。")
    book = _open(file, data)
    try:
        grids = tuple(_grid(file, sheet, book.datemode == 1) for sheet in book.sheets())
    except DataProblem:
        raise
    except Exception as error:  # xlrd meets broken records with whatever error comes first
        raise damaged(file) from error
    hidden = frozenset(sheet.name.strip() for sheet in book.sheets() if sheet.visibility)
    return grids, hidden


def _open(file: str, data: bytes) -> Any:
    """Open with formats (merged cells, hidden rows); a book whose formats are broken is opened without."""
    for formats in (True, False):
        try:
            return xlrd.open_workbook(
                file_contents=data, logfile=io.StringIO(), formatting_info=formats, ragged_rows=True
            )
        except Exception as error:  # as above
            if ENCRYPTED in str(error):
                raise PasswordNeeded from error
            if not formats:
                raise damaged(file) from error
    raise AssertionError(file)


def _grid(file: str, sheet: Any, date_1904: bool) -> Grid:
    merged = [Range(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
    hidden = frozenset(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden)
    return build_grid(file, sheet.name, _rows(sheet, date_1904), merged, hidden)


def _rows(sheet: Any, date_1904: bool) -> Iterator[tuple[int, dict[int, Cell]]]:
    for row in range(sheet.nrows):
        cells = {}
        for column in range(sheet.row_len(row)):
            cell = _cell(sheet.cell_type(row, column), sheet.cell_value(row, column), date_1904)
            if cell:
                cells[column + 1] = cell
        yield row + 1, cells


def _cell(kind: int, value: Any, date_1904: bool) -> Cell | None:
    if kind == xlrd.XL_CELL_TEXT:
        return Cell("text", clean(value)) if value.strip() else None
    if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        text = shown_number(repr(value))
        if text is None:
            return Cell("error", "#NUM!")
        shown = date_text(value, date_1904) if kind == xlrd.XL_CELL_DATE else ""
        return Cell("date", shown) if shown else Cell("number", text)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return Cell("bool", "TRUE" if value else "FALSE")
    if kind == xlrd.XL_CELL_ERROR:
        return Cell("error", error_text_from_code.get(value, "#ERROR!"))
    return None
