"""A `Table` as a Word table: grid stated, header rows repeated, no row split, marks that print in grey."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from junheng.errors import OutputProblem
from junheng.report.content.model import Mark, Table, TableCell, TableRow
from junheng.report.word.widths import Layout, layout
from junheng.report.word.xml import Element, append_text, clean, el, q

HEAD_STYLE: Final = "表头"
BODY_STYLE: Final = "表格文字"
HEI: Final = "黑体"
KAI: Final = "楷体_GB2312"
_HEAD_SHADE: Final = "EDEDED"
_GROUP_SHADE: Final = "F2F2F2"
_SHADES: Final = {"unmet": "D0D0D0", "unknown": "EFEFEF"}
# A table of so few lines is kept on one page, as are the rows of a merged cell; of a longer table some lines stay
# with its head, and some rows with its notes.
_KEPT_LINES: Final = 13
_FIRST_LINES: Final = 3
_LAST_ROWS: Final = 2


def build_table(table: Table, width: int, head_style: str, body_style: str) -> Element:
    """Return the w:tbl for `table`, as wide as the text (`width` in twips)."""
    if any(column.repeat for column in table.spec.columns):
        raise OutputProblem(f"表格“{table.caption}”的重复列没有展开。")
    return _Builder(table, layout(table, width), head_style, body_style).build()


class _Builder:
    """Writes one table; rows are appended directly, so the time grows with the number of cells only."""

    def __init__(self, table: Table, plan: Layout, head_style: str, body_style: str) -> None:
        self._table = table
        self._columns = table.spec.columns
        self._plan = plan
        self._styles = {True: head_style, False: body_style}
        self._line = str(round(plan.size * 1.3 * 20))
        self._size = str(round(plan.size * 2))
        self._has_notes = bool(note_lines(table))

    def build(self) -> Element:
        root = el(
            "tbl", self._properties(), el("tblGrid", *(el("gridCol", w=width) for width in self._plan.widths))
        )
        for head in _head(self._table):
            self._head_row(root, head)
        covered: dict[str, int] = {}
        for row, keep in zip(self._table.rows, self._keeps(), strict=True):
            made = self._row(root, head=False)
            if row.kind == "group":
                title = TableCell(row.text, mark="label")
                self._cell(made, title, 0, len(self._columns), shade=_GROUP_SHADE, keep=True)
                covered.clear()
            else:
                self._data_cells(made, row, covered, keep)
        return root

    def _keeps(self) -> list[bool]:
        """Tell of each row whether it stays with the next: a low table whole, else its ends and merged cells."""
        lines, count = self._plan.lines, len(self._table.rows)
        if sum(lines) <= _KEPT_LINES:
            return [True] * (count - 1) + [self._has_notes] * bool(count)
        keeps = [sum(lines[: number + 1]) <= _FIRST_LINES for number in range(count)]
        for number, row in enumerate(self._table.rows):
            span = max((cell.rows for cell in row.cells.values()), default=1)
            if sum(lines[number : number + span]) <= _KEPT_LINES:
                keeps[number : number + span - 1] = [True] * (span - 1)
        if self._has_notes:
            keeps[-_LAST_ROWS:] = [True] * _LAST_ROWS
        return keeps

    def _properties(self) -> Element:
        edges = [
            el(side, val="single", sz=8, space=0, color="auto") for side in ("top", "left", "bottom", "right")
        ]
        inner = [el(side, val="single", sz=4, space=0, color="auto") for side in ("insideH", "insideV")]
        across, down = self._plan.margin, 28 if self._plan.margin < 50 else 45
        margins = (("top", down), ("left", across), ("bottom", down), ("right", across))
        return el(
            "tblPr",
            el("tblW", w=sum(self._plan.widths), type="dxa"),
            el("jc", val="center"),
            el("tblBorders", *edges, *inner),
            el("tblLayout", type="fixed"),
            el("tblCellMar", *(el(side, w=width, type="dxa") for side, width in margins)),
            el(
                "tblLook",
                val="04A0",
                firstRow=1,
                lastRow=0,
                firstColumn=1,
                lastColumn=0,
                noHBand=0,
                noVBand=1,
            ),
        )

    def _row(self, root: Element, head: bool) -> Element:
        row = etree.SubElement(root, q("tr"))
        properties = etree.SubElement(row, q("trPr"))
        etree.SubElement(properties, q("cantSplit"))
        etree.SubElement(properties, q("trHeight"), {q("val"): self._line, q("hRule"): "atLeast"})
        if head:
            etree.SubElement(properties, q("tblHeader"))
        return row

    def _head_row(self, root: Element, cells: list[tuple[str, int, str]]) -> None:
        row = self._row(root, head=True)
        column = 0
        for text, span, merge in cells:
            self._cell(
                row, TableCell(text), column, span, merge=merge, shade=_HEAD_SHADE, keep=True, head=True
            )
            column += span

    def _data_cells(self, made: Element, row: TableRow, covered: dict[str, int], keep: bool) -> None:
        for number, column in enumerate(self._columns):
            cell, merge = row.cells.get(column.key), ""
            if cell is None and covered.get(column.key, 0) > 0:
                merge, covered[column.key] = "continue", covered[column.key] - 1
            elif cell is not None:
                merge = "restart" if cell.rows > 1 else ""
                covered[column.key] = cell.rows - 1
            self._cell(
                made, cell or TableCell(""), number, 1, merge=merge, keep=keep, total=row.kind == "total"
            )

    def _cell(
        self, row: Element, cell: TableCell, column: int, span: int, *, merge: str = "", shade: str = "",
        keep: bool = False, head: bool = False, total: bool = False,
    ) -> None:  # fmt: skip
        made = etree.SubElement(row, q("tc"))
        properties = etree.SubElement(made, q("tcPr"))
        width = sum(self._plan.widths[column : column + span])
        etree.SubElement(properties, q("tcW"), {q("w"): str(width), q("type"): "dxa"})
        if span > 1:
            etree.SubElement(properties, q("gridSpan"), {q("val"): str(span)})
        if merge:
            etree.SubElement(properties, q("vMerge"), {q("val"): merge})
        fill = shade or _SHADES.get(cell.mark, "")
        if fill:
            etree.SubElement(properties, q("shd"), {q("val"): "clear", q("color"): "auto", q("fill"): fill})
        etree.SubElement(properties, q("vAlign"), {q("val"): "center"})
        self._paragraph(made, cell, self._align(cell, column, span, head), keep, head, total)

    def _align(self, cell: TableCell, column: int, span: int, head: bool) -> str:
        if head:
            return "center"
        return "left" if span > 1 else self._columns[column].align

    def _paragraph(
        self, made: Element, cell: TableCell, align: str, keep: bool, head: bool, total: bool
    ) -> None:
        paragraph = etree.SubElement(made, q("p"))
        properties = etree.SubElement(paragraph, q("pPr"))
        etree.SubElement(properties, q("pStyle"), {q("val"): self._styles[head]})
        if keep:
            etree.SubElement(properties, q("keepNext"))
        etree.SubElement(properties, q("snapToGrid"), {q("val"): "0"})
        etree.SubElement(properties, q("spacing"), {q("line"): self._line, q("lineRule"): "exact"})
        etree.SubElement(properties, q("jc"), {q("val"): align})
        if cell.text:
            run = etree.SubElement(paragraph, q("r"))
            self._run_properties(etree.SubElement(run, q("rPr")), cell.mark, head, total)
            append_text(run, cell.text)

    def _run_properties(self, properties: Element, mark: Mark, head: bool, total: bool) -> None:
        strong = mark == "unmet" or total
        font = KAI if mark == "unknown" else HEI if strong or mark == "label" else ""
        if font and not head:
            etree.SubElement(properties, q("rFonts"), {q("eastAsia"): font})
        if strong:
            etree.SubElement(properties, q("b"))
        etree.SubElement(properties, q("sz"), {q("val"): self._size})
        etree.SubElement(properties, q("szCs"), {q("val"): self._size})
        if mark == "edge":
            etree.SubElement(properties, q("u"), {q("val"): "dotted"})


def _head(table: Table) -> Iterator[list[tuple[str, int, str]]]:
    """Yield the header rows as (text, columns spanned, vertical merge); equal neighbours in a group share."""
    paths = [(*column.group, column.heading) for column in table.spec.columns]
    depth = max(map(len, paths))
    for level in range(depth):
        row: list[tuple[str, int, str]] = []
        previous: tuple[str, ...] | None = None
        for path in paths:
            if level >= len(path):
                row.append(("", 1, "continue"))
                previous = None
            elif level == len(path) - 1:
                row.append((path[level], 1, "restart" if len(path) < depth else ""))
                previous = None
            elif previous == path[: level + 1]:
                text, span, merge = row[-1]
                row[-1] = (text, span + 1, merge)
            else:
                row.append((path[level], 1, ""))
                previous = path[: level + 1]
        yield row


def note_lines(table: Table) -> list[str]:
    """Return the lines under a table: the notes, numbered when there are several, then the source."""
    notes = [clean(note).strip() for note in table.printed_notes]
    notes = [note for note in notes if note]
    if len(notes) > 1:
        notes = [f"{number}. {note}" for number, note in enumerate(notes, start=1)]
    if notes and not notes[0].startswith("注"):
        notes[0] = f"注：{notes[0]}"
    source = clean(table.spec.source).strip()
    if source:
        notes.append(source if "来源" in source[:4] else f"数据来源：{source}")
    return notes
