"""Opens a file of a package and yields all it says, metadata and hidden parts included.

Nothing is chosen: all strings, attributes and blocks are read, whatever they are for, and beside them the bytes as they are.
Whatever cannot be opened is no file to send: an unknown or broken format raises OutputProblem.
"""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

from lxml import etree, html

from junheng.delivery import extract_office, extract_pdf
from junheng.delivery.extract_image import image_pieces
from junheng.delivery.pieces import (
    CODE_HEADS,
    ENDINGS,
    NUMBER_HEADS,
    Piece,
    PieceKind,
    carried,
    decoded64,
    raw_pieces,
    typed,
)
from junheng.errors import OutputProblem
from junheng.processes import LostProcess, apart

PDF_SECONDS = 300.0
PDF_MEGABYTES = 2048
"""What a PDF may take to be looked through; a county's report takes a second and 200 MB."""
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt", "figcaption",
        "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p",
        "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul", "script", "style",
    )
)  # fmt: skip


def pieces_of(name: str, data: bytes) -> Iterator[Piece]:
    """Yield the pieces of one file; raises OutputProblem when it cannot be looked through."""
    reader = READERS.get(PurePosixPath(name).suffix.lower() or PurePosixPath(name).name)
    if reader is None:
        raise OutputProblem(f"“{name}”的格式无法检查，不能装入发送包。")
    yield Piece("文件名", name, PieceKind.PLAIN)
    try:
        yield from reader(data)
    except LostProcess as error:
        raise OutputProblem(f"“{name}”的检查没有终止，或占用内存过多，不能装入发送包。") from error
    except (etree.LxmlError, ValueError, csv.Error, KeyError, RecursionError, zlib.error) as error:
        raise OutputProblem(f"“{name}”无法打开检查（{type(error).__name__}），不能装入发送包。") from error


def _decoded(data: bytes) -> str:
    return data.decode("utf-8-sig")


def text_pieces(data: bytes) -> Iterator[Piece]:
    """Lines of a plain text."""
    for number, line in enumerate(_decoded(data).splitlines(), 1):
        yield Piece(f"第{number}行", line, PieceKind.PLAIN)
        yield from carried(f"第{number}行", line, pieces_of)


def csv_pieces(data: bytes) -> Iterator[Piece]:
    """Cells of a CSV file, each by the heading of its column."""
    rows = list(csv.reader(io.StringIO(_decoded(data), newline=""), strict=True))
    heads = rows[0] if rows else []
    yield Piece("第1行", "\n".join(heads), PieceKind.PLAIN)
    for number, row in enumerate(rows[1:], 2):
        for column, text in enumerate(row):
            head = heads[column] if column < len(heads) else ""
            yield Piece(f"第{number}行“{head}”", text, _kind(head, text))


def _kind(head: str, text: str) -> PieceKind:
    if head in CODE_HEADS:
        return PieceKind.CODE
    return (
        PieceKind.NUMBER if head in NUMBER_HEADS and text.replace(".", "", 1).isdecimal() else PieceKind.PLAIN
    )


def json_pieces(data: bytes) -> Iterator[Piece]:
    """All keys, strings and numbers of a JSON file or notebook; a key that stands twice has both its values.

    What stands under a type (`image/png`, `text/html`: outputs and attachments of a notebook) is opened as that type.
    """
    yield from _values(json.loads(_decoded(data), object_pairs_hook=_Pairs), "")


class _Pairs(list[tuple[str, Any]]):
    """The entries of a JSON object, all of them."""


def _values(value: Any, place: str) -> Iterator[Piece]:
    if isinstance(value, _Pairs):
        for key, item in value:
            yield Piece(place or "顶层", key, PieceKind.PLAIN)
            yield from (
                _content(key, item, place) if key in ENDINGS else _values(item, f"{place}.{key}".lstrip("."))
            )
    elif isinstance(value, list):
        if all(isinstance(item, str) for item in value):  # the lines of a cell
            yield from _values("".join(value), place)
        for number, item in enumerate(value):
            yield from _values(item, f"{place}[{number}]")
    elif isinstance(value, str):
        yield Piece(place, value, PieceKind.PLAIN)
        yield from carried(place, value, pieces_of)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield Piece(place, str(value), PieceKind.NUMBER)


def _content(kind: str, value: Any, place: str) -> Iterator[Piece]:
    """What a notebook holds as a file of its own: text, or bytes in base64."""
    if isinstance(value, _Pairs):
        yield from _values(value, place)
        return
    text = "".join(value) if isinstance(value, list) else str(value)
    binary = kind not in ("image/svg+xml", "text/html", "application/json")
    yield from typed(place, kind, decoded64(text) if binary else text.encode(), pieces_of)


def html_pieces(data: bytes) -> Iterator[Piece]:
    """Text, comments and attributes of a page or fragment; pictures inside are opened too."""
    text = _decoded(data)
    if not text.strip():
        return
    yield from raw_pieces("网页源码", data)  # the reader drops what it does not understand
    yield from carried("网页", text, pieces_of)
    root = html.document_fromstring(
        text.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8", huge_tree=True)
    )
    attributes: set[str] = set()
    for comment in root.iter(etree.Comment, etree.ProcessingInstruction):
        yield Piece("注释", str(comment.text), PieceKind.HIDDEN)
        comment.text = ""
    for node in root.iter(etree.Element):
        attributes.update(str(v) for v in node.attrib.values() if not str(v).startswith("data:"))
        if node.tag in _BLOCKS:
            node.tail = "\n" + (node.tail or "")
            node.text = "\n" + (node.text or "")
    yield Piece("属性", "\n".join(sorted(attributes)), PieceKind.PLAIN)
    for line in etree.tostring(root, method="text", encoding="unicode").splitlines():
        if line.strip():
            yield Piece("正文", line)


def _office(data: bytes) -> Iterator[Piece]:
    return extract_office.office_pieces(data, pieces_of)


def _pdf(data: bytes) -> Iterator[Piece]:
    """In a process of its own: a drawing that places itself, or one that places another twice, thirty times over, has no end."""
    yield from apart(lambda: list(extract_pdf.pdf_pieces(data, pieces_of)), PDF_SECONDS, PDF_MEGABYTES)


READERS: dict[str, Callable[[bytes], Iterator[Piece]]] = {
    ".csv": csv_pieces,
    ".json": json_pieces,
    ".ipynb": json_pieces,
    ".html": html_pieces,
    ".svg": html_pieces,
    ".txt": text_pieces,
    ".md": text_pieces,
    ".js": text_pieces,
    ".css": text_pieces,
    "SHA256SUMS": text_pieces,
    ".docx": _office,
    ".xlsx": _office,
    ".pdf": _pdf,
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp"), image_pieces),
}
"""How each kind of file is looked through, by ending (or by name when it has none)."""
