"""Opens a file of a package and yields all it says, metadata and hidden parts included.

Nothing is chosen: all strings, attributes and blocks are read, whatever they are for, and beside them the bytes as they are.
What is wrapped in a text (escapes, base64, whole files) is unwrapped and read in its turn, wherever the text stands.
Whatever cannot be opened is no file to send: an unknown or broken format raises OutputProblem.
"""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from lxml import etree, html

from junheng.delivery import extract_pdf
from junheng.delivery.extract_image import image_pieces
from junheng.delivery.extract_office import office_pieces
from junheng.delivery.pieces import Piece, PieceKind, bytes_within, joined, raw_pieces, unwrapped
from junheng.errors import OutputProblem
from junheng.processes import LostProcess, apart

PDF_SECONDS = 300.0
PDF_MEGABYTES = 2048
"""What a PDF may take to be looked through; a county's report takes a second and 200 MB."""
_MOST_UNPACKED = 50_000_000
_CODE_HEADS = frozenset({"school_code", "学校标识码"})
_NUMBER_HEADS = frozenset(
    {
        "students", "met_count", "min_ratio", "numerator", "value", "threshold", "ratio", "mean", "sd", "cv", "limit",
        "national_threshold", "jining_threshold", "found",
    }
)  # fmt: skip
"""Columns of the data files whose cells are figures when they are numbers."""
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "caption", "dd", "details", "div", "dl", "dt", "figcaption",
        "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p",
        "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul", "script", "style",
    )
)  # fmt: skip
_SIGNATURES = (
    (b"\x89PNG", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"GIF8", ".gif"), (b"%PDF-", ".pdf"), (b"PK\x03\x04", ".xlsx"),
)  # fmt: skip
"""How files begin that are found packed in a text; any zip archive is read as an office file, or refused."""
_ALONE = 2
"""Lines of so few signs may be one text written sign by sign, downwards or over the cells of a row."""


def pieces_of(name: str, data: bytes) -> Iterator[Piece]:
    """Yield the pieces of one file; raises OutputProblem when it cannot be looked through."""
    reader = READERS.get(PurePosixPath(name).suffix.lower() or PurePosixPath(name).name)
    if reader is None:
        raise OutputProblem(f"“{name}”的格式无法检查，不能装入发送包。")
    yield from _opened([Piece("文件名", name, PieceKind.PLAIN)])
    try:
        yield from _opened(reader(data))
    except LostProcess as error:
        raise OutputProblem(f"“{name}”的检查没有终止，或占用内存过多，不能装入发送包。") from error
    except (etree.LxmlError, ValueError, csv.Error, KeyError, RecursionError, zlib.error) as error:
        raise OutputProblem(f"“{name}”无法打开检查（{type(error).__name__}），不能装入发送包。") from error


