"""The lists beside an imported workbook: a header, rows, links to the cells they speak of, a filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from junheng.workbook.excel import fit_on_pages, write_cell
from junheng.workbook.template.book import TEXT_FORMAT

HEAD_FONT, LINK_FONT = Font(name="黑体", size=10), Font(color="0563C1", underline="single")
HEAD_PLACE = Alignment(horizontal="center", vertical="center", wrap_text=True)
HEAD_FILL = PatternFill("solid", fgColor="E6E6E6")
NARROWEST, WIDEST, WIDTHS_FROM = 9, 46, 200
LINK_COLUMN = 2
MOST_LINKS = 20_000
"""Excel holds at most 65,530 links a sheet."""


def add_list(
    page: Worksheet, head: Sequence[str], rows: Sequence[Sequence[Any]], *, linked: bool = False
) -> None:
    """Write a list; with `linked` the second column leads to the cell of the sheet that the first column names."""
    _layout(page, head, rows)
    for column, text in enumerate(head, 1):
        cell = page.cell(1, column, text)
        cell.font, cell.fill, cell.alignment = HEAD_FONT, HEAD_FILL, HEAD_PLACE
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            if value is None or value == "":
                continue
            cell = write_cell(page, number, column, value)
            if isinstance(value, str) and value.isdecimal():
                cell.number_format = TEXT_FORMAT  # a code keeps its zeros when somebody edits it
            if linked and column == LINK_COLUMN and number <= MOST_LINKS:
                _link(cell, str(row[0]))


def _link(cell: Cell, sheet: str) -> None:
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet}'!{cell.value}")
    cell.font = LINK_FONT


def _layout(page: Worksheet, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    for column, text in enumerate(head):
        lengths = [len(str(row[column])) for row in rows[:WIDTHS_FROM] if row[column] is not None]
        width = min(WIDEST, max(NARROWEST, max([len(text), *lengths]) * 1.7))
        page.column_dimensions[get_column_letter(column + 1)].width = width
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(head))}{len(rows) + 1}"
    fit_on_pages(page, "landscape", "1:1")
