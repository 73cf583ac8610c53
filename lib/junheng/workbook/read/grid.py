"""One worksheet as a grid of non-empty cells with what matters about them: kind, text, merged and hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

from lxml import etree

from junheng.errors import DataProblem
from junheng.workbook.model import Source
from junheng.workbook.read.package import (
    BROKEN_XML,
    SAFE,
    Package,
    SheetPart,
    clean,
    damaged,
    refuse_doctype,
    rich_text,
    undamaged,
)

MAX_CELLS = 1_500_000
MOST_COLUMNS, MOST_ROWS = 16_384, 1_048_576
STRIP_FROM = 4_000_000
BLANK_MARKUP = re.compile(rb"<c [^<>]*/>|<row [^<>]*/>|<row [^<>]*></row>")
REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$")
DIGITS = "0123456789"
MOST_DIGITS = 7
LAST_SERIAL = 2958466
"""The day after 9999-12-31, the last that Excel knows."""
EMPTY: Mapping[int, GridCell] = {}


class GridCell(NamedTuple):
    """A non-empty cell.

    `kind`: text, number, percent (a number whose format shows it as one), bool, date, error (Excel's error value) or
    unstored (a formula without a value). `text` is what the cell shows; for a number its shortest decimal, as far as
    Excel keeps it (15 digits), for a percent the same times 100 with the sign.
    """

    kind: str
    text: str


class Range(NamedTuple):
    """A merged range, all bounds inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Grid:
    """A sheet's cells by row and column number (from 1), in ascending row order; `hidden` are rows nobody sees."""

    name: str
    rows: Mapping[int, Mapping[int, GridCell]]
    hidden: frozenset[int]
    merged: tuple[Range, ...]
    visible: bool = True
    file: str = field(default="", compare=False)

    def cell(self, row: int, column: int) -> GridCell | None:
        """Return a cell; None when it is empty."""
        return self.rows.get(row, EMPTY).get(column)

    def source(self, row: int, column: int) -> Source:
        """Return the place of a cell."""
        return Source(self.file, self.name, address(row, column))


@lru_cache(maxsize=32768)
def column_letters(column: int) -> str:
    """Return the letters of a column number: 1 → A, 28 → AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number of a column: A → 1, AB → 28."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def address(row: int, column: int) -> str:
    """Return a cell address such as `K12`."""
    return f"{column_letters(column)}{row}"


class GridBuilder:
    """Collects the rows of a sheet, whatever its format, and refuses what no workbook of a county could be."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.merged: list[Range] = []
        self._rows: dict[int, dict[int, GridCell]] = {}
        self._hidden: set[int] = set()
        self._count = 0

    def add(self, row: int, cells: Mapping[int, GridCell], hidden: bool = False) -> None:
        """Keep a row that holds anything; raises DataProblem for absurdly many cells."""
        if not cells:
            return
        self._rows.setdefault(row, {}).update(cells)
        if hidden:
            self._hidden.add(row)
        self._count += len(cells)
        if self._count > MAX_CELLS:
            raise DataProblem(f"{self.file}的单元格超过{MAX_CELLS // 10_000}万个，不像采集工作簿，未读取。")

    def merge(self, row: int, column: int, deep: int, wide: int) -> None:
        """Note that a cell reaches over so many rows and columns."""
        if deep * wide > 1:
            self.merged.append(Range(row, column, row + deep - 1, column + wide - 1))

    def refuse_absurd(self, row: int, column: int) -> None:
        """Raise DataProblem for a cell outside any sheet of Excel."""
        if column > MOST_COLUMNS or row > MOST_ROWS:
            raise DataProblem(f"{self.file}的行列数超出Excel的范围，未读取，请用Excel或WPS打开后重新保存。")

    def grid(self, name: str, visible: bool = True) -> Grid:
        """Return the sheet."""
        rows = dict(sorted(self._rows.items()))
        return Grid(name.strip(), rows, frozenset(self._hidden), tuple(self.merged), visible, self.file)


def read_grid(package: Package, sheet: SheetPart) -> Grid:
    """Read a sheet in one pass; raises DataProblem when its XML is broken or it is unreasonably large."""
    data = package.read(sheet.part)
    refuse_doctype(package.file, data)
    # Cells that are only formatted, often down to the last row, cost more to parse than to cut out. In CDATA
    # the same characters would be text.
    if len(data) > STRIP_FROM and b"<![CDATA[" not in data:
        data = BLANK_MARKUP.sub(b"", data)
    reader = _GridReader(package)
    with undamaged(package.file, *BROKEN_XML):
        for _, node in etree.iterparse(BytesIO(data), tag=("{*}row", "{*}mergeCell"), **SAFE):
            if etree.QName(node).localname == "row":
                reader.take_row(node)
            else:
                reader.take_merged(node.get("ref", ""))
            node.clear()  # the tree of a large sheet would fill the memory
    return reader.built.grid(sheet.name, sheet.visible)


class _GridReader:
    """Takes rows and merged ranges while the XML streams by."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.built = GridBuilder(package.file)
        self._columns: dict[str, int] = {}
        self._last = 0

    def take_row(self, node: etree._Element) -> None:
        """Keep the cells of a row that hold anything."""
        number = node.get("r", "")
        # Some programs leave the numbers of rows and cells out: then each follows the one before.
        self._last = int(number) if number.isascii() and number.isdigit() else self._last + 1
        cells: dict[int, GridCell] = {}
        column = 0
        for child in node:
            column = self._column(child.get("r", ""), column + 1)
            if len(child):
                cell = self._cell(child)
                if cell is not None:
                    cells[column] = cell
        self.built.add(self._last, cells, node.get("hidden") in ("1", "true"))

    def _column(self, reference: str, following: int) -> int:
        """Return the column a cell says it stands in, else the one after its neighbour."""
        letters = reference.rstrip(DIGITS)
        # Known letters with digits behind them: no regular expression for each of many thousand cells.
        if letters in self._columns and 0 < len(reference) - len(letters) <= MOST_DIGITS:
            return self._columns[letters]
        match = REFERENCE.match(reference)
        if match is None:
            return following
        return self._columns.setdefault(letters, column_number(match[1]))

    def take_merged(self, reference: str) -> None:
        """Keep a merged range; one that is no range of cells is passed over."""
        first, _, second = reference.partition(":")
        start, end = REFERENCE.match(first), REFERENCE.match(second)
        if start and end:
            first_column, last_column = column_number(start[1]), column_number(end[1])
            self.built.merged.append(Range(int(start[2]), first_column, int(end[2]), last_column))

    def _cell(self, node: etree._Element) -> GridCell | None:
        kind = node.get("t", "n")
        stored, formula = "", False
        has_value = False
        for child in node:
            tag = str(child.tag).rpartition("}")[2]
            if tag == "v":
                stored, has_value = child.text or "", True
            elif tag == "f":
                formula = True
            elif tag == "is":
                return _text_cell(rich_text(child))
        # An empty <v> is no result of a formula, but for one that yields text: there it is the empty text.
        if formula and not (stored or (has_value and kind == "str")):
            return GridCell("unstored", "")
        if formula and self.package.uncalculated and _is_placeholder(kind, stored):
            return GridCell("unstored", "")
        return self._typed(kind, stored, node.get("s", "0"))

    def _typed(self, kind: str, stored: str, style: str) -> GridCell | None:
        if kind == "s":
            return _text_cell(self._shared(stored))
        if kind in ("str", "inlineStr"):
            return _text_cell(clean(stored))
        if not stored.strip():
            return None
        if kind == "e":
            return GridCell("error", clean(stored))
        if kind == "b":
            return GridCell("bool", "TRUE" if stored.strip() in ("1", "true") else "FALSE")
        if kind == "d":  # ISO text, as strict workbooks store days
            return GridCell("date", stored.strip()[:10])
        number = int(style) if style.isdigit() else 0
        if number in self.package.percent_styles:
            return percent_cell(stored.strip())
        text = shown_number(stored.strip())
        if text is None:
            return GridCell("text", clean(stored.strip()))
        is_date = number in self.package.date_styles
        day = date_text(float(text), self.package.date_1904) if is_date else ""
        return GridCell("date", day) if day else GridCell("number", text)

    def _shared(self, index: str) -> str:
        strings = self.package.shared_strings
        place = int(index) if index.strip().isdigit() else -1
        if not 0 <= place < len(strings):
            raise damaged(self.package.file)
        return strings[place]


def _text_cell(text: str) -> GridCell | None:
    return GridCell("text", text) if text.strip() else None


def _is_placeholder(kind: str, stored: str) -> bool:
    """Say whether a stored result is what writers that cannot calculate put there: 0, or an empty text."""
    return shown_number(stored.strip()) == "0" if kind == "n" else kind == "str" and not stored


def percent_cell(stored: str) -> GridCell:
    """Return the cell of a number that its format shows as a percentage: 0.6 as 60%."""
    text = shown_number(stored)
    if text is None:
        return GridCell("text", clean(stored))
    shown = format((Decimal(text) * 100).normalize(), "f")
    return GridCell("percent", f"{shown}%")


def shown_number(stored: str) -> str | None:
    """Return a stored number as Excel keeps it (15 significant digits), or None if it is none."""
    # The file keeps what the arithmetic left (0.30000000000000004); people typed and see 0.3.
    if stored.isascii() and stored.isdigit() and len(stored) <= 15:
        return str(int(stored))
    if not stored.isascii() or "_" in stored:  # float() would take full-width digits and 1_000
        return None
    try:
        number = Decimal(format(float(stored), ".15g"))
    except (ValueError, OverflowError, InvalidOperation):
        return None
    if not number.is_finite():
        return None
    # Beyond 20 digits a plain number would be a line of zeros.
    return format(number, "f") if abs(number.adjusted()) <= 20 else str(number)


def date_text(serial: float, date_1904: bool) -> str:
    """Return the ISO text of an Excel serial date; empty when it is no date."""
    if not 1 <= serial < LAST_SERIAL:
        return ""
    # Excel believes that 1900 had a 29 February (serial 60): before it days count from 31 December 1899,
    # after it from the 30th.
    start = datetime(1904, 1, 1) if date_1904 else datetime(1899, 12, 30 if serial >= 61 else 31)
    moment = start + timedelta(seconds=round(serial * 86400))
    return moment.date().isoformat()
