"""How wide columns are: as specified, stretched to the text, never so narrow that a number breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from junheng.report.model import Table

_MARGINS: Final = (40, 100)  # twips left and right of a cell's text, in a table of many and of few columns
_FEW_COLUMNS: Final = 8
_SLACK: Final = 30  # twips for borders and for fonts a little wider than those measured
_SMALLEST: Final = 7.5  # points, 六号: what still reads in print
# Widths in parts of the type size (Times New Roman); what is not named here is a Chinese character.
_NARROW: Final = {
    **dict.fromkeys(".,:;!'|iljI ", 0.28),
    **dict.fromkeys("-()[]rtf/", 0.34),
    "%": 0.84,
    "W": 0.95,
}
_UNBROKEN: Final = re.compile(r"[0-9A-Za-z.,:%+\-/()]+")
_UNIT: Final = re.compile(r"（[^（）]{1,2}）")  # （个）, in a heading
# What is kept on one line if there is room, from the most to the least: cells and headings of so many letters.
# A name on one line is worth more than a heading, as there are many names.
_NUMBERS: Final = (0, 0)
_KEPT: Final = (
    (20, 4),
    (16, 4),
    (16, 2),
    (12, 4),
    (12, 2),
    (10, 2),
    (8, 4),
    (8, 2),
    (6, 2),
    (4, 4),
    (4, 2),
    (4, 1),
)


@dataclass(frozen=True)
class Layout:
    """The widths of the columns in twips and the type size in points."""

    widths: tuple[int, ...]
    size: float
    margin: int


def layout(table: Table, width: int) -> Layout:
    """Fit `table` to `width` twips: at the size asked for, or the largest that keeps every number whole."""
    columns = table.spec.columns
    asked = sum(column.width for column in columns) or 1
    wanted = [width * column.width / asked for column in columns]
    texts = _texts(table)
    margin = _MARGINS[len(columns) <= _FEW_COLUMNS]
    size = table.spec.size
    while size > _SMALLEST and sum(_needs(texts, size, margin, _NUMBERS)) > width:
        size -= 0.5
    fitting = (least for kept in _KEPT if sum(least := _needs(texts, size, margin, kept)) <= width)
    least = next(fitting, _needs(texts, size, margin, _NUMBERS))
    return Layout(_share(wanted, least, width), size, margin)


def _texts(table: Table) -> list[list[str]]:
    """Return the texts of each column: heading first, then the cells."""
    return [
        [column.heading, *{row.cells[column.key].text for row in table.rows if column.key in row.cells}]
        for column in table.spec.columns
    ]


def _needs(texts: list[list[str]], size: float, margin: int, kept: tuple[int, int]) -> list[float]:
    """Return the least width of each column in twips: its longest number, and what is kept on one line."""
    in_cells, in_heads = kept
    widest = (
        max(_need(head, in_heads), *(_need(text, in_cells) for text in cells), 1.0) for head, *cells in texts
    )
    return [letters * size * 20 + 2 * margin + _SLACK for letters in widest]


def _need(text: str, kept: int) -> float:
    """Return the width of what must not break in a cell: numbers, and, if anything is kept, units and short lines."""
    pieces = _UNBROKEN.findall(text)
    if kept:
        pieces += _UNIT.findall(text)
        pieces += [line for line in text.split("\n") if len(line) <= kept]
    return max(map(text_width, pieces), default=0.0)


def text_width(text: str) -> float:
    """Return the width of `text` in parts of the type size."""
    return sum(
        _NARROW.get(letter, 0.72 if letter.isupper() else 0.5) if letter < "\u0080" else 1.0
        for letter in text
    )


def _share(wanted: list[float], least: list[float], width: int) -> tuple[int, ...]:
    """Return whole twips that sum to `width`: columns below their least are widened, the others give way."""
    widths = list(wanted)
    for _ in widths:
        short = [max(need - has, 0.0) for need, has in zip(least, widths, strict=True)]
        spare = [max(has - need, 0.0) for need, has in zip(least, widths, strict=True)]
        missing, given = sum(short), sum(spare)
        if missing < 1 or given <= 0:
            break
        part = min(missing / given, 1.0)
        changes = zip(widths, least, short, spare, strict=True)
        widths = [max(has, need) if lack else has - extra * part for has, need, lack, extra in changes]
    scale = width / sum(widths)
    edges = [round(sum(widths[:number]) * scale) for number in range(len(widths) + 1)]
    return tuple(right - left for left, right in pairwise(edges))
