"""A `Table` as a Word table: grid stated, header rows repeated, no row split, marks that print in grey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from junheng.errors import OutputProblem
from junheng.params.tables import head_spans
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.word.styles import TableLook, WordStyles
from junheng.report.word.text import clean, runs
from junheng.report.word.widths import Layout, cells_of, coded_lines, heading_lines, layout, number_parts

TABLE_STYLE: Final = "公文表格"
HEAD_STYLE: Final = "表头"
BODY_STYLE: Final = "表格文字"
HEI: Final = "黑体"
KAI: Final = "楷体_GB2312"
_HEAD_SHADE: Final = "EDEDED"
_GROUP_SHADE: Final = "F2F2F2"
_SHADES: Final = {"unmet": "D0D0D0", "unknown": "EFEFEF"}
_STYLE_MARGIN: Final = 100  # twips left and right of a cell's text, as the table style has it
_DOTTED: Final = '<w:u w:val="dotted"/>'
# A table of so few lines is kept on one page, as are the rows of a merged cell; of a longer table some lines stay
# with its head, and some rows with its notes.
_KEPT_LINES: Final = 13
_FIRST_LINES: Final = 3
_LAST_ROWS: Final = 2
MOST_ROWS: Final = 400
"""A longer table is continued in another one, on a new page: LibreOffice compares each cell it reads with all cells of
the table that have its format. A report of 3,100 rows was loaded in 128 s with one table, in 17 s with parts of 400."""


def build_tables(
    table: Table, width: int, styles: TableStyles, notes: Sequence[str] = ()
) -> tuple[list[list[str]], Sequence[str]]:
    """Return `table` as the XML of a w:tbl for each of its bands, as wide as the text (`width` in twips), and what is left
    of the paragraphs of its notes.

    A very long band comes in several. In a table that may be parted between pages the notes are its last row: LibreOffice
    keeps rows together, but a paragraph with the last rows above it only if all rows are kept, so that notes stood alone.
    """
    if any(column.repeat for column in table.spec.columns):
        raise OutputProblem(f"表格“{table.caption}”的重复列没有展开。")
    *others, last = _bands(table)
    above = [_Builder(band, layout(band, width), styles, followed=True).build() for band in others]
    plan = layout(last, width)
    below = notes if sum(plan.lines) <= _KEPT_LINES else ()
    row = "" if below else "".join(notes)
    return [*above, _Builder(last, plan, styles, bool(notes), row).build()], below


def _bands(table: Table) -> Iterator[Table]:
    """Yield the table in parts of its columns, to be printed one below the other."""
    columns = table.spec.columns
    heads = tuple(column for column in columns if column.key in table.spec.band_heads)
    starts = [number for number, column in enumerate(columns) if column.key in table.spec.bands]
    for start, end in pairwise((0, *starts, len(columns))):
        band = (*(heads if start else ()), *columns[start:end])
        yield replace(table, spec=table.spec.model_copy(update={"columns": band}))


def part_ends(rows: Sequence[TableRow]) -> list[int]:
    """Where the parts of a table end: at the first row from MOST_ROWS on that is in no merged cell and not a group's first."""
    ends: list[int] = []
    begun = merged = 0
    for number, row in enumerate(rows):
        heading = number > 0 and rows[number - 1].kind == "group"
        if number - begun >= MOST_ROWS and number >= merged and not heading:
            ends.append(number)
            begun = number
        merged = max(merged, number + max((cell.rows for cell in row.cells.values()), default=1))
    return [*ends, len(rows)]


@dataclass(frozen=True)
class TableStyles:
    """What a template says of tables: rules and margins, the ids of the styles of head and cells, their Chinese fonts."""

    table: TableLook
    head: str
    body: str
    head_font: str
    body_font: str

    @classmethod
    def of(cls, styles: WordStyles) -> TableStyles:
        """Find them by name; raises ParamsProblem when the template lacks one."""
        head, body = styles.id(HEAD_STYLE), styles.id(BODY_STYLE)
        return cls(styles.table_look(TABLE_STYLE), head, body, styles.chinese(head), styles.chinese(body))


