"""Spreadsheets that are really markup: HTML tables named .xls, and the XML spreadsheets of Excel 2003.

Formulas, scripts and links in them are text that nobody reads.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from junheng.workbook.read.delimited import typeless
from junheng.workbook.read.grid import Grid, GridBuilder, GridCell, percent_cell, shown_number
from junheng.workbook.read.package import (
    BROKEN_XML,
    clean,
    damaged,
    is_percent_format,
    parse_xml,
    stated_number,
    undamaged,
)

SPREADSHEET_2003 = "urn:schemas-microsoft-com:office:spreadsheet"
SS = f"{{{SPREADSHEET_2003}}}"
# Two words that a browser shows on two lines must not run together.
BREAKS = frozenset(["br", "p", "div"])
UNSEEN = frozenset(["script", "style", "head", "title"])


def is_html(text: str) -> bool:
    """Say whether a text is a page with a table, whatever its file is called."""
    start = text[:20_000].lower()
    return start.lstrip("\ufeff \t\r\n").startswith("<") and ("<html" in start or "<table" in start)


def is_spreadsheet_xml(text: str) -> bool:
    """Say whether a text is an XML spreadsheet of Excel 2003."""
    return SPREADSHEET_2003 in text[:20_000] and "<Workbook" in text[:20_000]


def read_html(file: str, text: str) -> Grid:
    """Return all tables of a page as one grid, one below the other, as Excel shows them."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, no_network=True)
    with undamaged(file, *BROKEN_XML):
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        raise damaged(file)
    built = GridBuilder(file)
    top = 1
    for table in root.iter("table"):
        # A table within a cell is part of that cell's text.
        if next(table.iterancestors("table"), None) is None:
            top = _read_table(built, table, top)
    return built.grid("")


def _read_table(built: GridBuilder, table: etree._Element, top: int) -> int:
    """Read one table that begins in row `top`; return the row after it."""
    taken: dict[int, int] = {}  # column -> last row that a cell above reaches down to
    number = top - 1
    for number, line in enumerate(_own_rows(table), top):
        cells: dict[int, GridCell] = {}
        column = 0
        for node in line.iterchildren("td", "th"):
            column += 1
            while taken.get(column, 0) >= number:
                column += 1
            wide, deep = _span(node, "colspan"), _span(node, "rowspan")
            text = _shown(node)
            if text.strip():
                cells[column] = typeless(text)
            built.merge(number, column, deep, wide)
            if deep > 1:
                taken |= dict.fromkeys(range(column, column + wide), number + deep - 1)
            column += wide - 1
            built.refuse_absurd(number, column)
        built.add(number, cells)
    return number + 1


def _own_rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from child.iterchildren("tr")


def _span(node: etree._Element, name: str) -> int:
    return min(max(stated_number(node.get(name, "").strip(), 1), 1), 1000)


def _shown(node: etree._Element) -> str:
    """Return the text of a cell as a browser shows it: spaces folded, breaks as spaces, scripts left out."""
    parts: list[str] = []
    for event, child in etree.iterwalk(node, events=("start", "end")):
        unseen = child.tag in UNSEEN or not isinstance(child.tag, str)
        if event == "start" and not unseen:
            parts += [" " if child.tag in BREAKS else "", child.text or ""]
        elif event == "end" and child is not node:
            parts.append(child.tail or "")
    return " ".join("".join(parts).split())


def read_spreadsheet_xml(file: str, data: bytes) -> tuple[Grid, ...]:
    """Return the sheets of an Excel 2003 XML spreadsheet."""
    root = parse_xml(file, data)
    percents = _percent_names(root)
    return tuple(_read_xml_sheet(file, sheet, percents) for sheet in root.iter(f"{SS}Worksheet"))


def _read_xml_sheet(file: str, sheet: etree._Element, percents: frozenset[str]) -> Grid:
    built = GridBuilder(file)
    number = 0
    for line in sheet.iterfind(f"{SS}Table/{SS}Row"):
        number = _number(line, "Index") or number + 1
        cells: dict[int, GridCell] = {}
        column = 0
        for node in line.iterfind(f"{SS}Cell"):
            column = _number(node, "Index") or column + 1
            built.refuse_absurd(number, column)
            cell = _xml_cell(node, node.get(f"{SS}StyleID") in percents)
            if cell:
                cells[column] = cell
            wide = _number(node, "MergeAcross")
            built.merge(number, column, _number(node, "MergeDown") + 1, wide + 1)
            column += wide
        built.add(number, cells, line.get(f"{SS}Hidden") == "1")
        number += _number(line, "Span")  # equal rows that follow, all of them empty
    visible = all(str(node.text) == "SheetVisible" for node in sheet.iter("{*}Visible"))
    return built.grid(sheet.get(f"{SS}Name", ""), visible)


def _percent_names(root: etree._Element) -> frozenset[str]:
    """Return the styles that show a percentage: the named format Percent, or a format code."""
    codes = (
        (style.get(f"{SS}ID", ""), form.get(f"{SS}Format", ""))
        for style in root.iter(f"{SS}Style")
        for form in style.iterfind(f"{SS}NumberFormat")
    )
    return frozenset(name for name, code in codes if code == "Percent" or is_percent_format(code))


def _number(node: etree._Element, name: str) -> int:
    return stated_number(node.get(f"{SS}{name}"), 0)


def _xml_cell(node: etree._Element, percent: bool) -> GridCell | None:
    data = node.find(f"{SS}Data")
    if data is None:
        return GridCell("unstored", "") if node.get(f"{SS}Formula") else None
    text = clean("".join(str(part) for part in data.itertext()))
    kind = data.get(f"{SS}Type", "String")
    if not text.strip():
        return None
    if kind == "Number" and (shown := shown_number(text.strip())) is not None:
        return percent_cell(shown) if percent else GridCell("number", shown)
    if kind == "DateTime":
        return GridCell("date", text.strip()[:10])
    if kind == "Boolean":
        return GridCell("bool", "TRUE" if text.strip() == "1" else "FALSE")
    return GridCell("error" if kind == "Error" else "text", text)
