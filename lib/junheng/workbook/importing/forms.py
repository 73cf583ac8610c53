"""Sources with one workbook a school: the forms of the 基层统计调查表, cells found by form, row and column labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property

from junheng.params.mapping import Spot
from junheng.workbook.importing.labels import (
    MOST_NEAR,
    NUMBERING,
    PATH_MARK,
    Header,
    LabelledColumn,
    NotThere,
    label,
)
from junheng.workbook.importing.model import SourceCell
from junheng.workbook.read.grid import Grid, GridCell, Range, address, column_letters
from junheng.workbook.read.text import Units, fold_key, fold_spaces

FORM_NUMBER = re.compile(r"^((?:基础基|教基)[0-9]{3,4})")
BREAK = "续"
"""Stands alone in a row where a form goes on in another table below."""
FIRST_COLUMN_MARK = "甲"
"""Official forms letter their label columns 甲, 乙 … and number the others, in the row under the header."""
CODE_HEADS = frozenset(["编号", "代码", "指标代码", "序号"])
UNIT_HEADS = frozenset(["单位", "计量单位"])
HEAD_ROW_WORDS = frozenset([*CODE_HEADS, "项目", "指标名称"])
SHEET_UNIT = re.compile(r"单位[:：]\s*([^\s)）]+)")
TITLE_ROWS = 6


def form_number(grid: Grid) -> str:
    """Return the number of the form on a sheet, by the sheet's name or by what stands above its table; else ""."""
    texts = [grid.name]
    for number in list(grid.rows)[:TITLE_ROWS]:
        texts += [cell.text for cell in grid.rows[number].values()]
    matches = (FORM_NUMBER.match(fold_key(text)) for text in texts)
    return next((match[1] for match in matches if match), "")


@dataclass(frozen=True)
class FormRow:
    """A row under a header: its labels from left to right, the group it lies in, its item number and unit."""

    number: int
    labels: tuple[str, ...]
    group: str
    item: int | None
    unit: str | None

    @property
    def own(self) -> str:
        """The row's own label, the innermost."""
        return label(self.labels[-1]) if self.labels else ""

    def fits(self, wanted: Sequence[str]) -> bool:
        """Say whether this is the row wanted; outer labels may stand left of its own or head its group."""
        outer = {label(text) for text in self.labels[:-1]} | {self.group}
        return self.own == wanted[-1] and all(name in outer for name in wanted[:-1])


