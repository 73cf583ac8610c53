"""A copy of any opened file as a plain .xlsx with the same cells at the same addresses."""

from __future__ import annotations

import re
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from junheng.workbook.excel import saved_workbook, write_cell
from junheng.workbook.read.grid import MOST_COLUMNS, MOST_ROWS, Grid, GridCell
from junheng.workbook.read.opened import OpenedFile

NAMELESS = "学校"
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def copy_as_xlsx(opened: OpenedFile) -> bytes:
    """Return the bytes of the copy; what Excel cannot hold (rows, columns, texts beyond its limits) is cut."""
    book = Workbook()
    book.remove(book.active)
    for sheet in opened.sheets:
        page = book.create_sheet(FORBIDDEN.sub(" ", sheet.name.strip())[:31] or NAMELESS)
        page.sheet_state = "visible" if sheet.visible else "hidden"
        _fill(page, opened.grid(sheet))
    if not any(page.sheet_state == "visible" for page in book):
        book.create_sheet("空表")
    return saved_workbook(book)


def _fill(page: Worksheet, grid: Grid) -> None:
    for row, cells in grid.rows.items():
        for column, cell in cells.items():
            if row <= MOST_ROWS and column <= MOST_COLUMNS:
                _put(page, row, column, cell)
    for row in grid.hidden:
        if row <= MOST_ROWS:
            page.row_dimensions[row].hidden = True
    for area in grid.merged:
        if area.bottom <= MOST_ROWS and area.right <= MOST_COLUMNS:
            # Only the range is noted: openpyxl's own way would empty cells inside it.
            page.merged_cells.add(f"{page.cell(area.top, area.left).coordinate}:{_corner(page, area)}")


def _corner(page: Worksheet, area: Any) -> str:
    return str(page.cell(area.bottom, area.right).coordinate)


def _put(page: Worksheet, row: int, column: int, cell: GridCell) -> None:
    if cell.kind == "number":
        write_cell(
            page, row, column, int(cell.text) if cell.text.lstrip("-").isdecimal() else float(cell.text)
        )
    elif cell.kind == "bool":
        write_cell(page, row, column, cell.text == "TRUE")
    elif cell.text:
        write_cell(page, row, column, cell.text)
