"""Writes a collection workbook, byte for byte the same on every run."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

HEADER_FONT = Font(bold=True)
HEADER_FILL = PatternFill("solid", fgColor="D9E2F3")
TITLE_FONT = Font(bold=True, size=14)
WRAPPED = Alignment(vertical="center", wrap_text=True)
STAMP = (2024, 12, 1, 0, 0, 0)
WIDE_TEXT = 46
NOT_SUMMED = ("grades_primary", "grades_junior", "built_year", "largest_class")


def add_table(
    book: Workbook,
    title: str,
    header: list[str],
    rows: Iterable[list[object]],
    lead: Iterable[str] = (),
    widths: dict[int, float] | None = None,
) -> Worksheet:
    """Add a sheet: lead lines, header, rows; the panes freeze below the header."""
    sheet = book.create_sheet(title)
    for number, line in enumerate(lead):
        sheet.append([line])
        sheet.cell(sheet.max_row, 1).font = TITLE_FONT if number == 0 else Font(italic=True)
    top = sheet.max_row + 1 if lead else 1
    sheet.append(header)
    for cell in sheet[top]:
        cell.font, cell.fill, cell.alignment = HEADER_FONT, HEADER_FILL, WRAPPED
    lengths = [len(name) * 1.1 + 2 for name in header]
    for row in rows:
        sheet.append(row)
        lengths = [max(old, min(width(value), WIDE_TEXT)) for old, value in zip(lengths, row, strict=False)]
    for column, length in enumerate(lengths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = (widths or {}).get(
            column, round(min(length, WIDE_TEXT), 1)
        )
    sheet.freeze_panes = sheet.cell(top + 1, 3 if len(header) > 20 else 1)
    return sheet


def width(value: object) -> float:
    """Return the width a cell's text asks for."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in str(value)) + 2 if value is not None else 0


def school_rows(rows: list[dict], fields: list[dict], with_total: bool, note: str) -> list[list[object]]:
    """Return the rows of 学校 by the dictionary's columns, some workbooks with 合计 and 注."""
    table = [[row.get(field["key"]) for field in fields] for row in rows]
    if with_total:
        summed = [field["type"] in ("int", "decimal") and field["key"] not in NOT_SUMMED for field in fields]
        total = [
            round(sum(line[column] or 0 for line in table), 2) if adds else None
            for column, adds in enumerate(summed)
        ]
        table += [["合计", *total[1:]], [note]]
    return table


def save(book: Workbook, path: Path, mark: str, title: str) -> None:
    """Write `book` to `path` with fixed times, marked as demo data in its properties."""
    moment = datetime(*STAMP)
    properties = book.properties
    properties.creator = properties.lastModifiedBy = "junheng"
    properties.title, properties.category, properties.keywords = title, mark, mark
    properties.created = properties.modified = moment
    raw = io.BytesIO()
    book.save(raw)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(repacked(raw))


def repacked(raw: io.BytesIO) -> bytes:
    """Return the zip again with fixed dates; openpyxl stamps the time of saving into core.xml."""
    out = io.BytesIO()
    stamp = datetime(*STAMP).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with (
        zipfile.ZipFile(raw) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, content, compresslevel=9)
    return out.getvalue()
