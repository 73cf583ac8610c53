"""Colouring cells of a worksheet and attaching comments to them, without touching anything else.

A workbook that was marked before (a county mends it and sends it again) loses its old marks first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree
from openpyxl.comments.shape_writer import ShapeWriter

from junheng.workbook.feedback.parts import (
    SPREADSHEET_TYPE,
    EditedPackage,
    insert_in_order,
    plain_space,
    remove,
)
from junheng.workbook.feedback.styles import BookStyles
from junheng.workbook.read.grid import REFERENCE, address, column_number

AUTHOR = "数据核查"
JOINT = f"\n【{AUTHOR}】"
MOST_COMMENTS = 1000
"""Each comment is a drawing that Excel loads with the sheet; thousands of them make it hang. The list has them all."""
BOX_WIDTH = 293
"""Width of a comment's box in pixels: about twenty Chinese characters."""
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
AFTER_LEGACY = (
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel">{}</xml>'
)
# Boxes of comments (v:shape), not the kind of box that they refer to (v:shapetype).
SHAPE_TEXT = re.compile(r"<v:shape\b(?!type).*?</v:shape>", re.DOTALL)
SHAPE_NUMBER = re.compile(r'id="_x0000_s(\d+)"')


@dataclass(frozen=True)
class CellMark:
    """What to do to one cell: its colour (RRGGBB) and the comment."""

    cell: str
    colour: str
    comment: str


