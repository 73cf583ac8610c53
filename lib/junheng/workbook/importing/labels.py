"""Labels of foreign forms: what does not matter in a label, and header paths over several merged rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache

from junheng.workbook.read.grid import Grid, Range, address
from junheng.workbook.read.text import Units, fold_key, fold_spaces

RETURN_MARK = "_X000D_"
# The same label has # or 其中： before it in one year's form and none in the next; a number is its 编号, and stays.
LEAD = re.compile(r"^(?:[#*]|其中:?|[一二三四五六七八九十]+、)+")
NUMBERING = re.compile(r"^(?:[0-9]{1,3}|[甲乙丙丁戊己])$")
PATH_MARK = "/"
TOTALS = frozenset({"计", "合计", "小计", "总计"})
DASHES = dict.fromkeys(map(ord, "~–—−‐"), "-")
MOST_NEAR = 3


@lru_cache(maxsize=8192)
def label(text: str) -> str:
    """Return a label without what does not matter: width, spaces, line breaks, a leading # or 其中： or 一、."""
    whole = fold_key(text).replace(RETURN_MARK, "").translate(DASHES).rstrip(":")
    return LEAD.sub("", whole) or whole


@dataclass(frozen=True)
class Segment:
    """One header cell: where it stands, its text, and the unit in its bracket."""

    row: int
    column: int
    text: str
    names: frozenset[str]
    unit: str | None

    @classmethod
    def of(cls, row: int, column: int, text: str, units: Units) -> Segment:
        """Make a segment of a header cell's text."""
        name, unit = units.split_header(text.replace("_x000D_", ""))
        return cls(row, column, fold_spaces(text), frozenset((label(text), label(name))), unit)


@dataclass(frozen=True)
class LabelledColumn:
    """A column under a header: its number and its labels from the outer to the inner one."""

    number: int
    path: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """The labels from the outer to the inner one, as messages name the column."""
        return PATH_MARK.join(segment.text for segment in self.path)

    @property
    def unit(self) -> str | None:
        """The unit in the innermost bracket."""
        return next((segment.unit for segment in reversed(self.path) if segment.unit), None)

    @property
    def cell(self) -> str:
        """The address of the innermost label."""
        return address(self.path[-1].row, self.number)

    def fits(self, wanted: Sequence[str]) -> bool:
        """Say whether the innermost label is the last one wanted and the others lie above it, in their order.

        A total is that of the label right above it: 专任教师/按授课课程分/艺术/计 is no 专任教师/计.
        """
        if wanted[-1] not in self.path[-1].names:
            return False
        above, names = self.path[:-1], wanted[:-1]
        if names and wanted[-1] in TOTALS and not (above and names[-1] in above[-1].names):
            return False
        left = iter(above)
        return all(any(name in segment.names for segment in left) for name in names)


@dataclass(frozen=True)
class NotThere:
    """A column or row that was sought in a sheet and not found, or found more than once.

    `of_others`: a row of that name is there, but it is another stage's or the sum of several.
    """

    file: str
    sheet: str
    kind: str
    sought: str
    near: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    of_others: bool = False

    @property
    def message(self) -> str:
        """One Chinese sentence: the file, the sheet, the path sought, what is near."""
        if self.several:
            places = "、".join(self.several[:MOST_NEAR])
            return f"{self.file}〔{self.sheet}〕中{self.kind}“{self.sought}”不止一处（{places}），无法确定。"
        near = f"，相近的有{'、'.join(self.near)}" if self.near else ""
        return f"{self.file}〔{self.sheet}〕中没有{self.kind}“{self.sought}”{near}。"


