"""Writing an import as a collection workbook, with what is still to be filled in and where every value came from."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from junheng.exact import plain
from junheng.params.dictionary import Dictionary, Field, Sheet
from junheng.workbook.grid import address
from junheng.workbook.importing_model import Figure, Imported
from junheng.workbook.importing_open import FIRST_ROW, Open, open_values
from junheng.workbook.model import Content

OPEN_SHEET, ORIGIN_SHEET, LEFT_OUT_SHEET = "待补填", "来源", "未导入"
OPEN_HEAD = ("工作表", "单元格", "学校标识码或编号", "学校名称", "项目", "单位", "原因", "查找过的位置")
ORIGIN_HEAD = (
    "工作表", "单元格", "学校标识码", "学校名称", "项目", "数值", "来源文件", "来源工作表", "来源单元格", "原文", "说明",
)  # fmt: skip
LEFT_OUT_HEAD = ("来源文件", "工作表", "单元格", "原文", "处理")
FIXED_DATE = datetime(2000, 1, 1)
FIXED_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
HEAD_FONT, LINK_FONT = Font(name="黑体", size=10), Font(color="0563C1", underline="single")
HEAD_PLACE = Alignment(horizontal="center", vertical="center", wrap_text=True)
HEAD_FILL = PatternFill("solid", fgColor="E6E6E6")
TODO_FILL = PatternFill("solid", fgColor="FFF2CC")
FORMULA_LIKE = ("=", "+", "-", "@")
LONGEST_TEXT = 32_000
NARROWEST, WIDEST, WIDTHS_FROM = 9, 46, 200
LINK_COLUMN = 2
MOST_LINKS = 20_000
"""Excel holds at most 65,530 links a sheet."""


def write_import(imported: Imported, dictionary: Dictionary) -> bytes:
    """Return the workbook; the same import always gives the same bytes."""
    book = Workbook(write_only=True)
    todo = list(open_values(imported, dictionary))
    for sheet in dictionary.sheets:
        page = _Page(book, sheet.name, frozen="C2" if sheet.id == "schools" else "A2")
        page.marked = {one.cell for one in todo if one.sheet == sheet.name}
        if sheet.layout == "items":
            _write_items(page, sheet)
        else:
            rows = (
                _school_rows(imported, dictionary, sheet) if sheet.id == "schools" else _expected_rows(sheet)
            )
            page.write([_headed(item) for item in sheet.fields], rows, narrow=True)
    _Page(book, OPEN_SHEET, linked=True).write(OPEN_HEAD, (_open_row(one) for one in todo))
    _Page(book, ORIGIN_SHEET, linked=True).write(ORIGIN_HEAD, _origin_rows(imported, dictionary))
    left = ((i.file, i.sheet, i.cell, i.found, i.reason) for i in imported.left_out)
    _Page(book, LEFT_OUT_SHEET).write(LEFT_OUT_HEAD, left)
    return _saved(book)


class _Page:
    """One sheet, written row by row: header, then records; cells still to be filled in are coloured."""

    def __init__(self, book: Workbook, name: str, frozen: str = "A2", linked: bool = False) -> None:
        self.sheet = book.create_sheet(name)
        self.sheet.freeze_panes = frozen
        self.linked = linked
        self.marked: set[str] = set()

    def write(self, head: Sequence[str], rows: Iterable[Sequence[Any]], narrow: bool = False) -> None:
        """Write all rows; widths follow the first of them, `narrow` ones the figures rather than the header."""
        kept = list(rows)
        self._layout(head, kept, narrow)
        self.sheet.append([self._head(text) for text in head])
        for number, row in enumerate(kept, FIRST_ROW):
            self.sheet.append([self._cell(number, column, value, row) for column, value in enumerate(row, 1)])

    def _layout(self, head: Sequence[str], rows: Sequence[Sequence[Any]], narrow: bool) -> None:
        for column, text in enumerate(head):
            shown = [row[column] for row in rows[:WIDTHS_FROM] if row[column] is not None]
            longest = max([0 if narrow else len(text), *(len(str(value)) for value in shown)])
            letter = get_column_letter(column + 1)
            self.sheet.column_dimensions[letter].width = min(WIDEST, max(NARROWEST, longest * 1.7))
        self.sheet.row_dimensions[1].height = 42 if narrow else 18
        if not narrow:
            self.sheet.auto_filter.ref = f"A1:{get_column_letter(len(head))}{len(rows) + 1}"
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=not narrow)
        self.sheet.print_title_rows = "1:1"

    def _head(self, text: str) -> Cell:
        cell = WriteOnlyCell(self.sheet, text)
        cell.font, cell.fill, cell.alignment = HEAD_FONT, HEAD_FILL, HEAD_PLACE
        return cell

    def _cell(self, number: int, column: int, value: Any, row: Sequence[Any]) -> Any:
        """Return what stands in a place; a text stays a text whatever it begins with, a code keeps its zeros."""
        if self.marked and f"{get_column_letter(column)}{number}" in self.marked:
            cell = WriteOnlyCell(self.sheet)
            cell.fill = TODO_FILL
            return cell
        if self.linked and column == LINK_COLUMN and value and number <= MOST_LINKS:
            cell = WriteOnlyCell(self.sheet, value)
            cell.font = LINK_FONT
            cell.hyperlink = Hyperlink(
                ref=f"{get_column_letter(column)}{number}", location=f"'{row[0]}'!{value}"
            )
            return cell
        return self._plain(value)

    def _plain(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_TEXT]
        if not text or not (text.startswith(FORMULA_LIKE) or text.isdecimal()):
            return text or None
        cell = WriteOnlyCell(self.sheet, text)
        cell.data_type, cell.number_format = "s", "@"
        cell.quotePrefix = text.startswith(FORMULA_LIKE)
        return cell


def _write_items(page: _Page, sheet: Sheet) -> None:
    head = (sheet.item_header or "项目", sheet.unit_header or "单位", sheet.value_header or "数值", "备注")
    page.write(head, [(item.header, item.unit, None, None) for item in sheet.fields])


def _headed(item: Field) -> str:
    return f"{item.header}（{item.unit}）" if item.unit else item.header


def _expected_rows(sheet: Sheet) -> Iterable[Sequence[Any]]:
    return ([word if item.key == sheet.key else None for item in sheet.fields] for word in sheet.expected)


def _school_rows(imported: Imported, dictionary: Dictionary, sheet: Sheet) -> Iterable[Sequence[Any]]:
    for school in imported.schools:
        code = {"school_code": school.code}
        yield [
            _shown(school.get(f.key) or code.get(f.key, school.get(f.key)), f, dictionary)
            for f in sheet.fields
        ]


def _shown(content: Content, item: Field, dictionary: Dictionary) -> Any:
    """Return what a cell of the collection workbook holds for a content."""
    if isinstance(content, bool):
        return "是" if content else "否"
    if isinstance(content, Fraction):
        return int(content) if content.denominator == 1 else Decimal(plain(content, 15))
    term = dictionary.term(item.vocabulary, content) if item.vocabulary and content else None
    return term.label if term else content


def _open_row(one: Open) -> Sequence[Any]:
    return (one.sheet, one.cell, one.code, one.name, one.field.header, one.field.unit, one.reason, one.origin)


def _origin_rows(imported: Imported, dictionary: Dictionary) -> Iterable[Sequence[Any]]:
    sheet = dictionary.sheet("schools")
    for number, school in enumerate(imported.schools, FIRST_ROW):
        for column, item in enumerate(sheet.fields, 1):
            figure = school.figures.get(item.key)
            if figure is not None:
                shown = _shown(figure.content, item, dictionary)
                own = (sheet.name, address(number, column), school.code, school.name, item.header, shown)
                yield (*own, *_origin(figure), figure.text, figure.remark)


def _origin(figure: Figure) -> tuple[str, str, str]:
    """Return the files, sheets and cells a figure was read from; more than one cell of a sheet in one line."""
    parts = (
        dict.fromkeys(getattr(source, name) for source in figure.sources)
        for name in ("file", "sheet", "cell")
    )
    files, sheets, cells = ("、".join(part) for part in parts)
    return files, sheets, cells


def _saved(book: Workbook) -> bytes:
    """Return the package with fixed times (openpyxl writes the hour)."""
    properties = book.properties
    properties.creator, properties.lastModifiedBy, properties.title = "", None, "采集工作簿（导入）"
    properties.created = properties.modified = FIXED_DATE
    buffer, result = io.BytesIO(), io.BytesIO()
    book.save(buffer)
    stamp = FIXED_DATE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                content = MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            info = zipfile.ZipInfo(entry.filename, FIXED_ZIP_DATE)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            new.writestr(info, content)
    return result.getvalue()
