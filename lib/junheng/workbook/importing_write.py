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
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

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
HEAD_FILL = PatternFill("solid", fgColor="E6E6E6")
TODO_FILL = PatternFill("solid", fgColor="FFF2CC")
FORMULA_LIKE = ("=", "+", "-", "@")
LONGEST_TEXT = 32_000
WIDEST = 40


def write_import(imported: Imported, dictionary: Dictionary) -> bytes:
    """Return the workbook; the same import always gives the same bytes."""
    book = Workbook()
    book.remove(book.active)
    todo = list(open_values(imported, dictionary))
    for sheet in dictionary.sheets:
        page = book.create_sheet(sheet.name)
        if sheet.layout == "items":
            _write_items(page, sheet)
        else:
            rows = (
                _school_rows(imported, dictionary, sheet) if sheet.id == "schools" else _expected_rows(sheet)
            )
            _write_rows(page, sheet, rows)
        for one in todo:
            if one.sheet == sheet.name:
                page[one.cell].fill = TODO_FILL
    _write_list(book.create_sheet(OPEN_SHEET), OPEN_HEAD, (_open_row(one) for one in todo), link=True)
    _write_list(book.create_sheet(ORIGIN_SHEET), ORIGIN_HEAD, _origin_rows(imported, dictionary), link=True)
    left = ((i.file, i.sheet, i.cell, i.found, i.reason) for i in imported.left_out)
    _write_list(book.create_sheet(LEFT_OUT_SHEET), LEFT_OUT_HEAD, left)
    return _saved(book)


def _write_items(page: Worksheet, sheet: Sheet) -> None:
    head = (sheet.item_header or "项目", sheet.unit_header or "单位", sheet.value_header or "数值", "备注")
    _head(page, head)
    for number, item in enumerate(sheet.fields, FIRST_ROW):
        _put(page.cell(number, 1), item.header)
        _put(page.cell(number, 2), item.unit)
    _widths(page)


def _write_rows(page: Worksheet, sheet: Sheet, rows: Iterable[Sequence[Any]]) -> None:
    _head(page, [f"{item.header}（{item.unit}）" if item.unit else item.header for item in sheet.fields])
    for number, row in enumerate(rows, FIRST_ROW):
        for column, value in enumerate(row, 1):
            _put(page.cell(number, column), value)
    if sheet.id == "schools":
        page.freeze_panes = page.cell(FIRST_ROW, 3)
    _widths(page)


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


def _write_list(
    page: Worksheet, head: Sequence[str], rows: Iterable[Sequence[Any]], link: bool = False
) -> None:
    _head(page, head)
    number = FIRST_ROW - 1
    for number, row in enumerate(rows, FIRST_ROW):
        for column, value in enumerate(row, 1):
            _put(page.cell(number, column), value)
        if link and row[1]:
            page.cell(number, 2).hyperlink = f"#'{row[0]}'!{row[1]}"
            page.cell(number, 2).font = Font(name="宋体", size=10, color="0563C1", underline="single")
    page.auto_filter.ref = f"A1:{get_column_letter(len(head))}{max(number, 1)}"
    _widths(page)


def _head(page: Worksheet, texts: Sequence[str]) -> None:
    for column, text in enumerate(texts, 1):
        cell = page.cell(1, column)
        _put(cell, text)
        cell.font, cell.fill = Font(name="黑体", size=10), HEAD_FILL
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    page.freeze_panes = "A2"


def _put(cell: Cell, value: Any) -> None:
    """Write a value; a text stays a text whatever it begins with, a code keeps its zeros."""
    cell.font = Font(name="宋体", size=10)
    if value is None or value == "":
        return
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_TEXT]
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = value.startswith(FORMULA_LIKE)
        return
    cell.value = value


def _widths(page: Worksheet) -> None:
    for cells in page.iter_cols(max_row=min(page.max_row, 60)):
        longest = max((len(str(cell.value)) for cell in cells if cell.value is not None), default=4)
        page.column_dimensions[cells[0].column_letter].width = min(WIDEST, max(8, longest * 1.6))


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