class Block:
    """One table of a form: header rows, label columns, rows."""

    def __init__(self, grid: Grid, rows: Sequence[int], groups: frozenset[str], units: Units) -> None:
        self.grid = grid
        self.groups = groups
        self.units = units
        top, last = self._header_rows(list(rows))
        self.header = Header(self.grid, [n for n in rows if top <= n <= last], units)
        self.body = [n for n in rows if n > last and not self._is_numbering(n)]
        self.title = " ".join(c.text for n in rows if n < top for c in self.grid.rows[n].values())

    @cached_property
    def unit(self) -> str | None:
        """The unit that stands above the table."""
        match = SHEET_UNIT.search(self.title)
        return self.units.find(match[1]) if match else None

    @cached_property
    def rows(self) -> tuple[FormRow, ...]:
        """The rows under the header, each with the group it stands in."""
        found, group = [], ""
        for number in self.body:
            row = self._row(number, group)
            group = row.own if row.own in self.groups else group
            found.append(row)
        return tuple(found)

    def find_rows(self, spot: Spot, stage: str = "") -> tuple[FormRow, ...]:
        """Return the rows a spot may mean: one when it is found, several when they compete.

        With `stage` (小学, 初中, 高中) the figure is one of that stage: never a row of another, see `_is_of`.
        """
        if not spot.row:
            if spot.item is None:
                return self.rows[:1]
            return tuple(row for row in self.rows if row.item == spot.item)
        for path in spot.row:
            wanted = [label(part) for part in path.split(PATH_MARK)]
            fitting = tuple(row for row in self.rows if row.fits(wanted) and self._is_of(row, wanted, stage))
            # The item's number only decides between rows of one label: it changes when a row is inserted above.
            numbered = tuple(row for row in fitting if row.item == spot.item)
            if fitting:
                return numbered if len(fitting) > 1 and len(numbered) == 1 else fitting
        return ()

    def has_named_like(self, spot: Spot) -> bool:
        """Say whether some row bears the name of the one wanted: it is then another stage's, or all stages' together."""
        names = {label(path.split(PATH_MARK)[-1]) for path in spot.row}
        return any(row.own in names for row in self.rows)

    def _is_of(self, row: FormRow, wanted: Sequence[str], stage: str) -> bool:
        """Say whether a row can be a stage's: one that is named without the stage must stand in the stage's group.

        Outside all groups it is the stage's only where the table tells no other stage apart: else it is the sum of
        all of them (本科 above 初中 and 普通高中).
        """
        if not stage or any(stage in part for part in wanted):
            return True
        return stage in row.group if row.group else all(stage in other.own for other in self._group_rows)

    @cached_property
    def _group_rows(self) -> tuple[FormRow, ...]:
        return tuple(row for row in self.rows if row.own in self.groups)

    def _header_rows(self, rows: list[int]) -> tuple[int, int]:
        """Return the first and the last header row."""
        # Best told by the row of 甲, 1, 2 …; else by words that only headers have; else by how far the first row is merged.
        top = next((n for n in rows if not self._is_title(n)), rows[-1])
        marked = [n for n in rows if n > top and self._has(n, FIRST_COLUMN_MARK)]
        if marked:
            return top, marked[0] - 1
        heads = [n for n in rows if n >= top and any(self._has(n, word) for word in HEAD_ROW_WORDS)]
        first = heads[0] if heads and heads[0] - top < TITLE_ROWS and not self._is_labelled(heads[0]) else top
        spans = [s.bottom for s in self.grid.merged if s.top == first and s.bottom < first + TITLE_ROWS]
        return top, max([first, *spans])

    def _is_labelled(self, number: int) -> bool:
        """Say whether a row with the word 代码 is a row of that label (as in 111), no header."""
        return label(self.grid.rows[number][min(self.grid.rows[number])].text) in CODE_HEADS

    def _is_title(self, number: int) -> bool:
        cells = self.grid.rows[number]
        texts = [fold_key(cell.text) for cell in cells.values()]
        if any(FORM_NUMBER.match(text) or text.startswith("单位:") for text in texts):
            return len(texts) <= 3
        return len(texts) <= 1 and min(cells) == self._left

    @cached_property
    def _left(self) -> int:
        return min(min(cells) for cells in self.grid.rows.values())

    def _has(self, number: int, word: str) -> bool:
        return any(label(cell.text) == word for cell in self.grid.rows[number].values())

    def _is_numbering(self, number: int) -> bool:
        cells = self.grid.rows[number].values()
        texts = [fold_key(cell.text) for cell in cells]
        return FIRST_COLUMN_MARK in texts and all(NUMBERING.match(text) for text in texts)

    @cached_property
    def _code_column(self) -> int | None:
        heads = [c.number for c in self.header.columns if c.path[-1].names & CODE_HEADS]
        return heads[0] if heads else None

    @cached_property
    def _unit_column(self) -> int | None:
        heads = [c.number for c in self.header.columns if c.path[-1].names & UNIT_HEADS]
        return heads[0] if heads else None

    @cached_property
    def _label_columns(self) -> tuple[int, ...]:
        used = sorted({column for number in self.body for column in self.grid.rows[number]})
        # Labels stand left of the 编号; a form without one (111) has them left of its first header.
        if self._code_column is None:
            first = min((column.number for column in self.header.columns), default=0)
            return tuple(column for column in used if column < first)
        return tuple(c for c in used if c < self._code_column and c != self._unit_column)

    def _row(self, number: int, group: str) -> FormRow:
        texts = [self._text(number, column) for column in self._label_columns]
        item = self.grid.cell(number, self._code_column or 0)
        code = fold_key(item.text) if item else ""
        unit = self.grid.cell(number, self._unit_column or 0)
        found = self.units.find(unit.text.strip("（()）")) if unit else None
        labels = tuple(text for text in texts if text)
        return FormRow(number, labels, group, int(code) if code.isdecimal() else None, found)

    def _text(self, number: int, column: int) -> str:
        cell = self.grid.cell(number, column)
        if cell is None:
            span = next((s for s in self._downwards if s.left == column and s.top < number <= s.bottom), None)
            cell = self.grid.cell(span.top, column) if span else None
        return fold_spaces(cell.text) if cell else ""

    @cached_property
    def _downwards(self) -> tuple[Range, ...]:
        return tuple(s for s in self.grid.merged if s.bottom > s.top and s.left in self._label_columns)


