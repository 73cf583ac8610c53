"""The same collection workbook in the other formats that counties send: xls, ods, HTML, XML of 2003, CSV, passworded."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import msoffcrypto
import xlwt
from openpyxl import load_workbook

from tests.messy.locked_xls import lock_xls

Table = list[tuple[Any, ...]]


def tables(xlsx: Path) -> Iterator[tuple[str, Table]]:
    """Yield name and rows of each sheet of a workbook."""
    for sheet in load_workbook(xlsx):
        yield sheet.title, list(sheet.iter_rows(values_only=True))


def as_xls(xlsx: Path, target: Path) -> Path:
    _xls_book(xlsx).save(str(target))
    return target


def as_locked_xls(xlsx: Path, target: Path, password: str) -> Path:
    return lock_xls(_xls_book(xlsx), target, password)


def _xls_book(xlsx: Path) -> xlwt.Workbook:
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in tables(xlsx):
        sheet = book.add_sheet(name)
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if value is not None:
                    sheet.write(row, column, value)
    return book


def first_table(xlsx: Path) -> Table:
    return next(tables(xlsx))[1]


def as_csv(xlsx: Path, target: Path, encoding: str, delimiter: str = ",") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(first_table(xlsx))
    target.write_bytes(text.getvalue().encode(encoding))
    return target


def as_html(xlsx: Path, target: Path, encoding: str = "gb18030") -> Path:
    rows = ("".join(f"<td>{escape(_text(v))}</td>" for v in row) for row in first_table(xlsx))
    body = "".join(f"<tr>{cells}</tr>\n" for cells in rows)
    head = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head>'
    target.write_bytes(f"{head}<body><table border=1>{body}</table></body></html>".encode(encoding))
    return target


def as_spreadsheet_xml(xlsx: Path, target: Path) -> Path:
    sheets = "".join(
        f'<Worksheet ss:Name="{escape(name)}"><Table>'
        + "".join(f"<Row>{''.join(_xml_cells(row))}</Row>" for row in rows)
        + "</Table></Worksheet>"
        for name, rows in tables(xlsx)
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    text = f'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook xmlns="{space}" xmlns:ss="{space}">'
    target.write_text(f"{text}{sheets}</Workbook>", encoding="utf-8")
    return target


def _xml_cells(row: tuple[Any, ...]) -> Iterator[str]:
    for column, value in enumerate(row, 1):
        if value is not None:
            kind = "Number" if isinstance(value, int | float) else "String"
            yield f'<Cell ss:Index="{column}"><Data ss:Type="{kind}">{escape(str(value))}</Data></Cell>'


ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style", "meta")
)
CALCEXT = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'


def as_ods(xlsx: Path, target: Path) -> Path:
    sheets = "".join(
        ods_sheet(
            name, "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
        )
        for name, rows in tables(xlsx)
    )
    return write_ods(target, sheets)


def ods_sheet(name: str, rows: str, style: str = "ta1") -> str:
    return f'<table:table table:name="{escape(name)}" table:style-name="{style}">{rows}</table:table>'


def ods_cell(value: Any) -> str:
    """Return a cell as LibreOffice stores it."""
    if value is None:
        return "<table:table-cell/>"
    shown = f"<text:p>{escape(str(value))}</text:p>"
    if isinstance(value, int | float):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}">{shown}</table:table-cell>'
        )
    return f'<table:table-cell office:value-type="string">{shown}</table:table-cell>'


def write_ods(target: Path, sheets: str, **parts: str) -> Path:
    hidden = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    content = (
        f"<office:document-content {ODS_SPACES} {CALCEXT}><office:automatic-styles>{hidden}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", ODS_TYPE)
        archive.writestr("content.xml", content)
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return target


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def with_password(source: Path, target: Path, password: str) -> Path:
    with source.open("rb") as plain, target.open("wb") as sealed:
        msoffcrypto.OfficeFile(plain).encrypt(password, sealed)
    return target
