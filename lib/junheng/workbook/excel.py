"""What every workbook that openpyxl writes for us has in common: texts that stay texts, pages, the same bytes always."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Border, Side
from openpyxl.worksheet.worksheet import Worksheet

from junheng.files import packed

THIN = Side(style="thin", color="A6A6A6")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
FIXED = datetime(2000, 1, 1)
LONGEST_TEXT = 32_767
"""Characters that a cell of Excel holds."""
CORE = "docProps/core.xml"
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def saved_workbook(book: Workbook, change: Callable[[str, bytes], bytes] = lambda _, part: part) -> bytes:
    """Return the file with fixed times (openpyxl writes the hour of saving); `change` takes name and bytes of a part."""
    book.properties.created = FIXED
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[CORE] = MODIFIED.sub(rb"\g<1>%s\g<2>" % f"{FIXED:%Y-%m-%dT%H:%M:%SZ}".encode(), parts[CORE])
    return packed((name, change(name, part)) for name, part in parts.items())


def write_cell(page: Worksheet, row: int, column: int, value: Any) -> Cell:
    """Write a value; a text stays a text, whatever it begins with."""
    cell = page.cell(row, column)
    # openpyxl makes a formula of whatever begins with =; the prefix keeps it a text when somebody edits the cell.
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_TEXT] if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
    return cell


def fit_on_pages(page: Worksheet, orientation: Literal["portrait", "landscape"], head: str = "") -> None:
    """Let a sheet print on A4, as wide as the page, with the rows `head` (1:3) on top of each."""
    page.page_setup.orientation, page.page_setup.paperSize = orientation, page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = head or None
