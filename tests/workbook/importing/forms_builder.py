"""School workbooks of the 基层统计调查表: what both series share (forms_old.py, forms_new.py lay them out).

A form is a list of header cells (range, text), rows of labels and values by cell. Everything else stays empty, as in
a form that nobody has filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

BANDS = (
    "25人及以下", "26-30人", "31-35人", "36-40人", "41-45人", "46-50人", "51-55人", "56-60人", "61-65人", "66人及以上",
)  # fmt: skip
GRADES = ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级")


@dataclass
class Form:
    """One form: `heads` are (range, text), `rows` are label texts by row number, `values` are cells."""

    number: str
    title: str
    unit: str
    width: str
    heads: list[tuple[str, str]]
    rows: dict[int, tuple[str, ...]]
    label_column: str = "B"
    code_column: str | None = "C"
    label_merge: str | None = None
    first_code: int = 1
    values: dict[str, Any] = field(default_factory=dict)
    sheet: str = ""
    zero_codes: bool = False

    def write(self, book: Workbook) -> Worksheet:
        page = book.create_sheet(self.sheet or self.number)
        top = 2 if self.label_column == "B" else 1
        left = self.label_column
        put(page, f"{left}{top}:{self.width}{top}", self.title)
        put(page, f"{left}{top + 1}:{self.width}{top + 1}", f"{self.number}{' ' * 40}单位:{self.unit}")
        for where, text in self.heads:
            put(page, where, text)
        for place, (number, labels) in enumerate(self.rows.items()):
            self._row(page, place, number, labels)
        for where, value in self.values.items():
            page[where] = value
        return page

    def _row(self, page: Worksheet, place: int, number: int, labels: tuple[str, ...]) -> None:
        start = ord(self.label_column) - 64
        for offset, text in enumerate(labels):
            if text:
                page.cell(number, start + offset, text)
        if self.label_merge and len(labels) == 1:
            page.merge_cells(f"{self.label_column}{number}:{self.label_merge}{number}")
        if self.code_column:
            code = self.first_code + place
            page[f"{self.code_column}{number}"] = f"{code:02d}" if self.zero_codes else code


def put(page: Worksheet, where: str, text: Any) -> None:
    """Write a text into the first cell of a range and merge the range."""
    left, top, right, bottom = range_boundaries(where)
    page.cell(top, left, text)
    if (left, top) != (right, bottom):
        page.merge_cells(where)


def add_frame(page: Worksheet) -> None:
    """Write the letters into the first row and the line numbers into the first column, as the export does."""
    for column in range(1, page.max_column + 1):
        page.cell(1, column, get_column_letter(column))
    for row in range(2, page.max_row + 1):
        page.cell(row, 1, row - 1)


def marks(row: int, labels: str, code: str, first: str, last: str) -> list[tuple[str, str]]:
    """Return the cells of the numbering row 甲 乙 1 2 3 …"""
    left, right = range_boundaries(f"{first}1:{last}1")[0], range_boundaries(f"{first}1:{last}1")[2]
    numbers = [(f"{get_column_letter(c)}{row}", str(c - left + 1)) for c in range(left, right + 1)]
    return [(f"{labels}{row}", "甲"), (f"{code}{row}", "乙"), *numbers]


def write_forms(
    path: Path,
    forms: Mapping[str, Form],
    drop: Iterable[str] = (),
    edit: Callable[[Workbook], None] | None = None,
) -> Path:
    """Write one school's workbook; old forms get their frame of letters and line numbers after `edit`."""
    book = Workbook()
    book.remove(book.active)
    for number, form in forms.items():
        if number not in set(drop):
            form.write(book)
    if edit:
        edit(book)
    for page in book.worksheets:
        if page.title.startswith("基础基"):
            add_frame(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path
