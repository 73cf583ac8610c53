"""How wide the columns of a table are: as specified, then shifted so that the table is less tall.

No column is so narrow that a number breaks, nor, if there is room, a short word (未达标) or a school's name, nor that
longer words stand three or four letters a line. Within that, width goes step by step from the column that misses it
least to the one that gains most.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from junheng.params.tables import TableColumn
from junheng.report.content.model import Table, TableRow

_MARGINS: Final = (40, 100)  # twips left and right of a cell's text, in a table of many and of few columns
_FEW_COLUMNS: Final = 7
_SLACK: Final = 30  # twips for borders and for fonts a little wider than those measured
_SMALLEST: Final = 7.5  # points, 六号: what still reads in print
# Widths in parts of the type size (Times New Roman); what is not named here is a Chinese character.
_NARROW: Final = {
    **dict.fromkeys(".,:;!'|iljI ", 0.28),
    **dict.fromkeys("-()[]rtf/", 0.34),
    "%": 0.84,
    "W": 0.95,
}
# Between Latin letters or digits and Chinese both programs leave a gap.
_MEETING: Final = re.compile(r"[0-9A-Za-z%](?=[\u3400-\u9fff])|[\u3400-\u9fff](?=[0-9A-Za-z])")
_GAP: Final = 0.25
_UNBROKEN: Final = re.compile(r"[0-9A-Za-z.,:%+\-/()※]+")
_NUMBER: Final = re.compile(r"(-?[\d,]+)((?:\.\d+)?※?)")
"""A number: before its point, and from there."""
# Kept on one line if there is room: a date, a number with its unit, a unit in brackets, the name for all kinds of county.
_WHOLE: Final = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日|[0-9.,]+※?万?[㎡元人间个所名项次年]|县（市、区）|（[^（）]{1,2}）"
)
_CODED: Final = re.compile(r"[A-Z]+\d+、?|.", re.DOTALL)
"""A code or a cell's address with the mark behind it, else a character."""
# What is said in brackets at the end of a heading, its unit most often.
_BRACKETED: Final = re.compile(r"(.*[^县])(（[^（）]+）)")
_WORD: Final = 4
"""Words of so many letters (无法判定) are not broken if there is room."""


@dataclass(frozen=True)
class _OneLine:
    """What is kept on one line: short words, of a longer text in a cell or a heading at least so many letters, names."""

    cells: int
    heads: int
    names: bool = False


# From the most to the least that there may be room for.
_KEPT: Final = (
    *(_OneLine(cells, heads, True) for cells, heads in ((5, 5), (5, 4), (4, 4), (4, 3))),
    *(_OneLine(cells, heads) for cells, heads in ((5, 5), (5, 4), (4, 4), (4, 3), (3, 3), (2, 2), (2, 1))),
)
_NUMBERS: Final = _OneLine(0, 0)
_STEPS: Final = (60, 240, 120, 60)  # twips; 60 are 1 mm. Small steps balance, large ones win a whole line
_MOST_STEPS: Final = 150
_SAMPLED_ROWS: Final = 60
_ROWS_A_PAGE: Final = 25
_FULLNESS: Final = 0.4  # how much the part of a line counts that a text fills: leads the steps to whole lines


@dataclass(frozen=True)
class Layout:
    """The widths of the columns in twips, the type size in points, the margin in a cell, lines of each row."""

    widths: tuple[int, ...]
    size: float
    margin: int
    lines: tuple[int, ...]


def layout(table: Table, width: int) -> Layout:
    """Fit `table` to `width` twips: at the size asked for, or the largest that keeps every number whole."""
    specs = table.spec.columns
    # math.fsum, here and below: the sum of floats differs between Python 3.11 and 3.12, and with it a column's width.
    asked = math.fsum(column.width for column in specs) or 1
    wanted = [width * column.width / asked for column in specs]
    columns = [_MeasuredColumn.of(table.rows, column) for column in specs]
    margin = _MARGINS[len(specs) <= _FEW_COLUMNS]
    size = table.spec.size
    while size > _SMALLEST and math.fsum(_needs(columns, size, margin, _NUMBERS)) > width:
        size -= 0.5
    fitting = (least for kept in _KEPT if math.fsum(least := _needs(columns, size, margin, kept)) <= width)
    least = next(fitting, _needs(columns, size, margin, _NUMBERS))
    measured = [_ColumnTexts(column, size, margin) for column in columns]
    widths = _whole(_shifted(_share(wanted, least, width), least, measured), width)
    lines = zip(*(column.lines(has) for column, has in zip(measured, widths, strict=True)), strict=True)
    return Layout(widths, size, margin, tuple(map(max, lines)))


