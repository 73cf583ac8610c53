"""Tables as Excel sheets: merged headers, numbers as numbers, text never a formula, the same bytes always."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from copy import copy
from pathlib import Path
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from junheng.params.tables import SheetForm, TableColumn, head_spans
from junheng.report.content.dates import as_date
from junheng.report.content.model import Mark, Table, TableCell, TableRow
from junheng.report.word.widths import text_width
from junheng.workbook.excel import fit_on_pages, saved_workbook, write_cell

FONT = "宋体"
HEAD_FONT = "黑体"
MM_PER_WIDTH = 1.95
"""Millimetres of one unit of Excel's column width (a digit of the standard font)."""
COMMENT_WIDTH, COMMENT_LINE = 320, 18
"""Pixels."""
POINTS_PER_MM = 72 / 25.4
LINE_HEIGHT = 1.35
"""Of the type size, as Excel and LibreOffice set 宋体; a little more than needed, so that no line is cut."""
LONGEST_NAME = 31
"""Characters that Excel allows a sheet's name."""
DATE_FORMAT = 'yyyy"年"m"月"d"日"'
NUMBER = re.compile(r"-?\d+(?:\.(\d+))?(\D*)")
THIN = Side(style="thin", color="808080")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEAD_FILL = PatternFill("solid", fgColor="E6E6E6")
FILLS: dict[Mark, PatternFill] = {
    "unmet": PatternFill("solid", fgColor="D0D0D0"),
    "unknown": PatternFill("solid", fgColor="F2F2F2"),
}


def write_workbook(tables: Iterable[Table], target: Path, title: str = "", heading: str = "") -> None:
    """Write tables to `target`, one sheet each; `heading` is printed on top of every page."""
    target.write_bytes(workbook_bytes(tables, title, heading))


