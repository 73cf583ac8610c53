"""Table specifications as data (params/tables*.yml): columns, headings, widths, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, model_validator

from junheng.errors import ParamsProblem
from junheng.params.loader import Record, load_cached


class TableColumn(Record):
    """One column. `group`: headings above it, outermost first; `width`: millimetres; `repeat`: one column an indicator.

    `one_line`: texts and a heading of up to so many letters (names of schools) are not broken as long as there is room.
    In a repeated column `{id}`, `{name}`, `{short}` and `{unit}` of the indicator may stand in key and heading.
    """

    key: str
    heading: str
    group: tuple[str, ...] = ()
    width: float
    align: Literal["left", "center", "right"] = "center"
    repeat: Literal["indicators"] | None = None
    one_line: int = 0


class HeadSpan(NamedTuple):
    """A cell of a table's header: its row and column (from 0), its text, how many columns and rows it takes."""

    row: int
    column: int
    text: str
    columns: int
    rows: int


def head_spans(columns: Sequence[TableColumn]) -> tuple[HeadSpan, ...]:
    """The header of a table, column by column: equal neighbouring groups share a cell, short columns reach down to the last row."""
    depth = max(len(column.group) for column in columns) + 1
    spans: list[HeadSpan] = []
    for place, column in enumerate(columns):
        for level, text in enumerate(column.group):
            same = [other.group[: level + 1] == column.group[: level + 1] for other in columns]
            if not place or not same[place - 1]:
                width = [*same[place:], False].index(False)
                spans.append(HeadSpan(level, place, text, width, 1))
        level = len(column.group)
        spans.append(HeadSpan(level, place, column.heading, 1, depth - level))
    return tuple(spans)


class NotePart(Record):
    """A part of a note. With `mark` it is printed only where the mark occurs in the table (in `column`, when given).

    `mark` is a cell's look (unmet, unknown), `blank` for a —— that is not open, or what stands in a cell's text (▲).
    """

    text: str
    mark: str = ""
    column: str = ""


def _note_parts(notes: Any) -> Any:
    """A note is written as a text, or as a list of parts."""
    return [[{"text": note}] if isinstance(note, str) else note for note in notes or ()]


class SheetForm(Record):
    """How a table stands in a workbook.

    `name` is the sheet's; with `titled` the caption stands in the first row; `frozen` columns stay in view; `heading` is
    printed on top of every page where it is not that of the workbook. Keys of columns: `dates` hold dates, `choices` one
    of a closed list; when `free` names columns, these can be written in and the rest is protected (without password).
    """

    name: str
    titled: bool = True
    frozen: int = 0
    filtered: bool = False
    dates: frozenset[str] = frozenset()
    choices: Mapping[str, tuple[str, ...]] = {}
    free: frozenset[str] = frozenset()
    heading: str | None = None


class TableSpec(Record):
    """A table's form. `landscape` puts it on landscape pages; `size` is the body's type size in points (小四 12, 五号 10.5).

    Each of the `notes` has parts, which are joined by ；. `bands` are the keys of columns with which, on a page, the rest of
    a very wide table goes on below; they are not columns that repeat. `band_heads` are the keys of the columns that stand
    again at the left of each of these bands, such as whose row it is. `sheet` is how it stands in a workbook; a table without
    one gets a sheet named by the first word of its title.
    """

    id: str
    title: str
    columns: tuple[TableColumn, ...]
    notes: Annotated[tuple[tuple[NotePart, ...], ...], BeforeValidator(_note_parts)] = ()
    source: str = ""
    unit: str = ""
    landscape: bool = False
    size: float = 10.5
    bands: tuple[str, ...] = ()
    band_heads: tuple[str, ...] = ()
    sheet: SheetForm | None = None

    @model_validator(mode="after")
    def _bands_are_columns(self) -> TableSpec:
        later = {column.key for column in self.columns[1:]}
        if unknown := [key for key in self.bands if key not in later]:
            raise ValueError(f"bands所写的不是第二栏及以后的栏：{unknown[0]!r}")
        if unknown := [key for key in self.band_heads if key not in {column.key for column in self.columns}]:
            raise ValueError(f"band_heads所写的不是本表的栏：{unknown[0]!r}")
        return self


class _TableFile(Record):
    tables: tuple[TableSpec, ...]


def load_tables(params_dir: Path) -> dict[str, TableSpec]:
    """Return all table specifications by id from params/tables*.yml; raises ParamsProblem (an id written twice included)."""
    found: dict[str, TableSpec] = {}
    for path in sorted(params_dir.glob("tables*.yml")):
        for spec in load_cached(path, _TableFile).tables:
            if spec.id in found:
                raise ParamsProblem(f"表“{spec.id}”在{path.name}中重复定义。")
            found[spec.id] = spec
    return found
