"""What a file says, piece by piece: the common form in which every format is looked through."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a piece is, and so which rules hold for it."""

    BODY = "正文"
    """Text of a page: a number that stands alone may be a figure."""
    PLAIN = "数据"
    """Text of a data file, a name of a file, a text property: a code is a code."""
    NUMBER = "数值"
    """A cell of numbers: never a code."""
    CODE = "学校标识码"
    """A cell under a heading for school codes: must be the county's own."""
    MAKER = "作者"
    """Who made the file."""
    NOTE = "单元格批注"
    """A comment of a sheet: allowed where the settings say so."""
    HIDDEN = "批注或隐藏内容"
    """Something a reader does not see at once: comments, tracked changes, hidden sheets."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One text of a file and where it stands (Chinese); `wrapped` texts may have line breaks within a name."""

    place: str
    text: str
    kind: Kind = Kind.BODY
    wrapped: bool = False


CODE_HEADS = frozenset({"school_code", "学校标识码", "标识码", "学校代码"})
NUMBER_HEADS = frozenset(
    {
        "students", "met_count", "min_ratio", "numerator", "value", "threshold", "ratio", "mean", "sd", "cv", "limit",
        "national_threshold", "jining_threshold", "found",
    }
)  # fmt: skip
"""Columns of the data files whose cells are figures when they are numbers."""