def workbook_bytes(tables: Iterable[Table], title: str = "", heading: str = "") -> bytes:
    """Return a workbook of these tables, one sheet each; the same tables always give the same bytes."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for table in tables:
        form = table.spec.sheet or SheetForm(name=table.spec.title.split()[0][:LONGEST_NAME])
        printed = heading if form.heading is None else form.heading
        _SheetWriter(workbook.create_sheet(form.name), table, form, printed).fill()
    properties = workbook.properties
    properties.title, properties.creator, properties.lastModifiedBy = title, "", None
    return saved_workbook(workbook, _with_growing_rows)


def _with_growing_rows(name: str, content: bytes) -> bytes:
    """The heights of rows are a start: without the mark that they are chosen, rows still grow."""
    return content.replace(b' customHeight="1"', b"") if name.startswith("xl/worksheets/") else content


class _SheetWriter:
    """Fills one worksheet: caption, header rows, rows, notes, then what the form asks for."""

    def __init__(self, sheet: Worksheet, table: Table, form: SheetForm, heading: str) -> None:
        self._sheet = sheet
        self._table = table
        self._form = form
        self._heading = heading
        self._columns = table.spec.columns
        self._spans = head_spans(self._columns)
        self._top = 2 if form.titled else 1
        self._first = self._top + 1 + max(span.row for span in self._spans)
        self._styles: dict[tuple[object, ...], Any] = {}

    def fill(self) -> None:
        if self._form.titled:
            self._caption()
        self._head()
        last = self._first - 1
        for row in self._table.rows:
            last += 1
            self._row(last, row)
        self._merge_spans()
        self._heights(last)
        self._notes(last + 1)
        self._widths()
        self._choices(last)
        self._dates(last)
        self._protect()
        self._page(last)

    def _caption(self) -> None:
        cell = self._put(1, 1, self._table.caption)
        cell.font = Font(name=HEAD_FONT, size=14)
        cell.alignment = Alignment(horizontal="center", vertical="center")
        self._merge(1, 1, 1, len(self._columns))

    def _head(self) -> None:
        for span in self._spans:
            row, column = self._top + span.row, span.column + 1
            self._put(row, column, span.text)
            self._merge(row, column, row + span.rows - 1, column + span.columns - 1)
        for cells in self._sheet.iter_rows(self._top, self._first - 1, 1, len(self._columns)):
            for cell in cells:
                cell.font = Font(name=HEAD_FONT, size=self._table.spec.size)
                cell.fill, cell.border = HEAD_FILL, GRID
                cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)

    def _row(self, number: int, row: TableRow) -> None:
        if row.kind == "group":
            self._style(self._put(number, 1, row.text), TableCell(row.text, mark="label"), "left", bold=True)
            self._merge(number, 1, number, len(self._columns))
            return
        for position, column in enumerate(self._columns, 1):
            shown = row.cells.get(column.key, TableCell(""))
            cell = self._put(number, position, *self._value(shown, column))
            self._style(cell, shown, column.align, bold=row.kind == "total")
            if shown.origin:
                cell.comment = _comment(f"{shown.origin.places}{shown.origin.in_terminal}")
            # Every cell is locked from the start, which counts only in a protected sheet.
            if column.key in self._form.free:
                cell.protection = Protection(locked=False)

    def _value(self, shown: TableCell, column: TableColumn) -> tuple[Any, str]:
        """Return what a cell holds and its number format: a date, a number as it is printed, or text."""
        if column.key in self._form.dates:
            found = as_date(shown.text)
            if found or not shown.text:
                return found, DATE_FORMAT  # a blank takes the date that will be written in
            return shown.text, "@"
        match = NUMBER.fullmatch(shown.text) if shown.number is not None else None
        # A text such as 12/15 or 3（1） stays a text; 3人 and 0.999※ are numbers that look so by their format.
        if match is None or shown.number is None:
            return shown.text, "General"
        decimals, suffix = len(match.group(1) or ""), match.group(2).replace('"', "")
        number = int(shown.number) if shown.number.denominator == 1 else float(shown.number)
        return number, ("0." + "0" * decimals if decimals else "0") + (f'"{suffix}"' if suffix else "")

    def _put(self, row: int, column: int, value: Any, number_format: str = "General") -> Cell:
        """Write a value; an empty text is an empty cell."""
        cell = write_cell(self._sheet, row, column, None if value == "" else value)
        cell.number_format = number_format
        return cell

    def _style(self, cell: Cell, shown: TableCell, align: str, bold: bool = False) -> None:
        """Give a cell its look, which openpyxl searches for among all looks by each of its parts: once for each kind."""
        kind = (cell.number_format, shown.mark, align, bold)
        if kind in self._styles:
            cell._style = copy(self._styles[kind])
            return
        strong = bold or shown.mark == "unmet"
        cell.font = Font(name=FONT, size=self._table.spec.size, bold=strong, italic=shown.mark == "unknown")
        cell.border = GRID
        cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
        if shown.mark in FILLS:
            cell.fill = FILLS[shown.mark]
        self._styles[kind] = copy(cell._style)

    def _heights(self, last: int) -> None:
        """Give every row the height of its text; not every program works it out when it opens a file."""
        size = self._table.spec.size
        for number in range(self._top, last + 1):
            lines = [
                _lines(self._sheet.cell(number, position), column.width, size)
                for position, column in enumerate(self._columns, 1)
            ]
            self._sheet.row_dimensions[number].height = round(max(lines) * size * LINE_HEIGHT + 4, 1)

    def _merge_spans(self) -> None:
        for number, row in enumerate(self._table.rows, self._first):
            for position, column in enumerate(self._columns, 1):
                span = row.cells[column.key].rows if column.key in row.cells else 1
                self._merge(number, position, number + span - 1, position)

    def _merge(self, top: int, left: int, bottom: int, right: int) -> None:
        if (top, left) != (bottom, right):
            self._sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)

    def _notes(self, row: int) -> None:
        for number, note in enumerate(self._table.printed_notes):
            cell = self._put(row + number, 1, f"注：{note}")
            cell.font = Font(name=FONT, size=9)
            cell.alignment = Alignment(horizontal="left", vertical="center")

    def _widths(self) -> None:
        for position, column in enumerate(self._columns, 1):
            self._sheet.column_dimensions[get_column_letter(position)].width = round(
                column.width / MM_PER_WIDTH, 1
            )

    def _choices(self, last: int) -> None:
        """Offer the words of columns that have a closed list."""
        for position, column in enumerate(self._columns, 1):
            if words := self._form.choices.get(column.key):
                rule = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
                self._ask(rule, position, last, f"请从列表中选择：{'、'.join(words)}。")

    def _dates(self, last: int) -> None:
        """Warn (words such as 年底前 remain possible) when what is written into a date column is no date."""
        for position, column in enumerate(self._columns, 1):
            if column.key in self._form.dates:
                first, until = ("36526", "73050")  # 2000-01-01 and 2099-12-31 as Excel counts days
                rule = DataValidation(type="date", operator="between", formula1=first, formula2=until)
                rule.allow_blank, rule.errorStyle = True, "warning"
                self._ask(rule, position, last, "应为日期，如2025-12-31；确需写文字的可以保留。")

    def _ask(self, rule: DataValidation, position: int, last: int, said: str) -> None:
        """Apply a rule to the rows of a column; a table without rows has nothing to fill in."""
        if last < self._first:
            return
        rule.error, rule.errorTitle, rule.showErrorMessage = said, self._columns[position - 1].heading, True
        letter = get_column_letter(position)
        rule.add(f"{letter}{self._first}:{letter}{last}")
        self._sheet.add_data_validation(rule)

    def _protect(self) -> None:
        """Lock all but the free columns; sorting out columns, filtering and formats stay allowed."""
        if not self._form.free:
            return
        protection = self._sheet.protection
        protection.sheet = True
        # In a sheet's protection False means that it is not forbidden.
        for allowed in ("autoFilter", "formatCells", "formatColumns", "formatRows"):
            setattr(protection, allowed, False)

    def _page(self, last: int) -> None:
        sheet, form = self._sheet, self._form
        sheet.freeze_panes = sheet.cell(self._first, form.frozen + 1).coordinate
        if form.filtered:
            bottom = max(last, self._first - 1)
            sheet.auto_filter.ref = f"A{self._first - 1}:{get_column_letter(len(self._columns))}{bottom}"
        side: Literal["portrait", "landscape"] = "landscape" if self._table.spec.landscape else "portrait"
        fit_on_pages(sheet, side, f"{self._top}:{self._first - 1}")
        sheet.print_options.horizontalCentered = True
        sheet.page_margins.left = sheet.page_margins.right = 0.5
        sheet.oddHeader.center.text = self._heading.replace("&", "&&") or None
        sheet.oddFooter.center.text = "第&P页，共&N页"


def _lines(cell: Cell, width: float, size: float) -> int:
    """How many lines a cell's text takes in a column of `width` millimetres; one that is merged counts as one."""
    if not isinstance(cell.value, str):
        return 1
    room = max((width * POINTS_PER_MM - 8) / size, 1)
    return sum(max(math.ceil(text_width(line) / room), 1) for line in cell.value.split("\n"))


def _comment(text: str) -> Comment:
    """A note to a cell, wide enough for a file name and some addresses."""
    return Comment(text, "", height=COMMENT_LINE * (3 + len(text) // 22), width=COMMENT_WIDTH)
