"""Content of a document before any format is chosen: text, tables and figures as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import ClassVar, Literal

from junheng.errors import ParamsProblem, did_you_mean
from junheng.params.brief import Brief, Shown
from junheng.params.tables import NotePart, TableSpec

BLANK = "——"
"""What stands where there is no figure."""

EDGE_MARK = "※"
"""Marks a figure with more places than usual, for at the usual places it would contradict its verdict (临界)."""
EDGE_NOTE = f"{EDGE_MARK}为临界值：按规定位数修约会与结论相矛盾，故增加小数位数，结论以精确值为准。"

Mark = Literal["", "unmet", "unknown", "edge", "label"]
"""How a cell is set apart, always by shade, weight or sign as well as colour: not met, open, near the limit, row label."""


@dataclass(frozen=True, slots=True, repr=False)
class FigureOrigin(Brief):
    """Where a figure comes from (its cells), and what explains it in full, in the form that works where it is read."""

    places: str
    in_notebook: str
    in_terminal: str


@dataclass(frozen=True, slots=True, repr=False)
class TableCell(Brief):
    """One cell: its text as printed, the exact number behind it (for Excel), its mark, and rows it spans.

    `origin` says where the figure comes from: a title in HTML, which notebooks show, a comment in Excel, nothing in Word.
    """

    text: str
    number: Fraction | None = None
    mark: Mark = ""
    rows: int = 1
    origin: FigureOrigin | None = None


@dataclass(frozen=True, repr=False)
class TableRow(Brief):
    """One row: cells by column key. `kind` group = a sub-heading over the whole width (`text`), total = a sum row.

    A column key left out is covered by the cell above it (TableCell.rows > 1) or blank.
    """

    cells: Mapping[str, TableCell] = field(default_factory=dict)
    kind: Literal["data", "group", "total"] = "data"
    text: str = ""


@dataclass(frozen=True, repr=False)
class Table(Brief):
    """A table: its specification (columns, headings, widths, notes) and its rows. `number` is set when numbered (表3).

    Raises ParamsProblem when a column's key is one that no row knows: a misspelt key would print an empty column.
    """

    spec: TableSpec
    rows: tuple[TableRow, ...]
    title: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = {key for row in self.rows if row.kind == "data" for key in row.cells}
        for column in self.spec.columns if known else ():
            if column.key not in known:
                raise ParamsProblem(
                    f"表“{self.spec.id}”（{self.spec.title}）没有名为“{column.key}”的列，"
                    f"请核对params/tables*.yml中的key。{did_you_mean(column.key, known)}"
                )

    @property
    def caption(self) -> str:
        """The title printed above the table: its own, else that of its form."""
        return self.title or self.spec.title

    @property
    def printed_notes(self) -> tuple[str, ...]:
        """What stands under the table: the form's notes as far as what they explain occurs, the table's own, that on ※."""
        told = ("；".join(part.text for part in note if self._occurs(part)) for note in self.spec.notes)
        notes = (*(f"{note.removesuffix('。')}。" for note in told if note), *filter(None, self.notes))
        # Whatever table has the sign explains it, so that no table can forget to; 表Ⅱ-2 does so in a place of its own.
        explained = EDGE_NOTE in notes or not self._occurs(NotePart(text=EDGE_NOTE, mark=EDGE_MARK))
        return notes if explained else (*notes, EDGE_NOTE)

    def _occurs(self, part: NotePart) -> bool:
        cells = (c for row in self.rows for key, c in row.cells.items() if part.column in ("", key))
        if part.mark == "blank":
            return any(cell.text == BLANK and not cell.mark for cell in cells)
        return not part.mark or any(part.mark == cell.mark or part.mark in cell.text for cell in cells)


@dataclass(frozen=True, repr=False)
class Heading(Brief):
    """A heading of level 1 (一、黑体), 2 (（一）楷体) or 3 (1. 仿宋); the text includes its number.

    With `page` it begins a page. `outline` is its level in contents list and bookmarks where that is not its own: the
    parts of an annex are numbered 一、 and stand below the annex.
    """

    level: Literal[1, 2, 3]
    text: str
    page: bool = False
    outline: Literal[1, 2, 3, None] = None


@dataclass(frozen=True, repr=False)
class Paragraph(Brief):
    """A paragraph of running text. style: body (indented 2 characters), plain (flush left), note (small)."""

    text: str
    style: Literal["body", "plain", "note"] = "body"


@dataclass(frozen=True, repr=False)
class Picture(Brief):
    """A figure: file name under figures/, caption, alternative text, width as a share of the text width."""

    file: str
    caption: str
    alt: str
    width: float = 1.0

    @property
    def name(self) -> str:
        """What a reference calls it by: 〔图:name〕."""
        return self.file.rpartition(".")[0]


@dataclass(frozen=True, repr=False)
class ContentsList(Brief):
    """A contents list: every heading of the document down to `levels`, with its page."""

    levels: int = 1


Block = Heading | Paragraph | Table | Picture | ContentsList


@dataclass(frozen=True, repr=False)
class Document(Shown):
    """What a Word template is filled with: `fields` for `{{ name }}` in running text, `blocks` for a paragraph that is one tag.

    `name` is the file name without ending; `template` the template's file name without ending. `author` is the office
    that speaks and `date` the day it signs (成文日期): the properties of the file name them and nobody else. With
    `workbook` its tables are an Excel file of the same name too. Of a mail merge the template is one letter of
    `letters`; what a letter has of its own ends in its number (`party_1`). `printed` are the fields without which it is
    no letter (title, 主送, 署名, 成文日期), by what an office calls them: a template must print each of them.
    """

    name: str
    template: str
    title: str
    fields: Mapping[str, str]
    blocks: Mapping[str, tuple[Block, ...]]
    subject: str = ""
    keywords: str = ""
    author: str = ""
    date: date | None = None
    workbook: bool = False
    letters: int = 0
    printed: Mapping[str, str] = field(default_factory=dict)
    calls: ClassVar[tuple[str, ...]] = (
        'wb.show_text(reports, "conclusion", "problems")',
        "wb.write(work, assessment, reports)",
    )

    def about(self) -> str:
        return f"{self.name}：共{len(self.blocks)}节（{'、'.join(self.blocks)}），尚未写出"