@dataclass(frozen=True)
class _MeasuredColumn:
    """What a column holds: its heading, each row's text with the rows it spans, the letters of a name that stay on one
    line, the width of its numbers as a block in parts of the type size."""

    head: str
    texts: Sequence[tuple[str, int]]
    one_line: int
    numbers: float

    @classmethod
    def of(cls, rows: Sequence[TableRow], spec: TableColumn) -> _MeasuredColumn:
        texts = cells_of(rows, spec.key)
        parts = number_parts(texts).values() if spec.align == "center" else ()
        block = max((before for before, _ in parts), default=0.0) + max(
            (behind for _, behind in parts), default=0.0
        )
        return cls(spec.heading, texts, spec.one_line, block)

    def need(self, kept: _OneLine) -> float:
        """Return the least width in parts of the type size: its longest number, and what is kept on one line."""
        names = self.one_line * kept.names
        texts = (_need(text, kept.cells, names) for text, _ in {*self.texts})
        return max(_need(self.head, kept.heads, names), *texts, self.numbers, 1.0)


def cells_of(rows: Sequence[TableRow], key: str) -> list[tuple[str, int]]:
    """Return the text of a column in each row, and the rows its cell spans."""
    found: list[tuple[str, int]] = []
    for number, row in enumerate(rows):
        cell = row.cells.get(key)
        if cell is not None:
            found += [(cell.text, cell.rows)] * cell.rows
        elif number >= len(found):
            found.append(("", 1))
    return found[: len(rows)]


def number_parts(texts: Sequence[tuple[str, int]]) -> dict[str, tuple[float, float]]:
    """How wide the numbers of a column are before their point and from there; nothing when all are alike.

    As their points stand below one another, they need the longest of the one and of the other, which may be of two.
    """
    found = {text: match for text, _ in texts if (match := _NUMBER.fullmatch(text))}
    parts = {text: (text_width(match[1]), text_width(match[2])) for text, match in found.items()}
    return parts if len({*parts.values()}) > 1 else {}


def heading_lines(text: str, room: float) -> str:
    """Part a heading that is longer than a line (of `room` letters) before the brackets at its end, not inside them."""
    match = _BRACKETED.fullmatch(text)
    return "\n".join(match.groups()) if match and text_width(text) > room >= text_width(match[2]) else text


def coded_lines(text: str, room: float) -> str:
    """Part a list of codes (L2、L3、L5) that is longer than a line (of `room` letters) before a code.

    LibreOffice lets no 、 begin a line, and takes the one character before it along: of L5、 it left the L behind.
    """
    made = line = ""
    for token in _CODED.findall(text):
        full = line != "" and text_width(line + token) > room
        made += f"\n{token}" if full and len(token) > 1 else token
        line = token if full else line + token
    return made


def _needs(columns: Sequence[_MeasuredColumn], size: float, margin: int, kept: _OneLine) -> list[float]:
    """Return the least width of each column in twips."""
    return [column.need(kept) * size * 20 + 2 * margin + _SLACK for column in columns]


def _need(text: str, kept: int, one_line: int = 0) -> float:
    """Return the width of what must not break in a cell: numbers; if anything is kept, units, words and names.

    Of a longer line `kept` letters stay together, but not more than half of it: two lines are no narrow column. A name
    too long for one line has at least a quarter of it: lists of such names would otherwise take eight lines a row.
    """
    pieces = _UNBROKEN.findall(text)
    if not kept:
        return max(map(text_width, pieces), default=0.0)
    widths = [text_width(piece) for piece in (*pieces, *_WHOLE.findall(text))]
    for width in map(text_width, text.split("\n")):
        whole = width <= max(min(kept, _WORD), one_line)
        part = max(min(kept, math.ceil(width / 2)), min(one_line, math.ceil(width / 4)))
        widths.append(width if whole else part)
    return max(widths, default=0.0)


def text_width(text: str) -> float:
    """Return the width of `text` in parts of the type size."""
    letters = math.fsum(
        _NARROW.get(letter, 0.72 if letter.isupper() else 0.5) if letter < "\u0080" else 1.0
        for letter in text
    )
    return letters + _GAP * len(_MEETING.findall(text))


