"""What a file says, piece by piece: the common form in which every format is looked through, and what texts are wrapped in."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import unescape


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
    FILE = "内嵌文件"
    """A file inside a file, `text` its name: opened in its turn, never told as a piece."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One text of a file and where it stands (Chinese); `wrapped` texts may have line breaks within a name."""

    place: str
    text: str
    kind: PieceKind = PieceKind.BODY
    wrapped: bool = False
    data: bytes = b""
    """The content of a file inside the file."""


_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
_NESTED = 4
"""How often escapes are undone that were escaped themselves: an address in a script in a page has three."""
_SIGNS = re.compile(r"\\+u\{?([0-9A-Fa-f]{4,6})\}?|\\+U([0-9A-Fa-f]{8})|\\+([0-9A-Fa-f]{4,6})\s?")
"""Signs by number: scripts and JSON (\\u4efb, \\u{4efb}), Python (\\U00004efb), styles (\\4efb)."""
_BYTES = re.compile(r"(?:(?:%|=|\\+x)[0-9A-Fa-f]{2})+")
"""Bytes by number: addresses (%E4), mails (=E4), Python (\\xe4)."""
_PACKED = re.compile(r"[A-Za-z0-9+/_-]{24,}(?:\r?\n[A-Za-z0-9+/_-]+)*")
"""What may be base64 or hexadecimal; 24 signs hold the six characters of a short name."""


def joined(texts: Iterable[str]) -> str:
    """Texts that have nothing to do with each other, a line each; the blank keeps base64 from going on in the next line."""
    return " \n".join(sorted(texts))


def raw_pieces(place: str, data: bytes) -> Iterator[Piece]:
    """A run of bytes in each encoding that offices use; in UTF-16 from the first byte and from the second."""
    for encoding in _ENCODINGS:
        for offset in (0, 1) if encoding.startswith("utf-16") else (0,):
            yield Piece(place, data[offset:].decode(encoding, "ignore"), PieceKind.RAW)


def unwrapped(text: str) -> str:
    """Return a text without the escapes of pages, addresses, scripts, styles and mails, as often as they were put on."""
    for _ in range(_NESTED):
        plain = _SIGNS.sub(_sign, _BYTES.sub(_written, unescape(text)))
        if plain == text:
            break
        text = plain
    return text


def _sign(match: re.Match[str]) -> str:
    number = int(match[1] or match[2] or match[3], 16)
    return match[0] if number > 0x10FFFF or 0xD800 <= number < 0xE000 else chr(number)


def _written(match: re.Match[str]) -> str:
    """Escaped bytes as text: UTF-8 mostly, GBK in the addresses of older Chinese sites."""
    data = bytes.fromhex(re.sub(r"[^0-9A-Fa-f]", "", match[0]))
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return match[0]


def bytes_within(text: str) -> Iterator[bytes]:
    """Yield what stands in a text as base64 or as hexadecimal digits; a run that is neither gives bytes that say nothing."""
    for run in _PACKED.findall(text):
        bare = "".join(run.split())
        if len(bare) % 2 == 0 and re.fullmatch("[0-9A-Fa-f]+", bare):
            yield bytes.fromhex(bare)
        whole = bare[: len(bare) - (len(bare) % 4 == 1)].translate(str.maketrans("+/", "-_"))
        yield base64.urlsafe_b64decode(whole + "=" * (-len(whole) % 4))
