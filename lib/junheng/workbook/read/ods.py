"""Workbooks of LibreOffice (.ods), read as data only: the results that were stored, no formula is evaluated.

Read directly because what tells cells apart gets lost in libraries: python-calamine 0.9 (the maintained one) returns 60%
as 0.6 like any number and an empty text for an error and for a formula without a result; odfpy has stood still since 2020.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from junheng.errors import DataProblem
from junheng.workbook.read.grid import Grid, GridBuilder, GridCell, percent_cell, shown_number
from junheng.workbook.read.package import (
    BROKEN_XML,
    SAFE,
    Package,
    clean,
    refuse_doctype,
    stated_number,
    undamaged,
)

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
TABLE, OFFICE, STYLE, TEXT = (f"{{{SPACE}{name}:1.0}}" for name in ("table", "office", "style", "text"))
ERROR_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
ERROR_TEXTS = ("#", "Err:")
"""How LibreOffice shows an error where an older version stored no type for it."""
UNSEEN_ROWS = ("collapse", "filter")


def read_ods(package: Package) -> tuple[Grid, ...]:
    """Return the sheets; raises DataProblem."""
    if package.has("META-INF/manifest.xml") and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise DataProblem(f"{package.file}设有打开密码，无法读取，请取消密码后重新保存，或另存为.xlsx格式。")
    data = package.read("content.xml")
    refuse_doctype(package.file, data)
    reader = _OdsReader(package.file)
    tags = [f"{STYLE}style", f"{TABLE}table", f"{TABLE}table-row"]
    with undamaged(package.file, *BROKEN_XML):
        for event, node in etree.iterparse(BytesIO(data), events=("start", "end"), tag=tags, **SAFE):
            reader.take(event, node)
    return tuple(reader.grids)


class _OdsReader:
    """Collects the sheets while the XML streams by."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.grids: list[Grid] = []
        self._unseen_styles: set[str] = set()
        self._depth = 0
        self._built = GridBuilder(file)
        self._last = 0

    def take(self, event: str, node: etree._Element) -> None:
        """Take a style, a sheet or a row as it ends."""
        tag = etree.QName(node).localname
        if tag == "table":
            self._take_table(event, node)
        elif event == "end" and tag == "table-row" and self._depth == 1:
            self._take_row(node)
            node.clear()
        elif event == "end" and tag == "style":
            properties = node.find(f"{STYLE}table-properties")
            if properties is not None and properties.get(f"{TABLE}display") == "false":
                self._unseen_styles.add(node.get(f"{STYLE}name", ""))

    def _take_table(self, event: str, node: etree._Element) -> None:
        """Begin or end a sheet; tables inside a sheet's shapes are none."""
        self._depth += 1 if event == "start" else -1
        if event == "start" and self._depth == 1:
            self._built, self._last = GridBuilder(self.file), 0
        elif event == "end" and self._depth == 0:
            visible = node.get(f"{TABLE}style-name") not in self._unseen_styles
            self.grids.append(self._built.grid(node.get(f"{TABLE}name", ""), visible))
            node.clear()

    def _take_row(self, node: etree._Element) -> None:
        """Keep a row as often as it is repeated; empty ones, repeated down to the last row, are only counted."""
        first = self._last + 1
        self._last += _number(node, "number-rows-repeated")
        cells = dict(self._cells(node, first))
        if cells:
            self._built.refuse_absurd(self._last, 1)
            for number in range(first, self._last + 1):
                self._built.add(number, cells, node.get(f"{TABLE}visibility") in UNSEEN_ROWS)

    def _cells(self, row: etree._Element, number: int) -> Iterator[tuple[int, GridCell]]:
        """Yield the cells of a row; what lies under a merged cell is not shown, and not read."""
        column = 1
        for node in row.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            times = _number(node, "number-columns-repeated")
            cell = _cell(node) if node.tag == f"{TABLE}table-cell" else None
            if cell:
                self._built.refuse_absurd(number, column + times - 1)
                yield from ((place, cell) for place in range(column, column + times))
            deep, wide = _number(node, "number-rows-spanned"), _number(node, "number-columns-spanned")
            self._built.merge(number, column, deep, wide)
            column += times


def _cell(node: etree._Element) -> GridCell | None:
    kind = node.get(f"{OFFICE}value-type", "")
    stored = node.get(f"{OFFICE}value", "").strip()
    text = clean("\n".join(_shown(line) for line in node.iterchildren(f"{TEXT}p")))
    formula = node.get(f"{TABLE}formula") is not None
    if node.get(ERROR_TYPE) == "error" or (formula and text.startswith(ERROR_TEXTS)):
        return GridCell("error", text)
    if kind == "percentage" and stored:
        return percent_cell(stored)
    if kind in ("float", "currency") and (number := shown_number(stored)) is not None:
        return GridCell("number", number)
    if kind == "date":
        return GridCell("date", node.get(f"{OFFICE}date-value", "")[:10])
    if kind == "boolean":
        return GridCell("bool", node.get(f"{OFFICE}boolean-value", "").upper())
    if formula and not text and kind != "string":
        return GridCell("unstored", "")
    text = text or clean(node.get(f"{OFFICE}string-value", ""))
    return GridCell("text", text) if text.strip() else None


def _shown(line: etree._Element) -> str:
    """Return a paragraph's text; several spaces, tabs and breaks are elements of their own."""
    parts = [line.text or ""]
    for child in line:
        tag = etree.QName(child).localname
        if tag == "s":
            parts.append(" " * min(int(child.get(f"{TEXT}c", "1")), 100))
        elif tag in ("tab", "line-break"):
            parts.append(" ")
        elif tag != "annotation":
            parts.append(_shown(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _number(node: etree._Element, name: str) -> int:
    return max(stated_number(node.get(f"{TABLE}{name}"), 1), 1)