class _ColumnTexts:
    """The texts of a column, measured: how many lines they take at a width."""

    def __init__(self, column: _MeasuredColumn, size: float, margin: int) -> None:
        head, texts = column.head, column.texts
        self._taken = 2 * margin + _SLACK
        known = {
            (text, span): ([text_width(line) * size * 20 for line in text.split("\n")], span)
            for text, span in {(head, 1), *texts}
        }
        self._rows = [known[text] for text in texts]
        step = max(1, len(texts) // _SAMPLED_ROWS)
        # The head stands on each page, so it counts as many times.
        self._sample = [known[head, 1]] * (1 + len(texts) // _ROWS_A_PAGE) + self._rows[::step]

    def lines(self, width: float) -> list[int]:
        """Return the number of lines of each row."""
        room = width - self._taken
        return [
            math.ceil(sum(max(1, math.ceil(line / room)) for line in text) / span)
            for text, span in self._rows
        ]

    def costs(self, width: float) -> list[float]:
        """Return what the sampled rows, and the head, cost at a width: lines, and how full they are."""
        room = width - self._taken
        return [
            math.fsum(max(1, math.ceil(line / room)) + _FULLNESS * line / room for line in text) / span
            for text, span in self._sample
        ]


def _shifted(widths: list[float], least: Sequence[float], columns: Sequence[_ColumnTexts]) -> list[float]:
    """Move width between columns as long as the rows get lower by it, in steps of several sizes."""
    costs = [column.costs(width) for column, width in zip(columns, widths, strict=True)]
    for step in _STEPS:
        for _ in range(_MOST_STEPS):
            if not _shift(widths, least, columns, costs, step):
                break
    return widths


def _shift(
    widths: list[float],
    least: Sequence[float],
    columns: Sequence[_ColumnTexts],
    costs: list[list[float]],
    step: int,
) -> bool:
    """Move one step of width, in place; False when no move makes the table less tall."""
    height, numbers = _height(costs), range(len(widths))
    wider = [column.costs(width + step) for column, width in zip(columns, widths, strict=True)]
    # First the column that gains most by a step, then the one that loses least by giving it: far fewer trials
    # than all pairs.
    to = min(numbers, key=lambda number: _height(_with(costs, number, wider[number])))
    trial = _with(costs, to, wider[to])
    givers = [number for number in numbers if number != to and widths[number] - step >= least[number]]
    narrower = {giver: columns[giver].costs(widths[giver] - step) for giver in givers}
    heights = {giver: _height(_with(trial, giver, narrower[giver])) for giver in givers}
    giver = min(givers, key=heights.__getitem__, default=None)
    # By more than a trace: else two columns could hand a step back and forth for ever.
    if giver is None or heights[giver] >= height - 1e-9:
        return False
    costs[to], costs[giver] = wider[to], narrower[giver]
    widths[to] += step
    widths[giver] -= step
    return True


def _with(costs: list[list[float]], number: int, cost: list[float]) -> list[list[float]]:
    return [*costs[:number], cost, *costs[number + 1 :]]


def _height(costs: Sequence[Sequence[float]]) -> float:
    return math.fsum(map(max, zip(*costs, strict=True)))


def _share(wanted: list[float], least: list[float], width: int) -> list[float]:
    """Return widths that sum to `width`: columns below their least are widened, the others give way."""
    widths = list(wanted)
    for _ in widths:
        short = [max(need - has, 0.0) for need, has in zip(least, widths, strict=True)]
        spare = [max(has - need, 0.0) for need, has in zip(least, widths, strict=True)]
        missing, given = math.fsum(short), math.fsum(spare)
        if missing < 1 or given <= 0:
            break
        part = min(missing / given, 1.0)
        changes = zip(widths, least, short, spare, strict=True)
        widths = [max(has, need) if lack else has - extra * part for has, need, lack, extra in changes]
    scale = width / math.fsum(widths)
    return [has * scale for has in widths]


def _whole(widths: Sequence[float], width: int) -> tuple[int, ...]:
    """Return the widths as whole twips that sum to `width`."""
    scale = width / math.fsum(widths)
    # The edges are rounded, not the widths, whose sum would then miss the width of the table.
    edges = [round(math.fsum(widths[:number]) * scale) for number in range(len(widths) + 1)]
    return tuple(right - left for left, right in pairwise(edges))
