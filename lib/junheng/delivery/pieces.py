"""What a file says, piece by piece: the common form in which every format is looked through."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import unquote_to_bytes


class PieceKind(StrEnum):
    """What a piece is, and so which rules hold for it."""

    BODY = "正文"
    """Text of a page: a number that stands alone may be a figure."""
    PLAIN = "数据"
    """Text of a data file, a name of a file, a text property: a code is a code."""
    NUMBER = "数值"
    """A number: never the six digits of a county's code, and a school's code only when it is one to the last digit."""
    CODE = "学校标识码"
    """A cell under a heading for school codes: must be the county's own."""
    RAW = "原始字节"
    """Bytes as they are, after unpacking: looked through for names and secrets, should a reader pass over them."""
    MAKER = "作者"
    """Who made the file."""
    NOTE = "单元格批注"
    """A comment of a sheet: allowed where the settings say so."""
    HIDDEN = "批注或隐藏内容"
    """Something a reader does not see at once, or that no file of ours has: comments, tracked changes, hidden sheets, scripts."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One text of a file and where it stands (Chinese); `wrapped` texts may have line breaks within a name."""

    place: str
    text: str
    kind: PieceKind = PieceKind.BODY
    wrapped: bool = False


Opener = Callable[[str, bytes], Iterator[Piece]]
"""Reads a file inside a file, by its name."""

CODE_HEADS = frozenset({"school_code", "学校标识码", "标识码", "学校代码"})
NUMBER_HEADS = frozenset(
    {
        "students", "met_count", "min_ratio", "numerator", "value", "threshold", "ratio", "mean", "sd", "cv", "limit",
        "national_threshold", "jining_threshold", "found",
    }
)  # fmt: skip
"""Columns of the data files whose cells are figures when they are numbers."""

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
_DATA_ADDRESS = re.compile(r"data:([\w.+/-]*)((?:;[\w.+=-]+)*),([^\s\"'<>()]*)")
ENDINGS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "image/svg+xml": ".svg",
    "text/html": ".html", "application/pdf": ".pdf", "application/json": ".json",
}  # fmt: skip
"""What a file of each type would be called; any other is read as text."""


def raw_pieces(place: str, data: bytes) -> Iterator[Piece]:
    """A run of bytes in each encoding that offices use; in UTF-16 from the first byte and from the second."""
    for encoding in _ENCODINGS:
        for offset in (0, 1) if encoding.startswith("utf-16") else (0,):
            yield Piece(place, data[offset:].decode(encoding, "ignore"), PieceKind.RAW)


def placed(place: str, pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Put where a file stands before the places in it."""
    for piece in pieces:
        yield replace(piece, place=f"{place}·{piece.place}")


def carried(place: str, text: str, opener: Opener) -> Iterator[Piece]:
    """Open the files that a text carries as `data:` addresses; raises ValueError for one that cannot be read."""
    for kind, parameters, body in _DATA_ADDRESS.findall(text):
        content = unquote_to_bytes(body)
        yield from typed(place, kind, decoded64(content) if ";base64" in parameters else content, opener)


def typed(place: str, kind: str, content: bytes, opener: Opener) -> Iterator[Piece]:
    """Open a file of a type (image/png) that stands in another."""
    yield from placed(place, opener(f"内嵌文件{ENDINGS.get(kind, '.txt')}", content))


def decoded64(content: str | bytes) -> bytes:
    """Base64 as notebooks and pages have it; raises ValueError."""
    try:
        return base64.b64decode(content, validate=False)
    except binascii.Error as error:
        raise ValueError("base64") from error
