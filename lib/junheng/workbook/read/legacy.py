"""Workbooks of the old binary format (.xls, WPS's .et). Nothing is evaluated: Excel's stored results are read.

xlrd is used because it keeps what the contract needs and faster readers drop: error values, hidden rows, dates.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any

import xlrd
from xlrd.biffh import error_text_from_code

from junheng.errors import DataProblem
from junheng.workbook.read.grid import (
    Grid,
    GridBuilder,
    GridCell,
    Range,
    date_text,
    percent_cell,
    shown_number,
)
from junheng.workbook.read.package import clean, damaged, is_percent_format, undamaged

MAX_LEGACY = 60_000_000
ENCRYPTED = "encrypted"
FORMULA, RECALCID = 0x0006, 0x01C1
FORMULA_HEAD = struct.Struct("<HHH8sH")
"""Row, column, style, result and flags at the beginning of a FORMULA record ([MS-XLS] 2.4.127)."""
CALCULATE_ON_LOAD = 0x0002
EMPTY_RESULT = 3
ZERO_RESULT = bytes(8)


class PasswordNeeded(Exception):
    """The workbook is encrypted."""


def read_xls(file: str, data: bytes) -> tuple[Grid, ...]:
    """Return the sheets; raises DataProblem, or PasswordNeeded."""
    if len(data) > MAX_LEGACY:
        raise DataProblem(f"{file}超过{MAX_LEGACY // 1_000_000}MB，不像采集工作簿，未读取。")
    book = _open(file, data)
    with undamaged(file, Exception):  # xlrd meets broken records with whatever error comes first
        unstored = _unstored(book)
        return tuple(
            _grid(file, sheet, book, unstored.get(number, frozenset()))
            for number, sheet in enumerate(book.sheets())
        )


def _open(file: str, data: bytes) -> Any:
    """Open with formats (merged cells, hidden rows); a book whose formats are broken is opened without."""
    for formats in (True, False):
        try:
            book = xlrd.open_workbook(
                file_contents=data,
                logfile=io.StringIO(),
                formatting_info=formats,
                ragged_rows=True,
                on_demand=True,  # keeps the records, which say what xlrd does not: see `_unstored`
            )
            book.sheets()
            return book
        except Exception as error:  # as above
            if ENCRYPTED in str(error):
                raise PasswordNeeded from error
            if not formats:
                raise damaged(file) from error
    raise AssertionError(file)


Place = tuple[int, int]


def _unstored(book: Any) -> dict[int, frozenset[Place]]:
    """Return by sheet the formulas (row, column from 0) that were never calculated; xlrd shows them as 0 or as empty.

    The format has no "no result". Spreadsheet::WriteExcel stores 0 and asks to calculate on loading (grbit bit 1);
    xlwt stores an empty text, as Excel itself does for a formula that yields "": it is one of xlwt's only in a
    workbook that no Excel has calculated (no RECALCID) and in which no formula at all has a result.
    """
    asked: dict[int, set[Place]] = {}
    empty: dict[int, set[Place]] = {}
    calculated = False
    for number, record, body in _records(book):
        if record == RECALCID:
            calculated = True
        if record != FORMULA or number is None or len(body) < FORMULA_HEAD.size:
            continue
        row, column, _, result, flags = FORMULA_HEAD.unpack_from(body)
        if flags & CALCULATE_ON_LOAD and (result == ZERO_RESULT or _is_empty(result)):
            asked.setdefault(number, set()).add((row, column))
        elif _is_empty(result):
            empty.setdefault(number, set()).add((row, column))
        else:
            calculated = True
    numbers = asked.keys() | empty.keys()
    return {
        n: frozenset(asked.get(n, set()) | (set() if calculated else empty.get(n, set()))) for n in numbers
    }


def _is_empty(result: bytes) -> bool:
    return result[6:] == b"\xff\xff" and result[0] == EMPTY_RESULT


def _records(book: Any) -> Iterator[tuple[int | None, int, bytes]]:
    """Yield the records of the workbook stream with the number of the sheet they stand in (None before the first)."""
    if (
        not book.mem or book.biff_version < 50
    ):  # older ones have neither sheets in one stream nor these layouts
        return
    starts = {start: number for number, start in enumerate(book._sh_abs_posn)}
    place, number = book.base, None
    while place + 4 <= len(book.mem):
        if place in starts:
            number = starts[place]
        record, length = struct.unpack_from("<HH", book.mem, place)
        yield number, record, bytes(book.mem[place + 4 : place + 4 + length])
        place += 4 + length


def _grid(file: str, sheet: Any, book: Any, unstored: frozenset[Place]) -> Grid:
    built = GridBuilder(file)
    built.merged += [
        Range(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells
    ]
    hidden = {row for row, info in sheet.rowinfo_map.items() if info.hidden}
    percents = _percent_styles(book)
    for row in range(sheet.nrows):
        cells = {column + 1: GridCell("unstored", "") for line, column in unstored if line == row}
        for column in range(sheet.row_len(row)):
            cell = None if column + 1 in cells else _cell(sheet, row, column, percents, book.datemode == 1)
            if cell:
                cells[column + 1] = cell
        built.add(row + 1, dict(sorted(cells.items())), row in hidden)
    return built.grid(sheet.name, not sheet.visibility)


def _percent_styles(book: Any) -> frozenset[int]:
    """Return the numbers of the cell styles that show a percentage; none where the formats could not be read."""
    codes = {key: form.format_str for key, form in book.format_map.items()}
    return frozenset(
        n for n, xf in enumerate(book.xf_list) if is_percent_format(codes.get(xf.format_key, ""))
    )


def _cell(sheet: Any, row: int, column: int, percents: frozenset[int], date_1904: bool) -> GridCell | None:
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    if kind == xlrd.XL_CELL_TEXT:
        return GridCell("text", clean(value)) if value.strip() else None
    if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        if kind == xlrd.XL_CELL_NUMBER and percents and sheet.cell_xf_index(row, column) in percents:
            return percent_cell(repr(value))
        text = shown_number(repr(value))
        if text is None:
            return GridCell("error", "#NUM!")
        shown = date_text(value, date_1904) if kind == xlrd.XL_CELL_DATE else ""
        return GridCell("date", shown) if shown else GridCell("number", text)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return GridCell("bool", "TRUE" if value else "FALSE")
    if kind == xlrd.XL_CELL_ERROR:
        return GridCell("error", error_text_from_code.get(value, "#ERROR!"))
    return None