class FormSheet:
    """One form on a sheet, divided into its tables."""

    def __init__(self, grid: Grid, groups: frozenset[str], units: Units) -> None:
        self.grid = without_frame(grid)
        self.number = form_number(grid)
        self.blocks = tuple(Block(self.grid, rows, groups, units) for rows in self._parts() if rows)

    def find(self, spot: Spot, stage: str = "") -> SourceCell | NotThere:
        """Return the cell a spot means (of a stage's figure); else what is not there, or there more than once."""
        places: list[SourceCell] = []
        faults: list[NotThere] = []
        for block in self.blocks:
            column, rows = block.header.find(spot.column, spot.alone), block.find_rows(spot, stage)
            if isinstance(column, LabelledColumn) and len(rows) == 1:
                places.append(self._place(block, rows[0], column, spot))
            else:
                faults.append(self._fault(block, spot, column, rows, stage))
        if len(places) == 1:
            return places[0]
        if places:
            cells = tuple(address(place.row, place.column) for place in places)
            return self._not_there("单元格", "、".join((*spot.row[:1], spot.column[0])), several=cells)
        return max(faults, key=_weight, default=self._not_there("表头", spot.column[0]))

    def find_every(self, spot: Spot, stage: str = "") -> list[SourceCell]:
        """Return the cells of all columns that a spot fits, in the one table that has its row."""
        for block in self.blocks:
            columns, rows = block.header.find_every(spot.column), block.find_rows(spot, stage)
            if columns and len(rows) == 1:
                return [self._place(block, rows[0], column, spot) for column in columns]
        return []

    def _place(self, block: Block, row: FormRow, column: LabelledColumn, spot: Spot) -> SourceCell:
        stated = row.unit or column.unit or block.unit
        return SourceCell(
            self.grid, row.number, column.number, stated or spot.unit, stated=stated is not None
        )

    def _parts(self) -> Iterator[list[int]]:
        """Yield the rows of each table: 续 begins another one."""
        part: list[int] = []
        for number, cells in self.grid.rows.items():
            if any(fold_key(cell.text) == BREAK for cell in cells.values()):
                yield part
                part = []
            else:
                part.append(number)
        yield part

    def _fault(
        self,
        block: Block,
        spot: Spot,
        column: LabelledColumn | tuple[LabelledColumn, ...],
        rows: Sequence[FormRow],
        stage: str,
    ) -> NotThere:
        if isinstance(column, LabelledColumn):
            sought = spot.row[0] if spot.row else f"编号{spot.item}"
            texts = {row.labels[-1]: row for row in block.rows if row.labels}
            near = () if rows else _near_rows(sought, texts, block)
            lost = self._not_there("行", sought, near, tuple(f"第{row.number}行" for row in rows))
            return replace(lost, of_others=bool(stage) and not rows and block.has_named_like(spot))
        several = tuple(f"“{one.text}”（{one.cell}）" for one in column)
        return self._not_there("表头", spot.column[0], block.header.near(spot.column[0]), several)

    def _not_there(
        self, kind: str, sought: str, near: tuple[str, ...] = (), several: tuple[str, ...] = ()
    ) -> NotThere:
        return NotThere(self.grid.file, self.grid.name, kind, sought, near, several)


def _weight(fault: NotThere) -> tuple[bool, bool, int]:
    """Order faults by how much they tell: a table that has the column, then one with something near."""
    return fault.kind != "表头", bool(fault.several), len(fault.near)


def _near_rows(sought: str, texts: Mapping[str, FormRow], block: Block) -> tuple[str, ...]:
    close = get_close_matches(sought.split(PATH_MARK)[-1], list(texts), n=MOST_NEAR, cutoff=0.4)
    return tuple(f"“{text}”（第{texts[text].number}行）" for text in close)


def without_frame(grid: Grid) -> Grid:
    """Return the grid without the letters in its first row and the line numbers in its first column, if it has them."""
    if not grid.rows:
        return grid
    top = next(iter(grid.rows))
    letters = {column: fold_key(cell.text) for column, cell in grid.rows[top].items()}
    if len(letters) < 2 or any(text != column_letters(column) for column, text in letters.items()):
        return grid
    rows: dict[int, dict[int, GridCell]] = {}
    for number, cells in grid.rows.items():
        kept = {c: cell for c, cell in cells.items() if c != 1 or not fold_key(cell.text).isdecimal()}
        if number != top and kept:
            rows[number] = kept
    return replace(grid, rows=rows)
