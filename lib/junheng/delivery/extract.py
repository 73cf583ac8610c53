"""Opens a file of a package and yields all it says, metadata and hidden parts included.

Whatever cannot be opened is no file to send: an unknown or broken format raises OutputProblem.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from lxml import etree, html

from junheng.delivery import extract_office, extract_pdf
from junheng.delivery.extract_image import image_pieces
from junheng.delivery.pieces import CODE_HEADS, NUMBER_HEADS, Kind, Piece
from junheng.errors import OutputProblem

_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt", "figcaption",
        "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p",
        "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul", "script", "style",
    )
)  # fmt: skip
_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")


def pieces_of(name: str, data: bytes) -> Iterator[Piece]:
    """Yield the pieces of one file; raises OutputProblem when it cannot be looked through."""
    reader = READERS.get(PurePosixPath(name).suffix.lower() or PurePosixPath(name).name)
    if reader is None:
        raise OutputProblem(f"“{name}”的格式无法检查，不能装入发送包。")
    yield Piece("文件名", name, Kind.PLAIN)
    try:
        yield from reader(data)
    except (etree.LxmlError, ValueError, csv.Error, KeyError, RecursionError) as error:
        raise OutputProblem(f"“{name}”无法打开检查（{type(error).__name__}），不能装入发送包。") from error


def _decoded(data: bytes) -> str:
    return data.decode("utf-8-sig")


def text_pieces(data: bytes) -> Iterator[Piece]:
    """Lines of a plain text."""
    for number, line in enumerate(_decoded(data).splitlines(), 1):
        yield Piece(f"第{number}行", line, Kind.PLAIN)


def csv_pieces(data: bytes) -> Iterator[Piece]:
    """Cells of a CSV file, each by the heading of its column."""
    rows = list(csv.reader(io.StringIO(_decoded(data), newline=""), strict=True))
    heads = rows[0] if rows else []
    yield Piece("第1行", "\n".join(heads), Kind.PLAIN)
    for number, row in enumerate(rows[1:], 2):
        for column, text in enumerate(row):
            head = heads[column] if column < len(heads) else ""
            yield Piece(f"第{number}行“{head}”", text, _kind(head, text))


def _kind(head: str, text: str) -> Kind:
    if head in CODE_HEADS:
        return Kind.CODE
    return Kind.NUMBER if head in NUMBER_HEADS and text.replace(".", "", 1).isdecimal() else Kind.PLAIN


def json_pieces(data: bytes) -> Iterator[Piece]:
    """All strings and keys of a JSON file."""
    yield from _values(json.loads(_decoded(data)), "")


def _values(value: Any, place: str) -> Iterator[Piece]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield Piece(place or "顶层", str(key), Kind.PLAIN)
            yield from _values(item, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _values(item, f"{place}[{number}]")
    elif isinstance(value, str):
        yield Piece(place, value, Kind.PLAIN)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield Piece(place, str(value), Kind.NUMBER)


def notebook_pieces(data: bytes) -> Iterator[Piece]:
    """Cells, outputs and metadata of a notebook; pictures and pages in it are opened too."""
    notebook = json.loads(_decoded(data))
    yield from _values(notebook.get("metadata", {}), "元数据")
    for number, cell in enumerate(notebook["cells"], 1):
        place = f"第{number}个单元格"
        yield Piece(place, _joined(cell.get("source", "")), Kind.PLAIN)
        yield from _values(cell.get("metadata", {}), f"{place}元数据")
        yield from _values(cell.get("attachments", {}), f"{place}附件")
        for output in cell.get("outputs", []):
            yield from _output(output, f"{place}输出")


def _output(output: dict[str, Any], place: str) -> Iterator[Piece]:
    for kind, content in output.get("data", {}).items():
        text = _joined(content)
        if kind in _IMAGES:
            yield from _placed(place, image_pieces(_base64(text)))
        elif kind in ("text/html", "image/svg+xml"):
            yield from _placed(place, html_pieces(text.encode("utf-8")))
        else:
            yield Piece(place, text, Kind.PLAIN)
    rest = {key: value for key, value in output.items() if key != "data"}
    yield from _values(rest, place)


def _joined(content: Any) -> str:
    if isinstance(content, list):
        return "".join(map(str, content))
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=False)
    except binascii.Error as error:
        raise ValueError("base64") from error


def _placed(place: str, pieces: Iterator[Piece]) -> Iterator[Piece]:
    for piece in pieces:
        yield Piece(f"{place}·{piece.place}", piece.text, piece.kind, piece.wrapped)


def html_pieces(data: bytes) -> Iterator[Piece]:
    """Text, comments and attributes of a page or fragment; pictures inside are opened too."""
    text = _decoded(data)
    if not text.strip():
        return
    root = html.document_fromstring(
        text.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8", huge_tree=True)
    )
    attributes: set[str] = set()
    for comment in root.iter(etree.Comment, etree.ProcessingInstruction):
        yield Piece("注释", str(comment.text), Kind.HIDDEN)
        comment.text = ""
    for node in root.iter(etree.Element):
        for value in node.attrib.values():
            if str(value).startswith("data:"):
                yield from _placed("内嵌文件", _data_address(str(value)))
            else:
                attributes.update({str(value), unquote(str(value))})
        if node.tag in _BLOCKS:
            node.tail = "\n" + (node.tail or "")
            node.text = "\n" + (node.text or "")
    yield Piece("属性", "\n".join(sorted(attributes)), Kind.PLAIN)
    for line in etree.tostring(root, method="text", encoding="unicode").splitlines():
        if line.strip():
            yield Piece("正文", line)


def _data_address(address: str) -> Iterator[Piece]:
    head, _, body = address.partition(",")
    content = _base64(body) if head.endswith(";base64") else unquote(body).encode("utf-8")
    kind = head.removeprefix("data:").partition(";")[0]
    if kind in _IMAGES:
        yield from image_pieces(content)
    elif kind == "image/svg+xml":
        yield from html_pieces(content)
    else:
        yield Piece("", content.decode("utf-8"), Kind.PLAIN)


def _office(data: bytes) -> Iterator[Piece]:
    return extract_office.office_pieces(data, pieces_of)


def _pdf(data: bytes) -> Iterator[Piece]:
    return extract_pdf.pdf_pieces(data, pieces_of)


READERS: dict[str, Callable[[bytes], Iterator[Piece]]] = {
    ".csv": csv_pieces,
    ".json": json_pieces,
    ".ipynb": notebook_pieces,
    ".html": html_pieces,
    ".svg": html_pieces,
    ".txt": text_pieces,
    ".md": text_pieces,
    "SHA256SUMS": text_pieces,
    ".docx": _office,
    ".xlsx": _office,
    ".pdf": _pdf,
    ".png": image_pieces,
    ".jpg": image_pieces,
    ".jpeg": image_pieces,
}
"""How each kind of file is looked through, by ending (or by name when it has none)."""