class SheetMarker:
    """Marks cells of one worksheet part."""

    def __init__(self, parts: EditedPackage, styles: BookStyles, part: str) -> None:
        self._parts = parts
        self._styles = styles
        self._part = part
        self._root = parts.xml(part)
        data = self._root.find(parts.tag("sheetData"))
        self._data = data if data is not None else self._new_data()
        self._rows = self._numbered_rows()

    def _new_data(self) -> etree._Element:
        node = etree.Element(self._parts.tag("sheetData"))
        self._root.append(node)
        return node

    def clear(self) -> None:
        """Take away the marks of an earlier check."""
        found = self._parts.related(self._part, "comments")
        if not found:
            return
        root = self._parts.xml(found)
        authors = [str(node.text or "") for node in root.iter(self._parts.tag("author"))]
        gone = set()
        for node in list(root.iter(self._parts.tag("comment"))):
            mine = _author(node, authors) == AUTHOR
            if mine or self._cut_joint(node):
                self._unfill(node.get("ref", ""))
            if mine:
                gone.add(node.get("ref", ""))
                remove(node)
        self._drop_shapes(gone)

    def _cut_joint(self, comment: etree._Element) -> bool:
        """Take our text off the county's own comment: what we added stands behind a line that nobody else writes."""
        for text in comment.iter(self._parts.tag("t")):
            if JOINT in (text.text or ""):
                text.text = (text.text or "").partition(JOINT)[0]
                return True
        return False

    def _unfill(self, cell: str) -> None:
        match = REFERENCE.match(cell)
        if match and int(match[2]) in self._rows:
            node = self._cell(int(match[2]), column_number(match[1]))
            node.set("s", str(self._styles.filled(_style(node), "")))

    def _drop_shapes(self, cells: set[str]) -> None:
        drawing = self._drawing_name()
        if not drawing or not cells:
            return

        def kept(match: re.Match[str]) -> str:
            row, column = _anchor(match[0])
            return "" if row is not None and address(row + 1, column + 1) in cells else match[0]

        self._parts.put(drawing, SHAPE_TEXT.sub(kept, self._drawing(drawing)))

    def mark(self, marks: Sequence[CellMark]) -> None:
        """Colour the cells; the first thousand of them get their comments."""
        for mark in marks:
            match = REFERENCE.match(mark.cell)
            if match:
                node = self._cell(int(match[2]), column_number(match[1]))
                node.set("s", str(self._styles.filled(_style(node), mark.colour)))
        self._comment(marks[:MOST_COMMENTS])

    # --- cells ------------------------------------------------------------------------------------------------------

    def _numbered_rows(self) -> dict[int, etree._Element]:
        rows: dict[int, etree._Element] = {}
        last = 0
        for node in self._data.iterchildren(self._parts.tag("row")):
            number = node.get("r", "")
            last = int(number) if number.isascii() and number.isdigit() else last + 1
            node.set("r", str(last))
            rows[last] = node
        return rows

    def _row(self, number: int) -> etree._Element:
        if number not in self._rows:
            node = etree.Element(self._parts.tag("row"), r=str(number))
            later = next((row for row in sorted(self._rows) if row > number), None)
            if later is None:
                self._data.append(node)
            else:
                self._rows[later].addprevious(node)
            self._rows[number] = node
        return self._rows[number]

    def _cell(self, row: int, column: int) -> etree._Element:
        """Return the cell's element, made where there is none."""
        line = self._row(row)
        place = 0
        for child in list(line.iterchildren(self._parts.tag("c"))):
            match = REFERENCE.match(child.get("r", ""))
            place = column_number(match[1]) if match else place + 1
            child.set("r", address(row, place))
            if place == column:
                return child
            if place > column:
                node = self._new_cell(row, column)
                child.addprevious(node)
                return node
        node = self._new_cell(row, column)
        line.append(node)
        # An optional hint at the columns of the row, which is no longer true.
        line.attrib.pop("spans", "")
        return node

    def _new_cell(self, row: int, column: int) -> etree._Element:
        """An empty cell looks like its row, else like its column."""
        line = self._rows[row]
        style = line.get("s", "0") if line.get("customFormat") in ("1", "true") else "0"
        if style == "0":
            for node in self._root.iter(self._parts.tag("col")):
                if int(node.get("min", "0")) <= column <= int(node.get("max", "0")):
                    style = node.get("style", "0")
        return etree.Element(self._parts.tag("c"), r=address(row, column), s=style)

    # --- comments ---------------------------------------------------------------------------------------------------

    def _comment(self, marks: Sequence[CellMark]) -> None:
        if not marks:
            return
        root = self._comments_root()
        author = self._author_number(root)
        known = {node.get("ref", ""): node for node in root.iter(self._parts.tag("comment"))}
        entries = root.find(self._parts.tag("commentList"))
        if entries is None:
            entries = etree.SubElement(root, self._parts.tag("commentList"))
        fresh = []
        for mark in marks:
            if mark.cell in known:
                self._extend(known[mark.cell], mark.comment)
                continue
            node = etree.SubElement(entries, self._parts.tag("comment"), ref=mark.cell, authorId=author)
            self._run(etree.SubElement(node, self._parts.tag("text")), mark.comment)
            fresh.append(mark)
        self._draw(fresh)

    def _comments_root(self) -> etree._Element:
        found = self._parts.related(self._part, "comments")
        if found:
            return self._parts.xml(found)
        name = self._parts.new_name("xl/comments{}.xml")
        root = etree.Element(self._parts.tag("comments"), nsmap=plain_space(self._parts.space))
        etree.SubElement(root, self._parts.tag("authors"))
        etree.SubElement(root, self._parts.tag("commentList"))
        self._parts.put(name, root, f"{SPREADSHEET_TYPE}comments+xml")
        self._parts.relate(self._part, "comments", name)
        return root

    def _author_number(self, root: etree._Element) -> str:
        authors = root.find(self._parts.tag("authors"))
        if authors is None:
            authors = etree.Element(self._parts.tag("authors"))
            root.insert(0, authors)
        names = [str(node.text or "") for node in authors]
        if AUTHOR not in names:
            etree.SubElement(authors, self._parts.tag("author")).text = AUTHOR
            names.append(AUTHOR)
        return str(names.index(AUTHOR))

    def _extend(self, comment: etree._Element, text: str) -> None:
        body = comment.find(self._parts.tag("text"))
        self._run(
            body if body is not None else etree.SubElement(comment, self._parts.tag("text")), JOINT + text
        )

    def _run(self, parent: etree._Element, text: str) -> None:
        for child in parent.findall(self._parts.tag("t")):  # plain text must become a run beside ours
            run = etree.Element(self._parts.tag("r"))
            child.addprevious(run)
            run.append(child)
        run = etree.SubElement(parent, self._parts.tag("r"))
        node = etree.SubElement(run, self._parts.tag("t"))
        node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        node.text = text

    # --- the boxes of the comments ----------------------------------------------------------------------------------

    def _drawing_name(self) -> str:
        node = self._root.find(self._parts.tag("legacyDrawing"))
        return self._parts.related(self._part, "vmlDrawing") if node is not None else ""

    def _drawing(self, name: str) -> str:
        return self._parts.read(name).decode("utf-8", "replace")

    def _draw(self, marks: Sequence[CellMark]) -> None:
        """Give each new comment its box. Excel's VML is often no well-formed XML, so it is only ever edited as text."""
        if not marks:
            return
        name = self._drawing_name() or self._new_drawing()
        text = self._drawing(name)
        numbers = [int(number) for number in SHAPE_NUMBER.findall(text)]
        # Excel numbers the shapes of a sheet from 1025 on.
        shapes = _shapes(marks, max([1024, *numbers]) + 1, with_type='id="_x0000_t202"' not in text)
        head, end, tail = text.rpartition("</xml>")
        self._parts.put(name, f"{head}{shapes}{end}{tail}")

    def _new_drawing(self) -> str:
        name = self._parts.new_name("xl/drawings/feedback{}.vml")
        self._parts.put(name, VML.format(""))
        self._parts.declare_default("vml", VML_TYPE)
        identity = self._parts.relate(self._part, "vmlDrawing", name)
        node = self._root.find(self._parts.tag("legacyDrawing"))
        if node is None:
            node = etree.Element(self._parts.tag("legacyDrawing"))
            insert_in_order(self._root, node, AFTER_LEGACY)
        node.set(f"{{{self._parts.relation_space}}}id", identity)
        return name


def _shapes(marks: Sequence[CellMark], first: int, with_type: bool) -> str:
    """Return the boxes of comments as openpyxl draws them, numbered from `first`; `with_type` the kind of box before."""
    root = etree.fromstring(VML.format(""))
    writer = ShapeWriter(())
    if with_type:
        writer.add_comment_shapetype(root)
    for number, mark in enumerate(marks, first):
        lines = sum(1 + len(line) // 20 for line in mark.comment.splitlines())
        writer.add_comment_shape(root, number, mark.cell, 24 + 17 * lines, BOX_WIDTH)
    # Cut out of the root, which declares the namespaces as the drawing that takes them in does.
    return etree.tostring(root, encoding="unicode").partition(">")[2].removesuffix("</xml>")


def _anchor(shape: str) -> tuple[int | None, int]:
    row, column = re.search(r"<x:Row>(\d+)<", shape), re.search(r"<x:Column>(\d+)<", shape)
    return (int(row[1]), int(column[1])) if row and column else (None, 0)


def _author(comment: etree._Element, authors: Sequence[str]) -> str:
    number = comment.get("authorId", "")
    return authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""


def _style(cell: etree._Element) -> int:
    style = cell.get("s", "0")
    return int(style) if style.isdigit() else 0