def _opened(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Add to what a reader found what is wrapped in it, and what is written sign by sign."""
    signs = ""
    for piece in pieces:
        if piece.kind is PieceKind.FILE:
            yield from (
                replace(one, place=f"{piece.place}·{one.place}") for one in pieces_of(piece.text, piece.data)
            )
            continue
        yield piece
        if piece.kind in (PieceKind.RAW, PieceKind.NUMBER):
            continue
        yield from _inside(piece)
        line = piece.text.strip()
        if line and len(line) <= _ALONE and not line.isdecimal():
            signs += line
        elif line and signs:
            yield Piece(piece.place, signs, PieceKind.PLAIN)
            signs = ""
    if signs:
        yield Piece("逐字排列的文字", signs, PieceKind.PLAIN)


def _inside(piece: Piece) -> Iterator[Piece]:
    """What is wrapped in a text; the text itself once more where escapes stood in it, since they may cut a name."""
    text = unwrapped(piece.text)
    if text != piece.text:
        yield replace(piece, text=text)
    for content in bytes_within(text):
        yield from _content(piece.place, content)


def _content(place: str, data: bytes) -> Iterator[Piece]:
    """What stood packed in a text: a file by its first bytes, a text, or bytes."""
    if ending := next((ending for mark, ending in _SIGNATURES if data.startswith(mark)), ""):
        yield from _opened([Piece(place, f"内嵌文件{ending}", PieceKind.FILE, data=data)])
        return
    with suppress(zlib.error):  # gzip or zlib by its head; anything else is an error at once
        data = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data, _MOST_UNPACKED)
    yield from raw_pieces(place, data)
    with suppress(UnicodeDecodeError):
        text = data.decode("utf-8")
        reader = (
            html_pieces(data)
            if text.lstrip().startswith("<")
            else iter([Piece(place, text, PieceKind.PLAIN, True)])
        )
        yield from _opened(reader)


def _decoded(data: bytes) -> str:
    return data.decode("utf-8-sig")


def text_pieces(data: bytes) -> Iterator[Piece]:
    """Lines of a plain text, and the whole of it, since a name may go on in the next line."""
    text = _decoded(data)
    yield from (
        Piece(f"第{number}行", line, PieceKind.PLAIN) for number, line in enumerate(text.splitlines(), 1)
    )
    yield Piece("跨行的文字", text, PieceKind.PLAIN, wrapped=True)


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
    if head in _CODE_HEADS:
        return PieceKind.CODE
    number = head in _NUMBER_HEADS and text.replace(".", "", 1).isdecimal()
    return PieceKind.NUMBER if number else PieceKind.PLAIN


class _Pairs(list[tuple[str, Any]]):
    """The entries of a JSON object, all of them: a key that stands twice has both its values."""


def json_pieces(data: bytes) -> Iterator[Piece]:
    """All keys, strings and numbers of a JSON file or notebook."""
    yield from _values(json.loads(_decoded(data), object_pairs_hook=_Pairs), "")


def _values(value: Any, place: str) -> Iterator[Piece]:
    if isinstance(value, _Pairs):
        for key, item in value:
            yield Piece(place or "顶层", key, PieceKind.PLAIN)
            yield from _values(item, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        if all(isinstance(item, str) for item in value):  # the lines of a cell
            yield from _values("".join(value), place)
        for number, item in enumerate(value):
            yield from _values(item, f"{place}[{number}]")
    elif isinstance(value, str):
        if "<" in value:  # a page in an output: names may be cut by its tags
            yield from html_pieces(value.encode("utf-8", "surrogatepass"))
        yield Piece(place, value, PieceKind.PLAIN)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield Piece(place, str(value), PieceKind.NUMBER)


def html_pieces(data: bytes) -> Iterator[Piece]:
    """Text, comments and attributes of a page or fragment."""
    text = _decoded(data)
    if not text.strip():
        return
    yield from raw_pieces("网页源码", data)  # the reader drops what it does not understand
    root = html.document_fromstring(
        text.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8", huge_tree=True)
    )
    attributes: set[str] = set()
    for comment in root.iter(etree.Comment, etree.ProcessingInstruction):
        yield Piece("注释", str(comment.text), PieceKind.HIDDEN)
        comment.text = ""
    for node in root.iter(etree.Element):
        attributes.update(map(str, node.attrib.values()))
        if node.tag in ("rt", "rp"):  # what is written above a sign stands between the signs of a name
            yield Piece("注音", "".join(map(str, node.itertext())), PieceKind.PLAIN)
            node.text = ""
            del node[:]
        if node.tag in _BLOCKS:
            node.tail = "\n" + (node.tail or "")
            node.text = "\n" + (node.text or "")
    yield Piece("属性", joined(attributes), PieceKind.PLAIN)
    for line in etree.tostring(root, method="text", encoding="unicode").splitlines():
        if line.strip():
            yield Piece("正文", line)


def _pdf(data: bytes) -> Iterator[Piece]:
    """In a process of its own: a drawing that places itself, or one that places another twice, thirty times over, has no end."""
    yield from apart(lambda: list(extract_pdf.pdf_pieces(data)), PDF_SECONDS, PDF_MEGABYTES)


READERS: dict[str, Callable[[bytes], Iterator[Piece]]] = {
    ".csv": csv_pieces,
    **dict.fromkeys((".json", ".ipynb"), json_pieces),
    **dict.fromkeys((".html", ".svg"), html_pieces),
    **dict.fromkeys((".txt", ".md", ".js", ".css", "SHA256SUMS"), text_pieces),
    **dict.fromkeys((".docx", ".xlsx"), office_pieces),
    ".pdf": _pdf,
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp"), image_pieces),
}
"""How each kind of file is looked through, by ending (or by name when it has none)."""