class Header:
    """The header rows of a sheet, read as one path of labels for each column."""

    def __init__(self, grid: Grid, rows: Sequence[int], units: Units) -> None:
        self.grid = grid
        self.rows = tuple(rows)
        self.units = units

    @cached_property
    def columns(self) -> tuple[LabelledColumn, ...]:
        """The columns; a label merged over several is one column, the first."""
        placed = self._placed()
        numbers = sorted({column for _, column in placed})
        found: list[LabelledColumn] = []
        for number in numbers:
            path = tuple(dict.fromkeys(placed[row, number] for row in self.rows if (row, number) in placed))
            if path and (not found or found[-1].path != path):
                found.append(LabelledColumn(number, path))
        return tuple(found)

    def find(self, paths: Iterable[str], alone: bool = False) -> LabelledColumn | tuple[LabelledColumn, ...]:
        """Return the column of the first path that fits one column; else those that compete for a path."""
        several: tuple[LabelledColumn, ...] = ()
        for path in paths:
            wanted = [label(part) for part in path.split(PATH_MARK)]
            fitting = tuple(column for column in self.columns if column.fits(wanted))
            exact = tuple(column for column in fitting if len(column.path) == len(wanted))
            # 专任教师/合计 is a column of its own and the end of longer paths: the one of exactly this path is meant.
            chosen = exact if len(exact) == 1 else fitting
            if len(chosen) == 1 and (not alone or self._is_alone(chosen[0])):
                return chosen[0]
            several = several or (chosen if len(chosen) > 1 else ())
        return several

    def find_every(self, paths: Iterable[str]) -> tuple[LabelledColumn, ...]:
        """Return all columns that fit the first path that fits any."""
        for path in paths:
            wanted = [label(part) for part in path.split(PATH_MARK)]
            fitting = tuple(column for column in self.columns if column.fits(wanted))
            if fitting:
                return fitting
        return ()

    def near(self, path: str) -> tuple[str, ...]:
        """Return the columns nearest to a path, each with the address of its label."""
        texts = {column.text: column for column in self.columns}
        close = get_close_matches(path, list(texts), n=MOST_NEAR, cutoff=0.4)
        same = [text for text in texts if label(path.split(PATH_MARK)[-1]) in texts[text].path[-1].names]
        chosen = list(dict.fromkeys([*same, *close]))[:MOST_NEAR]
        return tuple(f"“{text}”（{texts[text].cell}）" for text in chosen)

    def _is_alone(self, column: LabelledColumn) -> bool:
        outer = column.path[:-1]
        return all(other is column or other.path[: len(outer)] != outer for other in self.columns)

    def _placed(self) -> dict[tuple[int, int], Segment]:
        """Return the label over each place of the header, merged cells spread over their range."""
        own = {
            (row, column): Segment.of(row, column, cell.text, self.units)
            for row in self.rows
            for column, cell in self.grid.rows.get(row, {}).items()
            if not NUMBERING.match(fold_key(cell.text))
        }
        # Titles are often merged far beyond the table: a label reaches no further than the last column that has one.
        last = max((column for _, column in own), default=0)
        merged = [span for span in self.grid.merged if self._touches(span)]
        placed = dict(own)
        for span in merged:
            origin = own.get((span.top, span.left))
            if origin:
                for row in (row for row in self.rows if span.top <= row <= span.bottom):
                    for column in range(span.left, min(span.right, last) + 1):
                        placed.setdefault((row, column), origin)
        return placed if merged else self._spread(placed, last)

    def _touches(self, span: Range) -> bool:
        return bool(self.rows) and span.top <= self.rows[-1] and span.bottom >= self.rows[0]

    def _spread(self, placed: dict[tuple[int, int], Segment], last: int) -> dict[tuple[int, int], Segment]:
        """Let a group's label reach right over its columns where a file keeps no merged cells (CSV, text)."""
        for position, row in enumerate(self.rows[:-1]):
            below = self.rows[position + 1 :]
            group: Segment | None = None
            for column in range(1, last + 1):
                here = placed.get((row, column))
                has_lower = any((lower, column) in placed for lower in below)
                if here is not None:
                    group = here if has_lower else None
                elif group is not None and has_lower:
                    placed[row, column] = group
        return placed