class _Builder:
    """Writes one table as XML text: python-docx finds a cell by counting all cells, so a table of n cells takes
    n² steps (18 s for 120 × 10), and building element by element takes three times as long as parsing the text."""

    def __init__(
        self, table: Table, plan: Layout, styles: TableStyles, followed: bool, notes: str = ""
    ) -> None:
        """`followed`: what stands below (notes, the next band) must not part from the table; `notes` are its last row."""
        self._table = table
        self._columns = table.spec.columns
        self._plan = plan
        self._styles = styles
        self._line = round(plan.size * 1.3 * 20)
        self._size = f'<w:sz w:val="{round(plan.size * 2)}"/><w:szCs w:val="{round(plan.size * 2)}"/>'
        self._followed = followed
        self._notes = notes
        self._indents = [
            _indents(cells_of(table.rows, column.key), plan.widths[number] - 2 * plan.margin, plan.size)
            if column.align == "center"
            else {}
            for number, column in enumerate(self._columns)
        ]

    def build(self) -> list[str]:
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in self._plan.widths)
        heads = "".join(map(self._head_row, _head(self._table)))
        begin = f"<w:tbl>{self._properties()}<w:tblGrid>{grid}</w:tblGrid>{heads}"
        covered: dict[str, int] = {}
        keeps, ends = self._keeps(), part_ends(self._table.rows)
        for end in ends[:-1]:
            keeps[end - 1] = False
        rows = [self._data_row(row, covered, keep) for row, keep in zip(self._table.rows, keeps, strict=True)]
        if self._notes:
            rows.append(self._row(self._note_cell()))
            ends[-1] = len(rows)
        return [f"{begin}{''.join(rows[start:end])}</w:tbl>" for start, end in pairwise([0, *ends])]

    def _keeps(self) -> list[bool]:
        """Tell of each row whether it stays with the next: a low table whole, else its ends and merged cells."""
        lines, count = self._plan.lines, len(self._table.rows)
        if sum(lines) <= _KEPT_LINES:
            return [True] * (count - 1) + [self._followed] * bool(count)
        keeps = [sum(lines[: number + 1]) <= _FIRST_LINES for number in range(count)]
        for number, row in enumerate(self._table.rows):
            span = max((cell.rows for cell in row.cells.values()), default=1)
            if sum(lines[number : number + span]) <= _KEPT_LINES:
                keeps[number : number + span - 1] = [True] * (span - 1)
        if self._followed:
            keeps[-_LAST_ROWS:] = [True] * _LAST_ROWS
        return keeps

    def _properties(self) -> str:
        """Rules and margins are the style's; only a table of many columns has narrower margins of its own."""
        look = self._styles.table
        edges = (("top", 28), ("left", self._plan.margin), ("bottom", 28), ("right", self._plan.margin))
        own = "".join(f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in edges)
        margins = f"<w:tblCellMar>{own}</w:tblCellMar>" if self._plan.margin < _STYLE_MARGIN else look.margins
        return (
            f"<w:tblPr>{look.style}"
            f'<w:tblW w:w="{sum(self._plan.widths)}" w:type="dxa"/><w:jc w:val="center"/>'
            f'{look.borders}<w:tblLayout w:type="fixed"/>{margins}'
            '<w:tblLook w:val="04A0" w:firstRow="1" w:lastRow="0" w:firstColumn="1" w:lastColumn="0"'
            ' w:noHBand="0" w:noVBand="1"/></w:tblPr>'
        )

    def _row(self, cells: str, head: bool = False) -> str:
        return (
            f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{self._line}" w:hRule="atLeast"/>'
            f"{'<w:tblHeader/>' if head else ''}</w:trPr>{cells}</w:tr>"
        )

    def _head_row(self, cells: list[tuple[str, int, str]]) -> str:
        column, made = 0, ""
        for text, span, merge in cells:
            width = sum(self._plan.widths[column : column + span]) - 2 * self._plan.margin
            told = TableCell(heading_lines(text, width / (self._plan.size * 20)))
            paragraph = self._paragraph(self._styles.head, "center", True, self._text(told, True, False))
            made += self._cell(paragraph, column, span, merge, _HEAD_SHADE)
            column += span
        return self._row(made, head=True)

    def _data_row(self, row: TableRow, covered: dict[str, int], keep: bool) -> str:
        if row.kind == "group":
            covered.clear()
            text = self._text(TableCell(row.text, mark="label"), False, False)
            count = len(self._columns)
            # The row of a group never parts from what it is the heading of.
            paragraph = self._paragraph(
                self._styles.body, "left" if count > 1 else self._columns[0].align, True, text
            )
            return self._row(self._cell(paragraph, 0, count, "", _GROUP_SHADE))
        made = ""
        for number, column in enumerate(self._columns):
            cell, merge = row.cells.get(column.key), ""
            # A cell merged over rows stands in the first of them; Word wants an empty one in each of the
            # others.
            if cell is None and covered.get(column.key, 0) > 0:
                merge, covered[column.key] = "continue", covered[column.key] - 1
            elif cell is not None:
                merge = "restart" if cell.rows > 1 else ""
                covered[column.key] = cell.rows - 1
            cell = cell or TableCell("")
            room = (self._plan.widths[number] - 2 * self._plan.margin) / (self._plan.size * 20)
            told = replace(cell, text=coded_lines(cell.text, room)) if "、" in cell.text else cell
            text = self._text(told, False, row.kind == "total")
            indent = self._indents[number].get(cell.text)
            align = column.align if indent is None else "right"
            paragraph = self._paragraph(self._styles.body, align, keep, text, indent or 0)
            made += self._cell(paragraph, number, 1, merge, _SHADES.get(cell.mark, ""))
        return self._row(made)

    def _cell(self, paragraph: str, column: int, span: int, merge: str, fill: str) -> str:
        properties = f'<w:tcW w:w="{sum(self._plan.widths[column : column + span])}" w:type="dxa"/>'
        if span > 1:
            properties += f'<w:gridSpan w:val="{span}"/>'
        if merge:
            properties += f'<w:vMerge w:val="{merge}"/>'
        if fill:
            properties += f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'
        return f'<w:tc><w:tcPr>{properties}<w:vAlign w:val="center"/></w:tcPr>{paragraph}</w:tc>'

    def _note_cell(self) -> str:
        """The notes: a cell as wide as the table, without rules but that of the row above it."""
        none = "".join(f'<w:{side} w:val="nil"/>' for side in ("left", "bottom", "right"))
        edges = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("left", "right"))
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{sum(self._plan.widths)}" w:type="dxa"/>'
            f'<w:gridSpan w:val="{len(self._columns)}"/><w:tcBorders>{none}</w:tcBorders><w:tcMar>{edges}</w:tcMar>'
            f"</w:tcPr>{self._notes}</w:tc>"
        )

    def _paragraph(self, style: str, align: str, keep: bool, text: str, indent: int = 0) -> str:
        """`indent` is how far, in twips, the text ends before the right edge of the cell."""
        indented = f'<w:ind w:right="{indent}"/>' * bool(indent)
        return (
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{"<w:keepNext/>" if keep else ""}<w:snapToGrid w:val="0"/>'
            f'<w:spacing w:line="{self._line}" w:lineRule="exact"/>{indented}'
            f'<w:jc w:val="{align}"/></w:pPr>{text}</w:p>'
        )

    def _text(self, cell: TableCell, head: bool, total: bool) -> str:
        strong = cell.mark == "unmet" or total
        font = KAI if cell.mark == "unknown" else HEI if strong or cell.mark == "label" else ""
        properties = f"{'<w:b/>' if strong else ''}{self._size}{_DOTTED if cell.mark == 'edge' else ''}"
        if head:
            return runs(cell.text, self._styles.head_font, properties)
        return runs(cell.text, self._styles.body_font, properties, font)


def _indents(texts: Sequence[tuple[str, int]], room: int, size: float) -> dict[str, int]:
    """How far before the right edge each number of a column ends, so that the points stand below one another.

    The numbers as a block are in the middle of the column, as words are. (A decimal tab would do it in Word alone.)
    Nothing for a column of one width.
    """
    parts = number_parts(texts)
    if not parts:
        return {}
    longest = max(behind for _, behind in parts.values())
    edge = room - (max(before for before, _ in parts.values()) + longest) * size * 20
    return {
        text: max(round(edge / 2 + (longest - behind) * size * 20), 0) for text, (_, behind) in parts.items()
    }


def _head(table: Table) -> Iterator[list[tuple[str, int, str]]]:
    """Yield the header rows as (text, columns spanned, vertical merge)."""
    spans = head_spans(table.spec.columns)
    for level in range(1 + max(span.row for span in spans)):
        there = [span for span in spans if span.row <= level < span.row + span.rows]
        yield [
            (span.text, span.columns, "restart" if span.rows > 1 else "")
            if span.row == level
            else ("", 1, "continue")
            for span in there
        ]


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
